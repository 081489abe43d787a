import type { ReadRows, Row } from '../../data/history/history.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import { BUCKET, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { sumOfBucket } from './buckets.ts';
import type { LateSample } from './sample-processor.ts';

/**
 * Adds a sample that is too late to be scored to its two buckets: to the one in progress, or as a new row that replaces the
 * finished one. A counter's sample has no rate without its neighbours, and is left out of the rollups. The sample must not
 * be among the raw ones yet, of which the rows of buckets with few samples are made.
 */
export async function addLateToRollups(
  readRows: ReadRows,
  state: ShardState,
  index: number,
  sample: LateSample,
): Promise<void> {
  if (state.kinds[index] === 'counter' || !Number.isFinite(sample.value)) return;
  await addToResolution(readRows, state, index, sample, { resolution: '5m', stepMs: FIVE_MINUTES_MS });
  await addToResolution(readRows, state, index, sample, { resolution: '1h', stepMs: HOUR_MS });
}

async function addToResolution(
  readRows: ReadRows,
  state: ShardState,
  index: number,
  { timestampMs, value }: LateSample,
  { resolution, stepMs }: { readonly resolution: '5m' | '1h'; readonly stepMs: number },
): Promise<void> {
  const startMs = Math.floor(timestampMs / stepMs) * stepMs;
  if (addToOpenBucket(state, index, resolution, startMs, value)) return;
  const rows = await readRows(state, { resolution, seriesIndex: index, fromMs: startMs, toMs: startMs + 1 });
  const [count, sum, min, max, last] = withValue(rows.get(index)?.at(-1), value);
  const pending = state.pending[resolution];
  const row = appendRow(pending, index, startMs);
  for (const [column, word] of [count, sum, min, max, last].entries()) pending.columns[column]![row] = word;
}

/** The last value of a bucket stays that of its latest sample, which this one is not where there are others. */
function withValue(row: Row | undefined, value: number): readonly [number, number, number, number, number] {
  if (row === undefined) return [1, value, value, value, value];
  const [count, sum, min, max, last] = row.values as readonly [number, number, number, number, number];
  return [count + 1, sumOfBucket(sum + value, count + 1), Math.min(min, value), Math.max(max, value), last];
}

function addToOpenBucket(
  state: ShardState,
  index: number,
  resolution: '5m' | '1h',
  startMs: number,
  value: number,
): boolean {
  const { words } = state;
  const at = index * SLOT.words + (resolution === '5m' ? SLOT.fiveMinuteBucket : SLOT.hourBucket);
  if (words[at + BUCKET.count] === 0 || words[at + BUCKET.startMs] !== startMs) return false;
  words[at + BUCKET.count]! += 1;
  words[at + BUCKET.sum]! += value;
  words[at + BUCKET.min] = Math.min(words[at + BUCKET.min]!, value);
  words[at + BUCKET.max] = Math.max(words[at + BUCKET.max]!, value);
  return true;
}
