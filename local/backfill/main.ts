import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemNowMs } from '../../functions/platform/clock.ts';
import { readEnv } from '../../functions/platform/env.ts';
import { backfillEnv } from '../../functions/platform/env-local.ts';
import { ServiceError } from '../../functions/platform/errors.ts';
import { type Credentials, credentialsPath } from '../credentials.ts';
import { createProgress } from '../progress.ts';
import {
  type BackfillArguments,
  type CsvArguments,
  type PrometheusArguments,
  parseArguments,
  USAGE,
} from './arguments.ts';
import { BackfillError } from './backfill-error.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { openCsvSource } from './csv-source.ts';
import { createPrometheusApi } from './prometheus-api.ts';
import { createPrometheusSource } from './prometheus-source.ts';
import { type RunOptions, type RunSummary, runBackfill } from './run.ts';

const progress = createProgress(process.stdout);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  const isForUser = error instanceof BackfillError || error instanceof ServiceError;
  console.error(isForUser ? `backfill: ${error.message}` : error);
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 0 || argv.includes('--help')) {
    progress.say(USAGE);
    return;
  }
  const given = parseArguments(argv, systemNowMs());
  const { dataDirectory, ingestKey } = readEnv(backfillEnv);
  const key = given.key ?? ingestKey ?? (await readKey(dataDirectory));
  const identity = await identify(given);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  const statePath = given.state ?? join(dataDirectory, `backfill-${hash}.json`);
  const earlier = await readCheckpoint(statePath, identity);
  if (earlier !== undefined) progress.say(`Going on where it was broken off (${statePath})`);
  const common = {
    target: { baseUrl: given.target, key },
    statePath,
    identity,
    start: earlier ?? { position: 0, accepted: 0, rejected: 0 },
    onProgress: (ratio: number) => progress.step('Loading', ratio),
    onWait: progress.say,
  };
  tell(await (given.kind === 'csv' ? loadCsv(given, common) : loadPrometheus(given, common, earlier)));
}

type Common = Omit<RunOptions, 'source' | 'fromMs'>;

async function loadCsv({ path, name }: CsvArguments, common: Common): Promise<RunSummary> {
  const source = await openCsvSource(path, name);
  progress.say(`${source.rows} rows in ${path}`);
  try {
    return await runBackfill({ ...common, source, fromMs: 0 });
  } finally {
    await source.close();
  }
}

function loadPrometheus(
  { url, headers, matches, fromMs: given, toMs, stepMs }: PrometheusArguments,
  common: Common,
  earlier: Checkpoint | undefined,
): Promise<RunSummary> {
  const fromMs = earlier?.fromMs ?? given;
  const source = createPrometheusSource({ api: createPrometheusApi(url, headers), matches, fromMs, toMs, stepMs });
  return runBackfill({ ...common, source, fromMs });
}

/** What is loaded from where to where: a run of the same goes on where the last one was broken off. */
async function identify(given: BackfillArguments): Promise<string> {
  if (given.kind === 'prometheus') {
    const { target, url, matches, from, stepMs } = given;
    return JSON.stringify([target, withoutPassword(url), matches, from, stepMs]);
  }
  const { size, mtimeMs } = await stat(given.path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return JSON.stringify([given.target, resolve(given.path), size, mtimeMs, given.name ?? null]);
}

/** The identity is written down. */
function withoutPassword(url: string): string {
  const address = new URL(url);
  address.password = '';
  return address.href;
}

async function readKey(dataDirectory: string): Promise<string> {
  const path = credentialsPath(dataDirectory);
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as Credentials).keys.ingest; // written by the service
  } catch {
    throw new BackfillError(`there is no key: give --key or FOREWARN_INGEST_KEY, as ${path} cannot be read`);
  }
}

function tell({ accepted, rejected, skipped, reasons }: RunSummary): void {
  if (accepted + rejected + skipped === 0) {
    progress.say('Nothing was found: look at --match, --from and --to, or at the file');
    return;
  }
  progress.say(`${accepted} samples are stored, ${rejected} were refused`);
  if (skipped > 0) progress.say(`${skipped} were left out, being no finite numbers`);
  for (const reason of reasons) progress.say(`  ${reason}`);
}
