import { appendRow, type RowBuffer } from '../../data/state/row-buffer.ts';
import { BUCKET, type Resolution, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';

/**
 * Adds a sample to the two buckets in progress of its series; a bucket that the sample has left behind becomes a row.
 *
 * Times must not go backwards within a series: late samples never come here.
 */
export function addToBuckets(
  state: ShardState,
  seriesIndex: number,
  at: number,
  timestampMs: number,
  value: number,
): void {
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
  const slab = state.slab;
  const startMs = Math.floor(timestampMs / stepMs) * stepMs;
  const count = slab[at + BUCKET.count]!;
  if (count > 0 && slab[at + BUCKET.startMs] === startMs) {
    slab[at + BUCKET.count] = count + 1;
    slab[at + BUCKET.sum] = slab[at + BUCKET.sum]! + value;
    if (value < slab[at + BUCKET.min]!) slab[at + BUCKET.min] = value;
    if (value > slab[at + BUCKET.max]!) slab[at + BUCKET.max] = value;
    slab[at + BUCKET.last] = value;
    return;
  }
  if (count > 0) closeBucket(state.pending[resolution], seriesIndex, slab, at);
  slab[at + BUCKET.startMs] = startMs;
  slab[at + BUCKET.count] = 1;
  slab[at + BUCKET.sum] = value;
  slab[at + BUCKET.min] = value;
  slab[at + BUCKET.max] = value;
  slab[at + BUCKET.last] = value;
}

function closeBucket(rows: RowBuffer, seriesIndex: number, slab: Float64Array, at: number): void {
  const row = appendRow(rows, seriesIndex, slab[at + BUCKET.startMs]!);
  const [counts, sums, mins, maxs, lasts] = rows.columns;
  counts![row] = slab[at + BUCKET.count]!;
  sums![row] = slab[at + BUCKET.sum]!;
  mins![row] = slab[at + BUCKET.min]!;
  maxs![row] = slab[at + BUCKET.max]!;
  lasts![row] = slab[at + BUCKET.last]!;
}
