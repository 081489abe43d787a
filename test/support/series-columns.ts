import type { SeriesColumns } from '../../data/segments/batch.ts';
import { createSeriesHead } from '../../data/segments/series-head.ts';
import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';

/** One series with its samples, as tests like to write and read it. */
export interface SeriesBatch {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly kind: SeriesKind;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array;
}

/** Series after series as the columns of a batch. */
export function columnsOf(series: readonly SeriesBatch[]): SeriesColumns {
  const sampleStarts = new Uint32Array(series.length + 1);
  for (const [i, { values }] of series.entries()) sampleStarts[i + 1] = sampleStarts[i]! + values.length;
  const samples = sampleStarts[series.length]!;
  return {
    heads: series.map(({ seriesId, labels, kind }) => createSeriesHead(seriesId, labels, kind)),
    sampleStarts,
    timestampsMs: filled(new Float64Array(samples), sampleStarts, (i) => series[i]!.timestampsMs),
    values: filled(new Float64Array(samples), sampleStarts, (i) => series[i]!.values),
    stale: filled(new Uint8Array(samples), sampleStarts, (i) => series[i]!.stale),
  };
}

/** Copied as a whole, which keeps the bits of every NaN. */
function filled<T extends Float64Array | Uint8Array>(target: T, starts: Uint32Array, sourceAt: (i: number) => T): T {
  for (let i = 0; i + 1 < starts.length; i++) target.set(sourceAt(i), starts[i]);
  return target;
}

/** The series of a batch, one by one. */
export function seriesOf({ series }: { readonly series: SeriesColumns }): SeriesBatch[] {
  return series.heads.map(({ seriesId, labels, kind }, i) => {
    const [start, end] = [series.sampleStarts[i]!, series.sampleStarts[i + 1]!];
    return {
      seriesId,
      labels,
      kind,
      timestampsMs: series.timestampsMs.slice(start, end),
      values: series.values.slice(start, end),
      stale: series.stale.slice(start, end),
    };
  });
}
