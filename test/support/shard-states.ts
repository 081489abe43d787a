import { Fingerprints } from '../../data/state/fingerprints.ts';
import { recordsOf } from '../../data/state/record-memory.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  countDiscarded,
  countMuted,
  createShardState,
  type MemoryLayout,
  rememberApplied,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';

export const LAYOUT: MemoryLayout = {
  detector: 'test-detector',
  detectorVersion: 3,
  counterWords: 2,
  detectorWords: 3,
  trackerWords: 1,
};

/** Thirty-two digits that name a series, and sixty-four that name a segment. */
export function seriesIdFor(number: number): string {
  return number.toString(16).padStart(32, '0');
}
export function segmentIdFor(number: number): string {
  return number.toString(16).padStart(8, '0').repeat(8);
}

const ANOMALY: Anomaly = {
  anomalyId: '2026-01-05T00:00:00.000Z_0123456789abcdef',
  seriesId: seriesIdFor(2),
  labels: [['__name__', 'größe']],
  detector: 'test-detector',
  type: 'spike',
  status: 'open',
  startedAtMs: 1_767_571_200_000,
  lastAtMs: 1_767_571_260_000,
  endedAtMs: null,
  points: 2,
  initialScore: 1.5,
  score: 2.25,
  actual: 9,
  expected: 3,
  lower: 2,
  upper: 4,
  reason: 'Rose to 9 where 3 was expected (2 to 4)',
};

/**
 * A state with something in each of its places: three series, rows of every resolution, NaN and infinities. What it says
 * must not change: `test/state/shard-state-v1.bin` was written from it.
 */
export function fullState(): ShardState {
  const state = createShardState('abcdefghijkl', 2, LAYOUT);
  addSeries(state, seriesIdFor(1), 'gauge', [
    ['__name__', 'cpu'],
    ['host', 'a"1'],
  ]);
  addSeries(state, seriesIdFor(2), 'counter', [['__name__', 'größe']]);
  addSeries(state, seriesIdFor(3), 'gauge', []);
  state.words.set([1, 2, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324], SLOT.words);
  state.memory.set([0.1, -1e308, Number.NaN, 4, 5, 6], 6);
  state.watermarkMs = 1_767_571_260_000;
  state.sweptAtMs = 1_767_567_600_000;
  Object.assign(state.counters, { samples: 12, logRecords: 4, segments: 3 });
  countDiscarded(state, 'late', null, 2);
  countDiscarded(state, '__proto__x', null);
  for (const number of [1, 2, 3]) rememberApplied(state, segmentIdFor(number));
  state.chunks.push({
    resolution: 'raw',
    key: 'history/abcdefghijkl/2/raw/2026-01-05/00112233445566778899aabbccddeeff.parquet',
    fromMs: 1_767_571_200_000,
    toMs: 1_767_571_230_000,
    rows: 7,
    sizeBytes: 900,
  });
  state.outbox.series.push({
    seriesId: seriesIdFor(2),
    labels: [['__name__', 'größe']],
    kind: 'counter',
    shard: 2,
    firstSampleMs: 5,
  });
  state.outbox.anomalies.push(ANOMALY);
  addRow(state, 'raw', 0, 1_767_571_260_000, [Number.NEGATIVE_INFINITY]);
  addRow(state, 'raw', 2, 1_767_571_260_001, [Number.NaN]);
  addRow(state, 'raw', 1, 1_767_571_260_002, [0.1]);
  addRow(state, '5m', 1, 1_767_571_200_000, [4, 10, 1, 4, 3]);
  addRow(state, '1h', 0, 1_767_567_600_000, [60, 120, 0, 9, 1]);
  return state;
}

/**
 * The same with what version 2 added: `test/state/shard-state-v2.bin` was written from it, and `shard-state-v3.bin`.
 */
export function fullStateOfVersion2(): ShardState {
  const state = fullState();
  countDiscarded(state, 'too_late', 1_767_571_230_000, 3);
  countMuted(state, 'persistence');
  state.words.set([17, 288], SLOT.words + SLOT.learnedPoints);
  state.checkpoints.push(
    { sequence: 7, watermarkMs: 1_767_567_600_000 },
    { sequence: 8, watermarkMs: 1_767_569_400_000 },
  );
  state.lateMerges.set(2, { sinceMs: 1_767_571_000_000, sequence: 7 });
  state.published.push({ seriesIndex: 1, startedAtMs: ANOMALY.startedAtMs, anomalyId: ANOMALY.anomalyId });
  state.outbox.withdrawn.push('2026-01-04T00:00:00.000Z_0123456789abcdef');
  state.retired.push('history/abcdefghijkl/2/raw/2026-01-04/00112233445566778899aabbccddeeff.parquet');
  state.chunks.push({ ...state.chunks[0]!, resolution: '5m', level: 2 });
  state.baselines.push({
    baseline: {
      baselineId: 'b1',
      seriesId: seriesIdFor(1),
      selector: [{ name: 'host', value: 'a"1' }],
      fromMs: 1_767_571_200_000,
    },
    undo: false,
    nextIndex: 2,
    backups: ['checkpoint/abcdefghijkl/2/b1-0'],
  });
  const records = recordsOf(state.records, 2);
  records.knownFromMs = 1_767_570_000_000;
  records.buckets.set(1_767_571_200_000, Fingerprints.from(Uint32Array.of(5, 4_000_000_000)));
  return state;
}

export function addRow(
  state: ShardState,
  resolution: keyof ShardState['pending'],
  seriesIndex: number,
  timestampMs: number,
  values: readonly number[],
): void {
  const buffer = state.pending[resolution];
  const row = appendRow(buffer, seriesIndex, timestampMs);
  values.forEach((value, i) => {
    buffer.columns[i]![row] = value;
  });
}
