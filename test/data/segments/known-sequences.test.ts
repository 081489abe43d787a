import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeads, KnownSequences } from '../../../data/segments/known-sequences.ts';
import { createSegmentEncoder, encodeSegment } from '../../../data/segments/segment.ts';
import { columnsOf } from '../../support/series-columns.ts';
import { idOfShard, series, WORKSPACE } from './batches.ts';

const SHARDS = 4;
const { heads } = columnsOf(Array.from({ length: 6 }, (_, i) => series(idOfShard(i % SHARDS, i), [[0, i]])));

describe('known sequences', () => {
  it('are what is encoded anew, and the same object from the third time on', () => {
    const known = new KnownSequences();
    const times = [1, 2, 3, 4].map(() => known.partsOf([...heads], SHARDS));

    for (const parts of times) expect(parts).toEqual(encodeHeads(heads, SHARDS));
    expect(times[1]).not.toBe(times[0]);
    expect(times[2]).toBe(times[1]);
    expect(times[3]).toBe(times[1]);
  });

  it.each([
    ['another order behind the first', [0, 2, 1, 3, 4, 5]],
    ['one fewer', [0, 1, 2, 3, 4]],
    ['another first', [1, 0, 2, 3, 4, 5]],
  ])('are not taken for %s', (_, places) => {
    const known = new KnownSequences();
    for (let i = 0; i < 3; i++) known.partsOf(heads, SHARDS);
    const other = places.map((place) => heads[place]!);

    for (let i = 0; i < 3; i++) expect(known.partsOf(other, SHARDS)).toEqual(encodeHeads(other, SHARDS));
    expect(known.partsOf(heads, SHARDS)).toEqual(encodeHeads(heads, SHARDS));
  });

  it('are not taken for those of another number of shards', () => {
    const known = new KnownSequences();
    for (let i = 0; i < 3; i++) known.partsOf(heads, SHARDS);

    expect(known.partsOf(heads, 2)).toEqual(encodeHeads(heads, 2));
  });

  it('outlast one generation where they are asked for, and are forgotten where they are not', () => {
    const known = new KnownSequences(8_000);
    const remembered = [1, 2, 3].map(() => known.partsOf(heads, SHARDS)).at(-1);
    const others = columnsOf(Array.from({ length: 40 }, (_, i) => series(idOfShard(0, 100 + i), [[0, i]]))).heads;
    const pass = (count: number): void => {
      for (const other of others.slice(0, count)) known.partsOf([other], SHARDS);
    };

    pass(8);
    expect(known.partsOf(heads, SHARDS)).toBe(remembered);
    pass(40);
    expect(known.partsOf(heads, SHARDS)).not.toBe(remembered);
  });

  it('change no byte of a segment, whatever came before', () => {
    const request = fc.uniqueArray(fc.nat(heads.length - 1), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const encode = createSegmentEncoder();
        for (const [round, places] of [...requests, ...requests, ...requests].entries()) {
          const columns = columnsOf(places.map((place) => series(idOfShard(place % SHARDS, place), [[round, place]])));
          const batch = { series: { ...columns, heads: places.map((place) => heads[place]!) }, logs: [] };
          expect(encode(WORKSPACE, SHARDS, batch)).toEqual(encodeSegment(WORKSPACE, SHARDS, batch));
        }
      }),
    );
  });
});
