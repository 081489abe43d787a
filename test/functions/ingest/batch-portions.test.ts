import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_SERIES, type SegmentBatch } from '../../../data/segments/batch.ts';
import { portionsOf } from '../../../functions/ingest/batch-portions.ts';
import { columnsOf, seriesOf } from '../../support/series-columns.ts';

const ids = (i: number): string => i.toString(16).padStart(32, '0');

function batchOf(labelLengths: readonly number[], lineLengths: readonly (readonly number[])[]): SegmentBatch {
  const series = labelLengths.map((length, i) => ({
    seriesId: ids(i),
    labels: [['__name__', 'x'.repeat(length)]] as const,
    kind: 'gauge' as const,
    timestampsMs: Float64Array.from({ length: 1 + (i % 3) }, (_, at) => i + at),
    values: Float64Array.from({ length: 1 + (i % 3) }, (_, at) => i * at),
    stale: new Uint8Array(1 + (i % 3)),
  }));
  const logs = lineLengths.map((lengths, i) => ({
    streamId: ids(i),
    labels: [['service', `s${i}`]] as const,
    records: lengths.map((length, timestampMs) => ({
      timestampMs,
      severity: 'info' as const,
      line: 'y'.repeat(length),
    })),
  }));
  return { series: columnsOf(series), logs };
}

/** Everything in its order, whatever the cuts. */
function contentOf(batches: readonly SegmentBatch[]) {
  const records = batches.flatMap(({ logs }) =>
    logs.flatMap(({ streamId, labels, records }) => records.map((record) => ({ streamId, labels, record }))),
  );
  return { series: batches.flatMap(seriesOf), records };
}

test('a usual batch is one portion, and the same object', () => {
  const batch = batchOf([10, 20], [[5, 5]]);

  expect(portionsOf(batch)).toEqual([batch]);
  expect(portionsOf(batch)[0]).toBe(batch);
});

test('an empty batch stays one', () => {
  const batch = { series: NO_SERIES, logs: [] };

  expect(portionsOf(batch)).toEqual([batch]);
});

test('no portion is heavier than it may be, unless one item alone is; together they hold what the batch held', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 30 });
  const maxBytes = 1_500;
  fc.assert(
    fc.property(lengths, fc.array(lengths, { maxLength: 4 }), (labelLengths, lineLengths) => {
      const batch = batchOf(labelLengths, lineLengths);
      const portions = portionsOf(batch, maxBytes);

      expect(contentOf(portions)).toEqual(contentOf([batch]));
      for (const { series, logs } of portions) {
        const labels = series.heads.reduce((sum, head) => sum + 150 + head.labelEnd - head.labelStart, 0);
        const lines = logs.flatMap(({ records }) => records).reduce((sum, { line }) => sum + 100 + line.length, 0);
        expect(Math.max(labels, lines)).toBeLessThanOrEqual(maxBytes);
      }
    }),
    { seed: 7 },
  );
});
