import type { LogBatch, LogRecord, LogSeverity } from '../../data/segments/batch.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { labelsAt } from '../../data/state/label-table.ts';
import { countDiscarded, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import type { SampleProcessor } from './sample-processor.ts';

/** Name of the series that counts a stream's records of one severity in five minutes. */
export const LOG_RECORDS_METRIC = 'log_records';

/** A stream that was silent for longer has a gap in its counts; a shorter silence is so many counts of zero. */
const LONGEST_SILENCE_BUCKETS = 288;

/**
 * Turns records of one stream into counts for each severity and five minutes, and gives finished counts to the detector.
 *
 * A bucket is finished when the stream's next record of that severity lies beyond it. Records of a bucket that is
 * already finished are counted as late.
 */
export function applyLogs(state: ShardState, batch: LogBatch, processor: SampleProcessor): void {
  state.counters.logRecords += batch.records.length;
  for (const [severity, records] of bySeverity(batch.records)) {
    const labels = countLabels(batch.labels, severity);
    const seriesId = seriesIdOf(state.workspace, labels);
    const firstMs = bucketStart(records[0]!.timestampMs);
    const index = processor.seriesIndex(state, seriesId, 'gauge', () => labels, firstMs);
    for (const record of records) addRecord(state, index, seriesId, record, processor);
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

function addRecord(
  state: ShardState,
  index: number,
  seriesId: string,
  record: LogRecord,
  processor: SampleProcessor,
): void {
  const at = index * SLOT.words;
  const startMs = bucketStart(record.timestampMs);
  const openMs = state.words[at + SLOT.logBucketStartMs]!;
  if (startMs < openMs) {
    countDiscarded(state, 'late');
    return;
  }
  if (startMs > openMs && openMs > 0) emitCounts(state, seriesId, openMs, startMs, processor);
  const count = startMs === openMs ? state.words[at + SLOT.logBucketCount]! : 0;
  state.words[at + SLOT.logBucketStartMs] = startMs;
  state.words[at + SLOT.logBucketCount] = count + 1;
}

/** The finished bucket, and a zero for each bucket of the silence after it. */
function emitCounts(
  state: ShardState,
  seriesId: string,
  finishedMs: number,
  nextMs: number,
  processor: SampleProcessor,
): void {
  const index = state.indexById.get(seriesId)!;
  const silentBuckets = (nextMs - finishedMs) / FIVE_MINUTES_MS - 1;
  const length = 1 + (silentBuckets <= LONGEST_SILENCE_BUCKETS ? silentBuckets : 0);
  const values = new Float64Array(length);
  values[0] = state.words[index * SLOT.words + SLOT.logBucketCount]!;
  const samples = {
    seriesId,
    kind: 'gauge' as const,
    labels: () => labelsAt(state.labels, index),
    timestampsMs: Float64Array.from({ length }, (_, i) => finishedMs + i * FIVE_MINUTES_MS),
    values,
    stale: new Uint8Array(length),
    start: 0,
    end: length,
  };
  // Buckets are finished one after another, so none of these can be late.
  processor.applySamples(state, samples, new Map());
  // These are our own: the workspace is told of the samples that it sent.
  state.counters.samples -= length;
}
