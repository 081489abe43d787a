import { describe, expect, it } from 'vitest';
import { type SimilarSeasonsOptions, similarSeasons } from '../../../models/forecast/similar-seasons.ts';

const HELD = { name: 'similar', seasons: [24], likenessHalfLife: 1 / 32, offsetLeft: 1 };

function predict(values: Float64Array, points: number, options: SimilarSeasonsOptions = HELD): Float64Array {
  const fit = similarSeasons(options).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(points);
}

const busy = (hour: number): number => 100 + 20 * Math.sin((hour * Math.PI) / 12);
const degraded = (hour: number): number => 60 + 5 * Math.cos((hour * Math.PI) / 12);

describe('similar seasons', () => {
  it('go on as in the state that the series is in, however long ago it was last seen', () => {
    const values = Float64Array.from({ length: 24 * 12 + 6 }, (_, i) =>
      i < 96 || i >= 24 * 12 ? degraded(i) : busy(i),
    );

    const path = predict(values, 18);

    path.forEach((value, h) => {
      expect(Math.abs(value - degraded(values.length + h))).toBeLessThan(1);
    });
  });

  it('tell the days by how the last one went', () => {
    // Two busy days, then a degraded one, over and over: what comes next is told by the last day alone.
    const day = (i: number): number => Math.floor(i / 24) % 3;
    const values = Float64Array.from({ length: 24 * 21 }, (_, i) => (day(i) === 2 ? degraded(i) : busy(i)));

    const path = predict(values, 24, { ...HELD, likenessHalfLife: 0.5 });

    expect(path[12]!).toBeCloseTo(busy(12), 6);
  });

  it('lean towards the same weekday where the days look alike', () => {
    const day = (i: number): number => Math.floor(i / 24) % 7;
    const value = (i: number): number => busy(i) + (day(i) === 0 ? 40 : 0);
    // The newest day is the last of a week: it looks like five others, and only the first of a week comes after it.
    const values = Float64Array.from({ length: 24 * 35 }, (_, i) => value(i));

    const knowing = predict(values, 1, { ...HELD, seasons: [24, 168] })[0]!;

    expect(knowing).toBeGreaterThan(predict(values, 1)[0]! + 5);
  });

  it('keep the present offset where it is told to stay, and lose half of it in a season where it fades', () => {
    const values = Float64Array.from({ length: 24 * 6 }, (_, i) => busy(i) + (i >= 24 * 6 - 4 ? 8 : 0));
    const fading = predict(values, 12, { ...HELD, offsetLeft: 0.5 });

    expect(predict(values, 12)[11]! - busy(11)).toBeCloseTo(8, 9);
    expect(fading[11]! - busy(11)).toBeCloseTo(8 * Math.SQRT1_2, 9);
  });
});
