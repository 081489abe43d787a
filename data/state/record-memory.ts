import { FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';
import { Fingerprints } from './fingerprints.ts';
import type { SectionReader, SectionValues } from './sections.ts';

/** Which log records of one series were counted, as far as one of them could still come again. */
export interface SeriesRecords {
  /** What lies before it is not known any more: it had to make room. */
  knownFromMs: number;
  /** By the start of their five minutes. */
  readonly buckets: Map<number, Fingerprints>;
}

/** By series index. */
export type RecordMemory = Map<number, SeriesRecords>;

/** How many records a shard remembers: 4 MB at rest, all of two hours at 145 records a second. */
export const REMEMBERED_RECORDS = 1_048_576;

export function recordsOf(memory: RecordMemory, index: number): SeriesRecords {
  const known = memory.get(index);
  if (known !== undefined) return known;
  const made: SeriesRecords = { knownFromMs: Number.NEGATIVE_INFINITY, buckets: new Map() };
  memory.set(index, made);
  return made;
}

/** What lies before this time counts as late anyway. */
export function forgetBefore({ buckets }: SeriesRecords, timeMs: number): void {
  for (const startMs of buckets.keys()) if (startMs < timeMs) buckets.delete(startMs);
}

/**
 * Forgets the oldest five minutes of all series until no more than so many records are remembered. The newest of each
 * series go last; of these nothing is late then, but a repeat would count.
 */
export function forgetOldest(memory: RecordMemory, mostRecords = REMEMBERED_RECORDS): void {
  let records = 0;
  for (const { buckets } of memory.values()) for (const { size } of buckets.values()) records += size;
  if (records <= mostRecords) return;
  for (const { series, startMs, isNewest } of byAge(memory)) {
    if (records <= mostRecords) return;
    records -= series.buckets.get(startMs)!.size;
    series.buckets.delete(startMs);
    if (!isNewest) series.knownFromMs = Math.max(series.knownFromMs, startMs + FIVE_MINUTES_MS);
  }
}

function byAge(memory: RecordMemory) {
  const all = [...memory].flatMap(([index, series]) => {
    const starts = [...series.buckets.keys()];
    const newestMs = starts.reduce((newest, startMs) => Math.max(newest, startMs), 0);
    return starts.map((startMs) => ({ index, series, startMs, isNewest: startMs === newestMs }));
  });
  return all.sort((a, b) => Number(a.isNewest) - Number(b.isNewest) || a.startMs - b.startMs || a.index - b.index);
}

/** How many there are of each section of the memory. */
export interface RecordMemoryLengths {
  readonly series: number;
  readonly buckets: number;
  readonly records: number;
}

/** Of each series its index, number of buckets and first known time; of each bucket its start and size; all fingerprints. */
export function recordSections(memory: RecordMemory): { lengths: RecordMemoryLengths; sections: SectionValues[] } {
  const series = [...memory].filter(([, { buckets }]) => buckets.size > 0).sort(([a], [b]) => a - b);
  const buckets = series.flatMap(([, one]) => [...one.buckets].sort(([a], [b]) => a - b));
  const sizes = buckets.map(([, { size }]) => size);
  const records = sizes.reduce((sum, size) => sum + size, 0);
  const fingerprints = new Uint32Array(records);
  let at = 0;
  for (const [, one] of buckets) {
    fingerprints.set(one.toArray(), at);
    at += one.size;
  }
  return {
    lengths: { series: series.length, buckets: buckets.length, records },
    sections: [
      Uint32Array.from(series, ([index]) => index),
      Uint32Array.from(series, ([, one]) => one.buckets.size),
      Float64Array.from(series, ([, { knownFromMs }]) => knownFromMs),
      Float64Array.from(buckets, ([startMs]) => startMs),
      Uint32Array.from(sizes),
      fingerprints,
    ],
  };
}

export function readRecordSections(
  reader: SectionReader,
  { series, buckets, records }: RecordMemoryLengths,
): RecordMemory {
  const indexes = reader.indexes(series);
  const bucketCounts = reader.indexes(series);
  const knownFromMs = reader.floats(series);
  const startsMs = reader.floats(buckets);
  const sizes = reader.indexes(buckets);
  const fingerprints = reader.indexes(records);
  const memory: RecordMemory = new Map();
  let bucket = 0;
  let record = 0;
  for (let i = 0; i < series; i++) {
    const own = new Map<number, Fingerprints>();
    for (const end = bucket + bucketCounts[i]!; bucket < end; bucket++) {
      const size = sizes[bucket]!;
      own.set(startsMs[bucket]!, Fingerprints.from(fingerprints.subarray(record, record + size)));
      record += size;
    }
    memory.set(indexes[i]!, { knownFromMs: knownFromMs[i]!, buckets: own });
  }
  return memory;
}
