import { describe, expect, it } from 'vitest';
import type { Objects } from '../../../data/contracts.ts';
import { encodeChunk } from '../../../data/history/chunk.ts';
import { createHistory, type SeriesRef } from '../../../data/history/history.ts';
import { createRowBuffer } from '../../../data/state/row-buffer.ts';
import {
  addSeries,
  BUCKET,
  createShardState,
  RESOLUTION_COLUMNS,
  type Resolution,
  type ShardState,
  SLOT,
} from '../../../data/state/shard-state.ts';
import { createStateStore } from '../../../data/state/state-store.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { addRow, LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

const WORKSPACE = 'abcdefghijkl';
const CPU: SeriesRef = { workspace: WORKSPACE, shard: 1, seriesId: seriesIdFor(1) };
const DISK: SeriesRef = { workspace: WORKSPACE, shard: 1, seriesId: seriesIdFor(2) };

function twoSeries(): ShardState {
  const state = createShardState(WORKSPACE, 1, LAYOUT);
  addSeries(state, CPU.seriesId, 'gauge', [['__name__', 'cpu']]);
  addSeries(state, DISK.seriesId, 'gauge', [['__name__', 'disk']]);
  return state;
}

/** Makes a chunk of what waits. */
async function flush(objects: Objects, state: ShardState, resolution: Resolution): Promise<void> {
  const { ref, bytes } = encodeChunk(WORKSPACE, 1, resolution, state.pending[resolution]);
  await objects.put(ref.key, bytes);
  state.chunks.push(ref);
  state.pending[resolution] = createRowBuffer(RESOLUTION_COLUMNS[resolution].length);
}

async function save(objects: Objects, state: ShardState): Promise<void> {
  const etag = (await objects.head('state/abcdefghijkl/1'))?.etag;
  expect(await createStateStore(objects).save({ state, etag })).toBe('stored');
}

const points = ({ timestampsMs, values }: { timestampsMs: Float64Array; values: Float64Array }) =>
  [...timestampsMs].map((timestampMs, i) => [timestampMs, values[i]]);

describe('samples', () => {
  it('join finished chunks with what waits, in order of time, of the series asked for', async () => {
    const objects = createMemoryObjects();
    const state = twoSeries();
    for (const timestampMs of [10, 20, 30]) addRow(state, 'raw', 0, timestampMs, [timestampMs]);
    addRow(state, 'raw', 1, 15, [-1]);
    await flush(objects, state, 'raw');
    for (const timestampMs of [40, 50]) addRow(state, 'raw', 0, timestampMs, [timestampMs]);
    await flush(objects, state, 'raw');
    addRow(state, 'raw', 0, 60, [60]);
    addRow(state, 'raw', 1, 65, [-2]);
    await save(objects, state);
    const history = createHistory(objects);

    expect(points(await history.readSamples(CPU, 0, 1_000))).toEqual([10, 20, 30, 40, 50, 60].map((t) => [t, t]));
    expect(points(await history.readSamples(DISK, 0, 1_000))).toEqual([
      [15, -1],
      [65, -2],
    ]);
  });

  it('begin at the first time asked for and end before the last', async () => {
    const objects = createMemoryObjects();
    const state = twoSeries();
    for (const timestampMs of [10, 20, 30]) addRow(state, 'raw', 0, timestampMs, [timestampMs]);
    await flush(objects, state, 'raw');
    for (const timestampMs of [40, 50]) addRow(state, 'raw', 0, timestampMs, [timestampMs]);
    await save(objects, state);
    const history = createHistory(objects);

    const times = async (fromMs: number, toMs: number) => [
      ...(await history.readSamples(CPU, fromMs, toMs)).timestampsMs,
    ];

    expect(await times(20, 40)).toEqual([20, 30]);
    expect(await times(30, 41)).toEqual([30, 40]);
    expect(await times(31, 40)).toEqual([]);
    expect(await times(50, 50)).toEqual([]);
  });

  it('of one time are the last that was written, in a chunk or out of it', async () => {
    const objects = createMemoryObjects();
    const state = twoSeries();
    addRow(state, 'raw', 0, 10, [1]);
    addRow(state, 'raw', 0, 20, [2]);
    await flush(objects, state, 'raw');
    addRow(state, 'raw', 0, 30, [3]);
    addRow(state, 'raw', 0, 10, [100]);
    addRow(state, 'raw', 0, 30, [300]);
    addRow(state, 'raw', 0, 15, [4]);
    await save(objects, state);

    expect(points(await createHistory(objects).readSamples(CPU, 0, 100))).toEqual([
      [10, 100],
      [15, 4],
      [20, 2],
      [30, 300],
    ]);
  });

  it('are none for a shard or a series that is not there', async () => {
    const objects = createMemoryObjects();
    const history = createHistory(objects);
    const before = await history.readSamples(CPU, 0, 100);
    await save(objects, twoSeries());

    const unknown = await history.readSamples({ ...CPU, seriesId: seriesIdFor(9) }, 0, 100);

    expect(points(before)).toEqual([]);
    expect(points(unknown)).toEqual([]);
  });

  it('are those of the newest state, also for a reader that has read before', async () => {
    const objects = createMemoryObjects();
    const history = createHistory(objects);
    const state = twoSeries();
    addRow(state, 'raw', 0, 10, [1]);
    await save(objects, state);
    const first = await history.readSamples(CPU, 0, 100);
    addRow(state, 'raw', 0, 20, [2]);
    await save(objects, state);

    expect(points(first)).toEqual([[10, 1]]);
    expect(points(await history.readSamples(CPU, 0, 100))).toHaveLength(2);
  });

  it('fail when a chunk that the state names is missing', async () => {
    const objects = createMemoryObjects();
    const state = twoSeries();
    addRow(state, 'raw', 0, 10, [1]);
    await flush(objects, state, 'raw');
    await save(objects, state);
    await objects.delete(state.chunks[0]!.key);

    await expect(createHistory(objects).readSamples(CPU, 0, 100)).rejects.toMatchObject({ code: 'store/corrupt' });
  });
});

