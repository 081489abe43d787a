import { expect, test } from 'vitest';
import type { ReadRows, Row } from '../../../data/history/history.ts';
import { addSeries, BUCKET, createShardState, type ShardState, SLOT } from '../../../data/state/shard-state.ts';
import { addLateToRollups } from '../../../functions/detect/late-rollups.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';

const LAYOUT = { detector: 'none', detectorVersion: 1, counterWords: 0, detectorWords: 0, trackerWords: 0 };
const AT_MS = 100 * HOUR_MS + 7 * 60_000;

function stateOf(kind: 'gauge' | 'counter'): ShardState {
  const state = createShardState('workspace0000', 0, LAYOUT);
  addSeries(state, '0'.repeat(32), kind, [['__name__', 'depth']]);
  return state;
}

const late = (value: number) => ({ timestampMs: AT_MS, value, isStale: false, behindMs: 3 * HOUR_MS });
const nothingWritten: ReadRows = () => Promise.resolve(new Map());
const written =
  (row: Row): ReadRows =>
  () =>
    Promise.resolve(new Map([[0, [row]]]));

function rowsOf(state: ShardState, resolution: '5m' | '1h'): number[][] {
  const { rows, timestampsMs, columns } = state.pending[resolution];
  return Array.from({ length: rows }, (_, row) => [timestampsMs[row]!, ...columns.map((column) => column[row]!)]);
}

test('V04 a bucket that nothing was written of begins with the late sample', async () => {
  const state = stateOf('gauge');

  await addLateToRollups(nothingWritten, state, 0, late(4));

  expect(rowsOf(state, '5m')).toEqual([[100 * HOUR_MS + FIVE_MINUTES_MS, 1, 4, 4, 4, 4]]);
  expect(rowsOf(state, '1h')).toEqual([[100 * HOUR_MS, 1, 4, 4, 4, 4]]);
});

test('V04 a finished bucket is replaced by one with the late sample; its last value stays', async () => {
  const state = stateOf('gauge');

  await addLateToRollups(written({ timestampMs: 0, values: [2, 10, 3, 7, 7] }), state, 0, late(9));

  expect(rowsOf(state, '5m')).toEqual([[100 * HOUR_MS + FIVE_MINUTES_MS, 3, 19, 3, 9, 7]]);
});

test('the bucket in progress takes it in', async () => {
  const state = stateOf('gauge');
  const at = SLOT.hourBucket;
  state.words[at + BUCKET.startMs] = 100 * HOUR_MS;
  state.words.set([2, 10, 3, 7, 7], at + BUCKET.count);

  await addLateToRollups(nothingWritten, state, 0, late(1));

  expect([...state.words.subarray(at + BUCKET.count, at + BUCKET.last + 1)]).toEqual([3, 11, 1, 7, 7]);
  expect(rowsOf(state, '1h')).toEqual([]);
});

test('counters and values that are no numbers are left out', async () => {
  const [counter, gauge] = [stateOf('counter'), stateOf('gauge')];

  await addLateToRollups(nothingWritten, counter, 0, late(4));
  await addLateToRollups(nothingWritten, gauge, 0, late(Number.NaN));

  expect([...rowsOf(counter, '5m'), ...rowsOf(gauge, '5m')]).toEqual([]);
});
