import type { DecodedPart } from '../../data/segments/batch.ts';
import type { SampleRun } from './sample-processor.ts';

/** Samples of one part, and the index in the state of each of its series. */
export interface IndexedSamples extends Pick<DecodedPart, 'sampleStarts' | 'timestampsMs' | 'values' | 'stale'> {
  readonly indexes: Uint32Array;
}

/** The samples of each series together. */
export interface GatheredSamples extends Pick<SampleRun, 'timestampsMs' | 'values' | 'stale'> {
  /** Samples of series i are [starts[i], starts[i + 1]). */
  readonly starts: Uint32Array;
}

/**
 * Puts the samples of many parts in the order of their series, and within a series in the order in which they came.
 *
 * What a series knows takes kilobytes: to take them up once for all of its samples is faster than once for each part.
 */
export function gatherSamples(parts: readonly IndexedSamples[], seriesCount: number): GatheredSamples {
  const starts = new Uint32Array(seriesCount + 1);
  for (const { indexes, sampleStarts } of parts) {
    for (let i = 0; i < indexes.length; i++) starts[indexes[i]! + 1]! += sampleStarts[i + 1]! - sampleStarts[i]!;
  }
  for (let series = 0; series < seriesCount; series++) starts[series + 1]! += starts[series]!;
  const samples = starts[seriesCount]!;
  const gathered = {
    starts,
    timestampsMs: new Float64Array(samples),
    values: new Float64Array(samples),
    stale: new Uint8Array(samples),
  };
  const places = starts.slice();
  for (const part of parts) place(part, places, gathered);
  return gathered;
}

function place(part: IndexedSamples, places: Uint32Array, to: GatheredSamples): void {
  const { indexes, sampleStarts, timestampsMs, values, stale } = part;
  for (let i = 0; i < indexes.length; i++) {
    const series = indexes[i]!;
    let at = places[series]!;
    for (let from = sampleStarts[i]!; from < sampleStarts[i + 1]!; from++, at++) {
      to.timestampsMs[at] = timestampsMs[from]!;
      to.values[at] = values[from]!;
      to.stale[at] = stale[from]!;
    }
    places[series] = at;
  }
}