describe('rollups', () => {
  /** One hour in a chunk, one that waits, one in progress. */
  async function threeHours(objects: Objects): Promise<ShardState> {
    const state = twoSeries();
    addRow(state, '1h', 0, 0, [60, 120, 1, 3, 2]);
    addRow(state, '1h', 1, 0, [6, 6, 1, 1, 1]);
    await flush(objects, state, '1h');
    addRow(state, '1h', 0, HOUR_MS, [30, 30, 1, 1, 1]);
    const open = SLOT.hourBucket;
    state.words[open + BUCKET.startMs] = 2 * HOUR_MS;
    state.words[open + BUCKET.count] = 2;
    state.words[open + BUCKET.sum] = 9;
    state.words[open + BUCKET.min] = 4;
    state.words[open + BUCKET.max] = 5;
    state.words[open + BUCKET.last] = 5;
    await save(objects, state);
    return state;
  }

  it('join chunks, what waits and the bucket in progress', async () => {
    const objects = createMemoryObjects();
    await threeHours(objects);

    const rollups = await createHistory(objects).readRollups(CPU, HOUR_MS, 0, 3 * HOUR_MS);

    expect(rollups).toEqual({
      startsMs: Float64Array.of(0, HOUR_MS, 2 * HOUR_MS),
      counts: Float64Array.of(60, 30, 2),
      sums: Float64Array.of(120, 30, 9),
      mins: Float64Array.of(1, 1, 4),
      maxs: Float64Array.of(3, 1, 5),
      lasts: Float64Array.of(2, 1, 5),
    });
  });

  it('leave out a bucket that begins at the end of the range, also the one in progress', async () => {
    const objects = createMemoryObjects();
    await threeHours(objects);
    const history = createHistory(objects);

    expect([...(await history.readRollups(CPU, HOUR_MS, HOUR_MS, 2 * HOUR_MS)).startsMs]).toEqual([HOUR_MS]);
    expect([...(await history.readRollups(CPU, HOUR_MS, 1, HOUR_MS)).startsMs]).toEqual([]);
  });

  it('of a shard are those of every series that has a row there, each as if asked for alone', async () => {
    const objects = createMemoryObjects();
    await threeHours(objects);
    const history = createHistory(objects);

    const all = await history.readShardRollups(WORKSPACE, 1, HOUR_MS, 0, 3 * HOUR_MS);
    const later = await history.readShardRollups(WORKSPACE, 1, HOUR_MS, HOUR_MS, 3 * HOUR_MS);

    expect([...all.keys()]).toEqual([CPU.seriesId, DISK.seriesId]);
    expect(all.get(DISK.seriesId)).toEqual(await history.readRollups(DISK, HOUR_MS, 0, 3 * HOUR_MS));
    expect([...later.keys()]).toEqual([CPU.seriesId]);
  });

  it('of five minutes are others than those of an hour', async () => {
    const objects = createMemoryObjects();
    const state = await threeHours(objects);
    addRow(state, '5m', 0, FIVE_MINUTES_MS, [5, 5, 1, 1, 1]);
    await save(objects, state);

    const rollups = await createHistory(objects).readRollups(CPU, FIVE_MINUTES_MS, 0, HOUR_MS);

    expect([...rollups.startsMs]).toEqual([FIVE_MINUTES_MS]);
  });
});

