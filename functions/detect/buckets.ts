import { appendRow, type RowBuffer } from '../../data/state/row-buffer.ts';
import { BUCKET, type Resolution, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { roundSum } from '../../data/value-unit.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';

/**
 * Adds a sample to the two buckets in progress of its series; a bucket that the sample has left behind becomes a row.
 *
 * Times must not go backwards within a series: late samples never come here.
 */
export function addToBuckets(state: ShardState, seriesIndex: number, timestampMs: number, value: number): void {
  const at = seriesIndex * SLOT.words;
  addToBucket(state, '5m', seriesIndex, at + SLOT.fiveMinuteBucket, FIVE_MINUTES_MS, timestampMs, value);
  addToBucket(state, '1h', seriesIndex, at + SLOT.hourBucket, HOUR_MS, timestampMs, value);
}

function addToBucket(
  state: ShardState,
  resolution: Resolution,
  seriesIndex: number,
  at: number,
  stepMs: number,
  timestampMs: number,
  value: number,
): void {
  const words = state.words;
  const startMs = Math.floor(timestampMs / stepMs) * stepMs;
  const count = words[at + BUCKET.count]!;
  if (count > 0 && words[at + BUCKET.startMs] === startMs) {
    words[at + BUCKET.count] = count + 1;
    words[at + BUCKET.sum] = words[at + BUCKET.sum]! + value;
    if (value < words[at + BUCKET.min]!) words[at + BUCKET.min] = value;
    if (value > words[at + BUCKET.max]!) words[at + BUCKET.max] = value;
    words[at + BUCKET.last] = value;
    return;
  }
  if (count > 0) closeBucket(state.pending[resolution], seriesIndex, words, at);
  words[at + BUCKET.startMs] = startMs;
  words[at + BUCKET.count] = 1;
  words[at + BUCKET.sum] = value;
  words[at + BUCKET.min] = value;
  words[at + BUCKET.max] = value;
  words[at + BUCKET.last] = value;
}

function closeBucket(rows: RowBuffer, seriesIndex: number, words: Float64Array, at: number): void {
  const row = appendRow(rows, seriesIndex, words[at + BUCKET.startMs]!);
  const [counts, sums, mins, maxs, lasts] = rows.columns;
  const count = words[at + BUCKET.count]!;
  counts![row] = count;
  sums![row] = sumOfBucket(words[at + BUCKET.sum]!, count);
  mins![row] = words[at + BUCKET.min]!;
  maxs![row] = words[at + BUCKET.max]!;
  lasts![row] = words[at + BUCKET.last]!;
}

/** The sum of a finished bucket: as it is stored and, of few samples, made again (data/history/derived-rollups.ts). */
export function sumOfBucket(sum: number, count: number): number {
  return count === 1 ? sum : roundSum(sum);
}
