import {
  type LogBatch,
  NO_SERIES,
  type SegmentBatch,
  type SeriesColumns,
  type SeriesHead,
} from '../../data/segments/batch.ts';

/**
 * What the labels and lines of one segment may weigh as objects, as its consumer has them in memory. Far above a usual
 * request: the largest ones that are allowed become a dozen segments.
 */
const MAX_PORTION_BYTES = 8 * 1024 * 1024;
/** Besides its texts. */
const LABEL_BYTES = 150;
const RECORD_BYTES = 100;

/**
 * Cuts a batch so that no portion is heavy for whoever reads it; a series, and a record, stays whole. The same batch is
 * always cut alike, and what belongs to one series or stream keeps its order.
 */
export function portionsOf(batch: SegmentBatch, maxBytes = MAX_PORTION_BYTES): readonly SegmentBatch[] {
  const series = cutSeries(batch.series, maxBytes);
  const logs = cutLogs(batch.logs, maxBytes);
  if (series.length <= 1 && logs.length <= 1) return [batch];
  return [
    ...series.map((columns) => ({ series: columns, logs: [] })),
    ...logs.map((streams) => ({ series: NO_SERIES, logs: streams })),
  ];
}

/** What the labels of a series take as objects, estimated. */
export function weightOf({ labelSource, labelStart, labelEnd }: SeriesHead): number {
  // They begin with their number.
  return labelEnd - labelStart + labelSource[labelStart]! * LABEL_BYTES;
}

function cutSeries(columns: SeriesColumns, maxBytes: number): readonly SeriesColumns[] {
  const { heads } = columns;
  const portions: SeriesColumns[] = [];
  let from = 0;
  let heldBytes = 0;
  for (let i = 0; i < heads.length; i++) {
    const sizeBytes = weightOf(heads[i]!);
    if (i > from && heldBytes + sizeBytes > maxBytes) {
      portions.push(sliceSeries(columns, from, i));
      from = i;
      heldBytes = 0;
    }
    heldBytes += sizeBytes;
  }
  if (from < heads.length) portions.push(from === 0 ? columns : sliceSeries(columns, from, heads.length));
  return portions;
}

function sliceSeries(columns: SeriesColumns, from: number, to: number): SeriesColumns {
  const start = columns.sampleStarts[from]!;
  const end = columns.sampleStarts[to]!;
  return {
    heads: columns.heads.slice(from, to),
    sampleStarts: columns.sampleStarts.slice(from, to + 1).map((at) => at - start),
    timestampsMs: columns.timestampsMs.subarray(start, end),
    values: columns.values.subarray(start, end),
    stale: columns.stale.subarray(start, end),
  };
}

function cutLogs(streams: readonly LogBatch[], maxBytes: number): readonly (readonly LogBatch[])[] {
  const portions: LogBatch[][] = [];
  let portion: LogBatch[] = [];
  let heldBytes = 0;
  for (const stream of streams) {
    let from = 0;
    for (const [i, { line }] of stream.records.entries()) {
      const sizeBytes = line.length + RECORD_BYTES;
      if (heldBytes > 0 && heldBytes + sizeBytes > maxBytes) {
        if (i > from) portion.push({ ...stream, records: stream.records.slice(from, i) });
        portions.push(portion);
        portion = [];
        from = i;
        heldBytes = 0;
      }
      heldBytes += sizeBytes;
    }
    if (from < stream.records.length) {
      portion.push(from === 0 ? stream : { ...stream, records: stream.records.slice(from) });
    }
  }
  if (portion.length > 0) portions.push(portion);
  return portions;
}