describe('a shard that many series make large', () => {
  function largeState(): ShardState {
    const state = createShardState(WORKSPACE, 1, LAYOUT);
    for (let number = 0; number < 2_000; number++) addSeries(state, seriesIdFor(number), 'gauge', [['n', `${number}`]]);
    addRow(state, 'raw', 1_999, 10, [5]);
    return state;
  }
  const last: SeriesRef = { workspace: WORKSPACE, shard: 1, seriesId: seriesIdFor(1_999) };

  it('is read in two ranges that leave out what only its writer needs', async () => {
    const objects = createMemoryObjects();
    await save(objects, largeState());
    const ends: number[] = [];
    const watched: Objects = {
      ...objects,
      get: () => Promise.reject(new Error('read as a whole')),
      getRange: (key, startByte, endByte) => {
        ends.push(endByte);
        return objects.getRange(key, startByte, endByte);
      },
    };

    const found = await createHistory(watched).readSamples(last, 0, 100);

    expect(points(found)).toEqual([[10, 5]]);
    expect(ends).toHaveLength(2);
    expect(ends[1]).toBeLessThan(objects.bytesOf('state/abcdefghijkl/1')!.length);
  });

  it('is read as a whole where it was replaced between the two ranges', async () => {
    const objects = createMemoryObjects();
    await save(objects, largeState());
    let ranges = 0;
    const replacing: Objects = {
      ...objects,
      async getRange(key, startByte, endByte) {
        ranges++;
        const range = await objects.getRange(key, startByte, endByte);
        const next = largeState();
        addRow(next, 'raw', 1_999, 20, [6]);
        if (ranges === 1) await save(objects, next);
        return range;
      },
    };

    expect(points(await createHistory(replacing).readSamples(last, 0, 100))).toEqual([
      [10, 5],
      [20, 6],
    ]);
  });
});

describe('a large chunk', () => {
  /** Fifty thousand samples that do not compress. */
  async function largeChunk(objects: Objects): Promise<ShardState> {
    const state = twoSeries();
    for (let i = 0; i < 25_000; i++) addRow(state, 'raw', 0, i, [Math.sqrt(i)]);
    for (let i = 0; i < 25_000; i++) addRow(state, 'raw', 1, i, [Math.cbrt(i)]);
    await flush(objects, state, 'raw');
    await save(objects, state);
    return state;
  }

  it('is read in ranges, and only where the series is', async () => {
    const objects = createMemoryObjects();
    const { chunks } = await largeChunk(objects);
    let readBytes = 0;
    const watched: Objects = {
      ...objects,
      get: () => Promise.reject(new Error('read as a whole')),
      async getRange(key, startByte, endByte) {
        if (key === chunks[0]!.key) readBytes += endByte - startByte;
        return objects.getRange(key, startByte, endByte);
      },
    };
    const history = createHistory(watched);

    const found = await history.readSamples(DISK, 0, 25_000);

    expect([...found.values]).toEqual(Array.from({ length: 25_000 }, (_, i) => Math.cbrt(i)));
    expect(readBytes).toBeGreaterThan(100_000);
    expect(readBytes).toBeLessThan(0.7 * chunks[0]!.sizeBytes);
    // What it says of its groups is not read again, nor is a group that was.
    const readBefore = readBytes;
    await history.readSamples(DISK, 0, 100);
    expect(readBytes).toBe(readBefore);
  });

  it('that vanishes between two ranges is missing, not damaged', async () => {
    const objects = createMemoryObjects();
    const { chunks } = await largeChunk(objects);
    let ranges = 0;
    const vanishing: Objects = {
      ...objects,
      async getRange(key, startByte, endByte) {
        if (key !== chunks[0]!.key) return objects.getRange(key, startByte, endByte);
        return ++ranges === 1 ? objects.getRange(key, startByte, endByte) : undefined;
      },
    };

    await expect(createHistory(vanishing).readSamples(DISK, 0, 100)).rejects.toThrow(/is missing/);
    expect(ranges).toBe(2);
  });
});
