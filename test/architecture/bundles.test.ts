import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_BANNER, BUNDLE_MAIN_FIELDS, BUNDLE_TARGET } from '../../cdk/bundling.ts';
import { ROOMS, type Room } from '../../cdk/rooms.ts';
import { REPOSITORY } from './source-tree.ts';

/**
 * Largest size of each bundle in KB, minified, without its source map: a fifth above what it measured when it was set.
 * Every start of a function reads and compiles all of it. Packages must be imported so that unused parts can be left
 * out: `import * as z from 'zod'` takes 100 KB, `import { z } from 'zod'` 455 KB with all its languages.
 */
const BUDGET_KB: Readonly<Record<Room, number>> = {
  // Reads every protocol itself.
  ingest: 1_000,
  // Carries the detector and writes Parquet.
  detect: 840,
  survey: 820,
  forecast: 820,
  // TensorFlow takes half of it.
  train: 1_600,
  decide: 820,
  report: 1_000,
  notify: 820,
  // Carries the detector, to learn a series anew and say why people were warned, and the forecasts, for what-if.
  query: 1_120,
};

interface Bundle {
  readonly text: string;
  /** What each source contributes in bytes; sources of which nothing is left are not in it. */
  readonly sources: ReadonlyMap<string, number>;
}

/** As the deployment bundles. */
const BUNDLING = {
  absWorkingDir: REPOSITORY,
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: BUNDLE_TARGET,
  mainFields: [...BUNDLE_MAIN_FIELDS],
  banner: { js: BUNDLE_BANNER },
  outfile: 'index.mjs',
  logLevel: 'silent',
} as const satisfies BuildOptions;

async function bundle(room: Room): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...BUNDLING,
    entryPoints: [join(REPOSITORY, `functions/${room}/handler.ts`)],
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).map(
    ([path, { bytesInOutput }]) => [path, bytesInOutput] as const,
  );
  return { text: outputFiles[0]?.text ?? '', sources: new Map(inputs.filter(([, sizeBytes]) => sizeBytes > 0)) };
}

/** Files of ours that have no business in the bundle of this room. */
function foreign(sources: Iterable<string>, room: Room): readonly string[] {
  const ours = [...sources].filter((path) => !path.startsWith('node_modules/'));
  return ours.filter((path) => {
    const folder = /^functions\/([a-z]+)\//.exec(path)?.[1];
    const isOtherRoom = folder !== undefined && folder !== room && ROOMS.some((other) => other === folder);
    return isOtherRoom || /^(data\/embedded|local|bench|test)\//.test(path);
  });
}

/** The packages that take most of a bundle, for the message of the test that it outgrew. */
function largestPackages(sources: ReadonlyMap<string, number>): string {
  const sizes = new Map<string, number>();
  for (const [path, sizeBytes] of sources) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own code';
    sizes.set(name, (sizes.get(name) ?? 0) + sizeBytes);
  }
  const largest = [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  return largest.map(([name, sizeBytes]) => `${name} ${Math.round(sizeBytes / 1_000)} KB`).join(', ');
}

const run = promisify(execFile);

/** What a function finds when it starts on Lambda. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  FOREWARN_BUCKET: 'bucket',
  FOREWARN_TABLE: 'table',
  FOREWARN_QUEUE_URL: 'https://sqs.test/segments.fifo',
  FOREWARN_PEPPER_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pepper',
  FOREWARN_MAIL_FROM: 'forewarn@company.test',
  FOREWARN_MAIL_TO: 'operations@company.test',
  FOREWARN_PUBLIC_URL: 'https://forewarn.test',
};

describe.each(ROOMS)('the bundle of %s', (room) => {
  const folder = mkdtempSync(join(tmpdir(), `forewarn-${room}-`));
  let made: Bundle;

  beforeAll(async () => {
    made = await bundle(room);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('carries no file of another room, of the embedded runtime or of a test', () => {
    expect(foreign(made.sources.keys(), room)).toEqual([]);
  });

  it('carries TensorFlow only where models are trained', () => {
    const carries = [...made.sources.keys()].some((path) => path.startsWith('node_modules/@tensorflow/'));

    expect(carries).toBe(room === 'train');
  });

  it('stays within its budget', () => {
    const sizeKb = Buffer.byteLength(made.text) / 1_000;

    expect(sizeKb, `largest: ${largestPackages(made.sources)}`).toBeLessThanOrEqual(BUDGET_KB[room]);
    expect(sizeKb).toBeGreaterThan(0);
  });

  it('starts, and has a handler of the form that Node 24 on Lambda accepts', async () => {
    const file = join(folder, 'index.mjs');
    writeFileSync(file, made.text);
    const ask = `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler, handler.length)`;

    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ask], { env: ENVIRONMENT });

    // One with a third parameter would be one with a callback, which is refused when it is loaded.
    expect(stdout).toMatch(/^function [012]\n$/);
  });
});

describe('the bundle of train', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forewarn-tensorflow-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('finds its WebAssembly beside itself, as the deployment lays it there', async () => {
    const entry =
      "import { startWasm } from './functions/train/wasm-backend.ts'; await startWasm(import.meta.dirname);";
    const { outputFiles } = await build({ ...BUNDLING, stdin: { contents: entry, resolveDir: REPOSITORY } });
    const file = join(folder, 'index.mjs');
    const wasm = 'tfjs-backend-wasm-simd.wasm';
    writeFileSync(file, outputFiles[0]?.text ?? '');
    copyFileSync(join(REPOSITORY, 'node_modules/@tensorflow/tfjs-backend-wasm/dist', wasm), join(folder, wasm));

    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      `await import(${JSON.stringify(file)}); console.log('ready')`,
    ]);

    expect(stdout).toBe('ready\n');
  });
});

describe('the checker', () => {
  it('finds a file of another room and of the embedded runtime, and lets packages and the platform pass', () => {
    const sources = [
      'node_modules/zod/index.js',
      'functions/platform/edge.ts',
      'functions/ingest/accept-batch.ts',
      'functions/detect/handle-group.ts',
      'data/aws/s3-objects.ts',
      'data/embedded/table.ts',
    ];

    expect(foreign(sources, 'ingest')).toEqual(['functions/detect/handle-group.ts', 'data/embedded/table.ts']);
  });
});
