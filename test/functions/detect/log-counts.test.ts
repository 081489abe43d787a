import { expect, test } from 'vitest';
import type { LogRecord } from '../../../data/segments/batch.ts';
import { createShardState } from '../../../data/state/shard-state.ts';
import { applyLogs } from '../../../functions/detect/log-counts.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../../models/detect/registry.ts';
import { FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';

const START_MS = Date.UTC(2026, 10, 1);

function record(bucket: number, severity: LogRecord['severity'] = 'info'): LogRecord {
  return { timestampMs: START_MS + bucket * FIVE_MINUTES_MS + 1_000, severity, line: 'x' };
}

/** What the shard holds after one batch of one stream: `name{severity} bucket=count`. */
function countsOf(records: readonly LogRecord[]) {
  const processor = createSampleProcessor(createDetector(DEFAULT_DETECTOR, { timeZone: 'UTC' }));
  const state = createShardState('abcdefghijkl', 0, processor.layout);
  applyLogs(state, { streamId: 'a'.repeat(32), labels: [['service', 'shop']], records }, processor);
  const { rows, seriesIndexes, timestampsMs, columns } = state.pending.raw;
  const counts = Array.from({ length: rows }, (_, row) => {
    const bucket = (timestampsMs[row]! - START_MS) / FIVE_MINUTES_MS;
    return `series ${seriesIndexes[row]} bucket ${bucket}: ${columns[0]![row]}`;
  });
  return { state, counts };
}

test('a bucket is counted when the next record of its severity lies beyond it, with a zero for each silent bucket', () => {
  const { counts } = countsOf([record(0), record(0), record(3), record(4)]);

  expect(counts).toEqual([
    'series 0 bucket 0: 2',
    'series 0 bucket 1: 0',
    'series 0 bucket 2: 0',
    'series 0 bucket 3: 1',
  ]);
});

test('severities are counted apart', () => {
  const { counts, state } = countsOf([record(0, 'error'), record(0), record(1, 'error'), record(1)]);

  expect(counts.toSorted()).toEqual(['series 0 bucket 0: 1', 'series 1 bucket 0: 1']);
  expect(state.outbox.series.map(({ labels }) => labels.find(([name]) => name === 'severity')?.[1])).toEqual([
    'error',
    'info',
  ]);
});

test('the workspace is told of the records that it sent, and not of the counts made of them as samples', () => {
  const { state } = countsOf([record(0), record(1), record(9)]);

  expect(state.counters).toMatchObject({ samples: 0, logRecords: 3, discarded: {} });
});
