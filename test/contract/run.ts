import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `npm run test:contract -- --backend aws|embedded`: the contract suites alone. With `aws` they run against what the
 * variables AWS_ENDPOINT_URL_S3, _SQS and _DYNAMODB name, and against AWS itself where these are not set; everything they
 * make there has a name of its own and is removed at the end.
 */
const { values } = parseArgs({ options: { backend: { type: 'string', default: 'embedded' } } });
const { backend } = values;
if (backend !== 'aws' && backend !== 'embedded') {
  process.stderr.write(`--backend must be aws or embedded, got ${backend}\n`);
  process.exit(2);
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const run = spawn(process.execPath, [vitest, 'run', `test/contract/${backend}`], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FOREWARN_CONTRACT_TARGET: 'environment' },
});
run.on('exit', (code) => process.exit(code ?? 1));
