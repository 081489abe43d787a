import { describe, expect, it } from 'vitest';
import { Fingerprints } from '../../../data/state/fingerprints.ts';
import {
  forgetBefore,
  forgetOldest,
  type RecordMemory,
  readRecordSections,
  recordSections,
  recordsOf,
} from '../../../data/state/record-memory.ts';
import { createSectionReader, createSectionWriter, padded } from '../../../data/state/sections.ts';
import { FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';

/** Of each series how many records its five minutes have, from the given one on. */
function memoryOf(series: Readonly<Record<number, readonly [firstBucket: number, ...sizes: number[]]>>): RecordMemory {
  const memory: RecordMemory = new Map();
  for (const [index, [firstBucket, ...sizes]] of Object.entries(series)) {
    const { buckets } = recordsOf(memory, Number(index));
    for (const [i, size] of sizes.entries()) {
      const fingerprints = Fingerprints.from(Uint32Array.from({ length: size }, (_, at) => (at + 1) * 7_919));
      buckets.set((firstBucket + i) * FIVE_MINUTES_MS, fingerprints);
    }
  }
  return memory;
}

/** What is known: by series, its first known bucket and the size of each. */
function said(memory: RecordMemory) {
  return [...memory].map(([index, { knownFromMs, buckets }]) => [
    index,
    knownFromMs / FIVE_MINUTES_MS,
    [...buckets].map(([startMs, { size }]) => [startMs / FIVE_MINUTES_MS, size]),
  ]);
}

function stored(memory: RecordMemory): RecordMemory {
  const { lengths, sections } = recordSections(memory);
  const bytes = new Uint8Array(sections.reduce((sum, section) => sum + padded(section.byteLength), 0));
  const { write } = createSectionWriter(bytes, 0);
  for (const section of sections) write(section);
  return readRecordSections(createSectionReader(bytes, 0), lengths);
}

describe('the memory of log records', () => {
  it('is stored and read again, by ascending series and time; a series that knows none is left out', () => {
    const memory = memoryOf({ 7: [12, 3, 0, 2], 2: [5, 1], 4: [9] });
    memory.get(2)!.knownFromMs = 5 * FIVE_MINUTES_MS;

    const back = stored(memory);

    expect(said(back)).toEqual([
      [2, 5, [[5, 1]]],
      [
        7,
        Number.NEGATIVE_INFINITY,
        [
          [12, 3],
          [13, 0],
          [14, 2],
        ],
      ],
    ]);
    expect([
      ...back
        .get(7)!
        .buckets.get(12 * FIVE_MINUTES_MS)!
        .toArray(),
    ]).toEqual([7_919, 15_838, 23_757]);
    expect(said(stored(back))).toEqual(said(back));
  });

  it('is nothing where there are no logs', () => {
    expect(recordSections(new Map()).lengths).toEqual({ series: 0, buckets: 0, records: 0 });
  });

  it('forgets what is too late anyway', () => {
    const memory = memoryOf({ 0: [10, 1, 2, 3] });
    forgetBefore(memory.get(0)!, 11 * FIVE_MINUTES_MS);
    expect(said(memory)).toMatchObject([
      [
        0,
        Number.NEGATIVE_INFINITY,
        [
          [11, 2],
          [12, 3],
        ],
      ],
    ]);
  });

  it('makes room by forgetting the oldest of all series, which are late from then on', () => {
    const memory = memoryOf({ 0: [10, 5, 5, 5], 1: [11, 5, 5] });
    forgetOldest(memory, 16);
    expect(said(memory)).toEqual([
      [0, 12, [[12, 5]]],
      [
        1,
        Number.NEGATIVE_INFINITY,
        [
          [11, 5],
          [12, 5],
        ],
      ],
    ]);
  });

  it('keeps everything while there is room', () => {
    const memory = memoryOf({ 0: [10, 5, 5] });
    forgetOldest(memory, 10);
    expect(said(memory)).toMatchObject([[0, Number.NEGATIVE_INFINITY, { length: 2 }]]);
  });

  it('forgets the newest of each series last, and takes nothing of these for late', () => {
    const memory = memoryOf({ 0: [10, 9, 9], 1: [3, 9] });
    forgetOldest(memory, 5);
    expect(said(memory)).toEqual([
      [0, 11, []],
      [1, Number.NEGATIVE_INFINITY, []],
    ]);
  });
});
