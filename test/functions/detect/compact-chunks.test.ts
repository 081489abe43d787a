import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../data/history/archive.ts';
import { encodeChunk } from '../../../data/history/chunk.ts';
import { createHistory, type History } from '../../../data/history/history.ts';
import { createRowBuffer } from '../../../data/state/row-buffer.ts';
import {
  addSeries,
  type ChunkRef,
  createShardState,
  RESOLUTION_COLUMNS,
  RESOLUTIONS,
  type Resolution,
  type ShardState,
} from '../../../data/state/shard-state.ts';
import { createStateStore } from '../../../data/state/state-store.ts';
import { compactChunks, MAX_MERGED_ROWS, MERGED_CHUNKS, planMerge } from '../../../functions/detect/compact-chunks.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';
import { createMemoryObjects, type MemoryObjects } from '../../support/memory-objects.ts';
import { addRow, LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

const WORKSPACE = 'abcdefghijkl';
const SERIES = 5;
const END_MS = 30 * HOUR_MS;

let names = 0;
const refOf = (rows: number, level?: number, resolution: Resolution = 'raw'): ChunkRef => ({
  resolution,
  key: `history/${names++}`,
  fromMs: 0,
  toMs: 1,
  rows,
  sizeBytes: 1,
  ...(level !== undefined && { level }),
});
const refsOf = (count: number, ...of: Parameters<typeof refOf>): ChunkRef[] =>
  Array.from({ length: count }, () => refOf(...of));

describe('what is merged', () => {
  it('is so many neighbours of one resolution and level, whatever lies between them of another resolution', () => {
    const chunks = refsOf(MERGED_CHUNKS, 10).flatMap((chunk) => [chunk, refOf(10, undefined, '5m')]);
    expect(planMerge(chunks.slice(0, -2))).toBeUndefined();
    expect(planMerge(chunks)).toEqual(chunks.filter(({ resolution }) => resolution === 'raw'));
  });

  it('goes on with what was merged before', () => {
    const old = refsOf(MERGED_CHUNKS, 80, 1);
    const fresh = refsOf(3, 10);
    expect(planMerge([...old.slice(1), ...fresh])).toBeUndefined();
    expect(planMerge([...old, ...fresh])).toEqual(old);
  });

  it('is fewer where the rows would be too many, and nothing where so few would be merged that it is not worth it', () => {
    const small = refsOf(6, Math.floor(MAX_MERGED_ROWS / 5));
    expect(planMerge(small)).toEqual(small.slice(0, 5));
    expect(planMerge(refsOf(9, Math.ceil(MAX_MERGED_ROWS / 3)))).toBeUndefined();
    expect(planMerge(refsOf(9, MAX_MERGED_ROWS))).toBeUndefined();
  });

  it('keeps the list of a long history short', () => {
    let chunks: readonly ChunkRef[] = [];
    for (let flushes = 0; flushes < 2_000; flushes++) {
      chunks = [...chunks, refOf(16_384)];
      const group = planMerge(chunks);
      if (group === undefined) continue;
      const rows = group.reduce((sum, chunk) => sum + chunk.rows, 0);
      const merged = refOf(rows, (group[0]!.level ?? 0) + 1);
      chunks = chunks.flatMap((chunk) => (chunk === group[0] ? [merged] : group.includes(chunk) ? [] : [chunk]));
    }
    expect(chunks.length).toBeLessThan(2_000 / 32 + 2 * MERGED_CHUNKS);
  });
});

/** Eight chunks of each resolution, with samples that are late and twice, and rollups that were written again. */
async function manyChunks(objects: MemoryObjects): Promise<ShardState> {
  const random = createRandom(9);
  const state = createShardState(WORKSPACE, 0, LAYOUT);
  for (let index = 0; index < SERIES; index++) addSeries(state, seriesIdFor(index), 'gauge', []);
  for (let number = 0; number < MERGED_CHUNKS; number++) {
    for (const resolution of RESOLUTIONS) {
      addRows(state, resolution, number, random);
      await flush(objects, state, resolution);
    }
  }
  for (const resolution of RESOLUTIONS) addRows(state, resolution, 3, random);
  await save(objects, state);
  return state;
}

function addRows(state: ShardState, resolution: Resolution, number: number, random: Random): void {
  for (let row = 0; row < 200; row++) {
    const index = random.below(SERIES);
    const slot = 12 * number + random.below(36);
    const value = [random.below(9_999) / 100, random.normal(), -0, Number.NaN][random.below(4)]!;
    if (resolution === 'raw') addRow(state, 'raw', index, slot * FIVE_MINUTES_MS + random.below(3), [value]);
    else if (resolution === '1h') addRow(state, '1h', index, (number + random.below(4)) * HOUR_MS, [3, 4.5, 1, 2, 1.5]);
    // Every third says only that its samples are to be read.
    else addRow(state, '5m', index, slot * FIVE_MINUTES_MS, row % 3 === 0 ? [0, 0, 0, 0, 0] : [2, value, value, 9, 9]);
  }
}

async function flush(objects: MemoryObjects, state: ShardState, resolution: Resolution): Promise<void> {
  const { ref, bytes } = encodeChunk(WORKSPACE, 0, resolution, state.pending[resolution]);
  await objects.put(ref.key, bytes);
  state.chunks.push(ref);
  state.pending[resolution] = createRowBuffer(RESOLUTION_COLUMNS[resolution].length);
}

async function save(objects: MemoryObjects, state: ShardState): Promise<void> {
  const etag = (await objects.head(`state/${WORKSPACE}/0`))?.etag;
  expect(await createStateStore(objects).save({ state, etag })).toBe('stored');
}

async function readEverything(history: History) {
  const series = Array.from({ length: SERIES }, async (_, index) => {
    const ref = { workspace: WORKSPACE, shard: 0, seriesId: seriesIdFor(index) };
    return {
      samples: await history.readSamples(ref, 0, END_MS),
      fiveMinutes: await history.readRollups(ref, FIVE_MINUTES_MS, HOUR_MS, END_MS),
      hours: await history.readRollups(ref, HOUR_MS, 0, END_MS),
    };
  });
  return {
    series: await Promise.all(series),
    shard: await history.readShardRollups(WORKSPACE, 0, FIVE_MINUTES_MS, 0, END_MS),
  };
}

describe('merging', () => {
  it('changes nothing of what can be read', async () => {
    const objects = createMemoryObjects();
    const state = await manyChunks(objects);
    const before = await readEverything(createHistory(objects));

    for (const left of [17, 10, 3]) {
      await compactChunks(createArchive(objects), state);
      await save(objects, state);
      expect(state.chunks).toHaveLength(left);
      expect(await readEverything(createHistory(objects))).toEqual(before);
    }
    expect(state.chunks).toMatchObject([
      { resolution: 'raw', level: 1 },
      { resolution: '5m', level: 1 },
      { resolution: '1h', level: 1 },
    ]);
    expect(state.chunks[2]!.rows).toBeLessThan(200);
  });

  it('leaves what it replaces where it is until the state that does not name it is stored', async () => {
    const objects = createMemoryObjects();
    const state = await manyChunks(objects);
    const before = objects.keys('history');

    await compactChunks(createArchive(objects), state);
    expect(objects.keys('history')).toEqual(expect.arrayContaining(before));
    expect(state.retired).toHaveLength(MERGED_CHUNKS);

    const { retired } = state;
    await compactChunks(createArchive(objects), state);
    for (const key of retired) expect(objects.bytesOf(key)).toBeUndefined();
  });

  it('is noticed by a reader whose view is older: it reads the newest one', async () => {
    const objects = createMemoryObjects();
    const state = await manyChunks(objects);
    const before = await readEverything(createHistory(objects));
    const ref = { workspace: WORKSPACE, shard: 0, seriesId: seriesIdFor(1) };
    let merges = 0;
    const history = createHistory({
      ...objects,
      get: async (key) => {
        if (key.startsWith('history/') && merges++ === 0) {
          for (let batch = 0; batch < 2; batch++) {
            await compactChunks(createArchive(objects), state);
            await save(objects, state);
          }
        }
        return objects.get(key);
      },
    });

    expect(await history.readSamples(ref, 0, END_MS)).toEqual(before.series[1]!.samples);
    expect(merges).toBeGreaterThan(1);
  });

  it('leaves alone for ever what cannot be read, and goes on with the others', async () => {
    const objects = createMemoryObjects();
    const state = await manyChunks(objects);
    const damaged = state.chunks.find(({ resolution }) => resolution === 'raw')!;
    await objects.put(damaged.key, Buffer.from('damaged'));

    await compactChunks(createArchive(objects), state);
    expect(state.chunks).toHaveLength(3 * MERGED_CHUNKS);
    await compactChunks(createArchive(objects), state);

    expect(state.chunks).toContainEqual({ ...damaged, level: -1 });
    expect(state.chunks.filter(({ resolution }) => resolution === 'raw')).toHaveLength(MERGED_CHUNKS);
    expect(state.chunks.filter(({ resolution }) => resolution === '5m')).toHaveLength(1);
  });

  it('does not delete a chunk that it has made once more', async () => {
    const objects = createMemoryObjects();
    const state = await manyChunks(objects);
    const [kept] = state.chunks;
    state.retired = [kept!.key];

    await compactChunks(createArchive(objects), { ...state, chunks: [kept!] });

    expect(objects.bytesOf(kept!.key)).toBeDefined();
  });
});
