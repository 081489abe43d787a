import { describe, expect, it } from 'vitest';
import { medianInPlace } from '../../../models/numeric/median-in-place.ts';
import { movingMedian } from '../../../models/numeric/moving-median.ts';
import { createRandom } from '../../../models/numeric/random.ts';

describe('moving medians', () => {
  it.each([1, 2, 5, 12, 40])('of %i points are those of each stretch alone, also where values repeat', (points) => {
    const random = createRandom(points);
    const values = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? random.below(4) - 2 : random.normal()));
    const before = values.slice();

    const medians = movingMedian(values, points);

    const alone = Float64Array.from({ length: 301 - points }, (_, i) => medianInPlace(values.slice(i, i + points)));
    expect(medians).toEqual(alone);
    expect(values).toEqual(before);
  });

  it('are none of too few values', () => {
    expect(movingMedian(Float64Array.of(1, 2), 3)).toHaveLength(0);
  });

  it.each([0, 1.5, Number.NaN])('fails when a stretch has %d points', (points) => {
    expect(() => movingMedian(Float64Array.of(1), points)).toThrow(RangeError);
  });
});
