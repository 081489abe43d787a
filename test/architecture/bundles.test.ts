import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUNDLE_BANNER, BUNDLE_MAIN_FIELDS, BUNDLE_TARGET } from '../../cdk/bundling.ts';
import { ROOMS, type Room } from '../../cdk/rooms.ts';
import { REPOSITORY } from './source-tree.ts';

/**
 * Largest size of each bundle in KB, minified, without its source map: a fifth above what it measured when it was set.
 * Every start of a function reads and compiles all of it.
 */
const BUDGET_KB: Readonly<Record<Room, number>> = {
  ingest: 1_000,
  detect: 1_000,
  forecast: 1_000,
  decide: 1_000,
  report: 1_000,
  notify: 1_000,
  query: 1_000,
};

/** What each source contributes to the bundle of a handler; sources of which nothing is left are not in it. */
async function bundle(room: Room): Promise<{ readonly sizeBytes: number; readonly sources: readonly string[] }> {
  const { metafile }: { readonly metafile: Metafile } = await build({
    entryPoints: [join(REPOSITORY, `functions/${room}/handler.ts`)],
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
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { sizeBytes: output?.bytes ?? 0, sources: inputs.map(([path]) => path) };
}

/** Files of ours that have no business in the bundle of this room. */
function foreign(sources: readonly string[], room: Room): readonly string[] {
  const ours = sources.filter((path) => !path.startsWith('node_modules/'));
  return ours.filter((path) => {
    const folder = /^functions\/([a-z]+)\//.exec(path)?.[1];
    const isOtherRoom = folder !== undefined && folder !== room && ROOMS.some((other) => other === folder);
    return isOtherRoom || /^(data\/embedded|local|bench|test)\//.test(path);
  });
}

describe.each(ROOMS)('%s', (room) => {
  it('has a handler that bundles within its budget and carries no file of another room', async () => {
    expect(existsSync(join(REPOSITORY, `functions/${room}/handler.ts`)), `functions/${room}/handler.ts`).toBe(true);

    const { sizeBytes, sources } = await bundle(room);

    expect(foreign(sources, room)).toEqual([]);
    expect(sizeBytes / 1_000).toBeLessThanOrEqual(BUDGET_KB[room]);
    expect(sizeBytes).toBeGreaterThan(0);
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
