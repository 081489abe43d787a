import { describe, expect, test } from 'vitest';
import { distanceBeyondKnown, distanceFromKnown, makeKnown, SPANS_FLOATS } from '../../../models/detect/known-spans.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const FROM = 3;

function knowing(values: readonly number[]): Float32Array {
  const view = new Float32Array(FROM + SPANS_FLOATS + 2).fill(-7);
  view.fill(0, FROM, FROM + SPANS_FLOATS);
  for (const value of values) makeKnown(view, FROM, value);
  return view;
}

/** The same by the book: every value kept, and the smallest gaps closed one by one as values come. */
function knownByTheBook(values: readonly number[]): [number, number][] {
  let spans: [number, number][] = [];
  for (const value of values) {
    if (spans.some(([low, high]) => low <= value && value <= high)) continue;
    spans = [...spans, [value, value] as [number, number]].sort((a, b) => a[0] - b[0]);
    if (spans.length <= 32) continue;
    const gaps = spans.slice(1).map(([low], i) => low - spans[i]![1]);
    const at = gaps.indexOf(Math.min(...gaps));
    spans.splice(at, 2, [spans[at]![0], spans[at + 1]![1]]);
  }
  return spans;
}

describe('known spans', () => {
  test('know nothing at first and call nothing far', () => {
    const view = knowing([]);

    expect(distanceFromKnown(view, FROM, 5)).toBe(0);
    expect(distanceBeyondKnown(view, FROM, 5)).toBe(0);
  });

  test('measure to the nearest value seen, on either side', () => {
    const view = knowing([10, 4, 20]);

    expect([4, 5, 8, 14, 16, 1, 26].map((value) => distanceFromKnown(view, FROM, value))).toEqual([
      0, 1, 2, 4, 4, 3, 6,
    ]);
  });

  test('measure what lies beyond all of them in lengths of their range', () => {
    const view = knowing([10, 4, 20]);

    expect([5, 24, 0].map((value) => distanceBeyondKnown(view, FROM, value))).toEqual([0, 0.25, 0.25]);
    expect(distanceBeyondKnown(knowing([10]), FROM, 11)).toBe(1);
  });

  test.each([1, 2, 3])('close the smallest gap when there are too many, seed %i', (seed) => {
    const random = createRandom(seed);
    const values = Array.from({ length: 400 }, () => Math.round(random.normal() ** 3 * 10_000));
    const view = knowing(values);
    const spans = knownByTheBook(values);

    for (let probe = -60_000; probe <= 60_000; probe += 37) {
      const expected = Math.min(...spans.map(([low, high]) => Math.max(0, low - probe, probe - high)));
      expect(distanceFromKnown(view, FROM, probe)).toBe(expected);
    }
  });

  test('keep a gap between two regimes whatever comes within them', () => {
    const random = createRandom(8);
    const view = knowing(Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 100 : 900) + 20 * random.uniform()));

    expect(distanceFromKnown(view, FROM, 500)).toBeGreaterThan(370);
    expect(distanceFromKnown(view, FROM, 110)).toBeLessThan(2);
  });

  test('write nothing outside their words', () => {
    const view = knowing(Array.from({ length: 100 }, (_, i) => i * i));

    expect([...view.subarray(0, FROM), ...view.subarray(FROM + SPANS_FLOATS)]).toEqual([-7, -7, -7, -7, -7]);
  });
});
