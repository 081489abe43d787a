import type { LogBatch, LogRecord, LogSeverity } from '../../data/segments/batch.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { Fingerprints } from '../../data/state/fingerprints.ts';
import { labelsAt } from '../../data/state/label-table.ts';
import { forgetBefore, recordsOf, type SeriesRecords } from '../../data/state/record-memory.ts';
import { countDiscarded, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import { LATENESS_MS } from './merge-late.ts';
import { recordFingerprint } from './record-fingerprint.ts';
import type { SampleProcessor } from './sample-processor.ts';

/** Name of the series that counts a stream's records of one severity in five minutes. */
export const LOG_RECORDS_METRIC = 'log_records';

/** A stream that was silent for longer has a gap in its counts; a shorter silence is so many counts of zero. */
const LONGEST_SILENCE_BUCKETS = 288;

/** Records of five minutes that are finished: how many, by series index and start. */
export type LateCounts = Map<number, Map<number, number>>;

/**
 * Turns records of one stream into counts for each severity and five minutes, and gives finished counts to the detector.
 *
 * A bucket is finished when the stream's next record of that severity lies beyond it. Records of a finished bucket are
 * handed to `late`, and counted as late where it is two hours behind or further. A record that was counted before changes
 * nothing.
 */
export function applyLogs(state: ShardState, batch: LogBatch, processor: SampleProcessor, late: LateCounts): void {
  for (const [severity, records] of bySeverity(batch.records)) {
    const labels = countLabels(batch.labels, severity);
    const seriesId = seriesIdOf(state.workspace, labels);
    const firstMs = bucketStart(records[0]!.timestampMs);
    const index = processor.seriesIndex(state, seriesId, 'gauge', () => labels, firstMs);
    const known = knownRecords(state, index);
    for (const record of records) addRecord(state, { index, known, record }, processor, late);
  }
}

function bySeverity(records: readonly LogRecord[]): Map<LogSeverity, LogRecord[]> {
  const ordered = [...records].sort((a, b) => a.timestampMs - b.timestampMs);
  return Map.groupBy(ordered, (record) => record.severity);
}

function countLabels(streamLabels: Labels, severity: LogSeverity): Labels {
  const own = new Set(['__name__', 'severity']);
  const labels: (readonly [string, string])[] = streamLabels.filter(([name]) => !own.has(name));
  labels.push(['__name__', LOG_RECORDS_METRIC], ['severity', severity]);
  return labels.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function bucketStart(timestampMs: number): number {
  return Math.floor(timestampMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
}

/** Of a series that counted records before they were remembered, what is finished is not known. */
function knownRecords(state: ShardState, index: number): SeriesRecords {
  const openMs = state.words[index * SLOT.words + SLOT.logBucketStartMs]!;
  const isForgotten = openMs > 0 && !state.records.has(index);
  const known = recordsOf(state.records, index);
  if (isForgotten) known.knownFromMs = openMs;
  return known;
}

interface KnownRecord {
  readonly index: number;
  readonly known: SeriesRecords;
  readonly record: LogRecord;
}

function addRecord(
  state: ShardState,
  { index, known, record }: KnownRecord,
  processor: SampleProcessor,
  late: LateCounts,
): void {
  const at = index * SLOT.words;
  const startMs = bucketStart(record.timestampMs);
  const openMs = state.words[at + SLOT.logBucketStartMs]!;
  if (startMs < openMs - LATENESS_MS || startMs < known.knownFromMs) {
    countDiscarded(state, 'late', record.timestampMs);
    return;
  }
  if (!isNew(known, startMs, record)) {
    countDiscarded(state, 'duplicate', record.timestampMs);
    return;
  }
  state.counters.logRecords++;
  if (startMs < openMs) {
    addLate(late, index, startMs);
    return;
  }
  if (startMs > openMs) {
    if (openMs > 0) emitCounts(state, index, startMs, processor);
    forgetBefore(known, startMs - LATENESS_MS);
  }
  const count = startMs === openMs ? state.words[at + SLOT.logBucketCount]! : 0;
  state.words[at + SLOT.logBucketStartMs] = startMs;
  state.words[at + SLOT.logBucketCount] = count + 1;
}

function isNew({ buckets }: SeriesRecords, startMs: number, record: LogRecord): boolean {
  let bucket = buckets.get(startMs);
  if (bucket === undefined) {
    bucket = new Fingerprints();
    buckets.set(startMs, bucket);
  }
  return bucket.add(recordFingerprint(record));
}

function addLate(late: LateCounts, index: number, startMs: number): void {
  const counts = late.get(index) ?? new Map<number, number>();
  late.set(index, counts);
  counts.set(startMs, (counts.get(startMs) ?? 0) + 1);
}

export interface Count {
  readonly timestampMs: number;
  readonly value: number;
}

/** The counts of finished buckets up to `nextMs`, ascending, with a zero for each bucket of a silence between them. */
export function withSilence(counts: readonly Count[], nextMs: number): Count[] {
  return counts.flatMap((count, i) => {
    const untilMs = counts[i + 1]?.timestampMs ?? nextMs;
    const silentBuckets = (untilMs - count.timestampMs) / FIVE_MINUTES_MS - 1;
    const length = silentBuckets <= LONGEST_SILENCE_BUCKETS ? silentBuckets : 0;
    const zeros = Array.from({ length }, (_, place) => ({
      timestampMs: count.timestampMs + (place + 1) * FIVE_MINUTES_MS,
      value: 0,
    }));
    return [count, ...zeros];
  });
}

/** How far back the silence that ends with a record may have begun. */
export const LONGEST_SILENCE_MS = (LONGEST_SILENCE_BUCKETS + 1) * FIVE_MINUTES_MS;

/** The bucket that is finished now, and the silence after it. */
function emitCounts(state: ShardState, index: number, nextMs: number, processor: SampleProcessor): void {
  const at = index * SLOT.words;
  const finished = {
    timestampMs: state.words[at + SLOT.logBucketStartMs]!,
    value: state.words[at + SLOT.logBucketCount]!,
  };
  const counts = withSilence([finished], nextMs);
  const samples = {
    seriesId: state.seriesIds[index]!,
    kind: 'gauge' as const,
    labels: () => labelsAt(state.labels, index),
    timestampsMs: Float64Array.from(counts, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(counts, ({ value }) => value),
    stale: new Uint8Array(counts.length),
    start: 0,
    end: counts.length,
  };
  // Buckets are finished one after another, so none of these can be late.
  processor.applySamples(state, samples, new Map());
  // These are our own: the workspace is told of the samples that it sent.
  state.counters.samples -= counts.length;
}
