import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../data/segments/byte-reader.ts';
import { ByteWriter } from '../../../data/segments/byte-writer.ts';
import { readValues, writeValues } from '../../../data/segments/value-columns.ts';

/** What comes back of these values, between others, and the size that they take. */
function roundTrip(values: readonly number[]): { readonly back: Float64Array; readonly sizeBytes: number } {
  const writer = new ByteWriter();
  writeValues(writer, Float64Array.of(-1, ...values, -1), 1, values.length + 1);
  const target = new Float64Array(values.length + 2);
  const reader = new ByteReader(writer.view());
  readValues(reader, target, 1, values.length + 1);
  reader.end();
  return { back: target.slice(1, -1), sizeBytes: writer.length };
}

const many = (valueAt: (i: number) => number): number[] => Array.from({ length: 100 }, (_, i) => valueAt(i));

describe('values that are whole numbers of a unit', () => {
  it.each([
    ['a gauge in hundredths', many((i) => Math.round(4_000 + 500 * Math.sin(i)) / 100), 2.1],
    ['a disk in blocks', many((i) => (120_000_000 + 37 * i + (i % 5)) * 4_096), 1.2],
    ['a counter', many((i) => 9_000_000_000 + 31 * i), 1.2],
    ['whole numbers below zero', many((i) => -7 * i), 1.2],
    ['a rate of events in a minute', many((i) => (i * i) / 60), 2.1],
    ['nothing but zero', many(() => 0), 1.1],
    ['almost all in tenths', many((i) => (i % 25 === 0 ? Math.PI + i : i / 10)), 1.7],
  ])('%s', (_, values, mostBytesEach) => {
    const { back, sizeBytes } = roundTrip(values);

    expect(back).toEqual(Float64Array.from(values));
    expect(sizeBytes / values.length).toBeLessThanOrEqual(mostBytesEach);
  });

  it('keep what fits no unit: not a number, infinity, negative zero, the smallest and the largest', () => {
    const odd = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
    ];
    const values = many((i) => (i % 16 === 5 ? odd[(i - 5) / 16]! : i));

    expect(roundTrip(values).back).toEqual(Float64Array.from(values));
  });
});

describe('other values', () => {
  it.each([
    ['random ones', many((i) => Math.sin(i) * Math.E ** (i % 20))],
    ['few', [1, 2, 3, 4, 5, 6, 7]],
    ['whole numbers too far from zero for their changes', many((i) => (i % 2 === 0 ? 1 : -1) * (2 ** 53 - 1 - i))],
  ])('%s are written as they are', (_, values) => {
    const { back, sizeBytes } = roundTrip(values);

    expect(back).toEqual(Float64Array.from(values));
    expect(sizeBytes).toBe(1 + 8 * values.length);
  });
});

describe('a reader', () => {
  it.each([
    ['more exceptions than samples', [1, 1, 9]],
    ['an exception beyond the samples', [1, 1, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['fewer changes than samples', [1, 1, 0, 0]],
  ])('refuses %s', (_, written) => {
    const reader = new ByteReader(Uint8Array.from(written));

    expect(() => readValues(reader, new Float64Array(8), 0, 8)).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    );
  });
});
