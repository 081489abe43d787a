import { createRandom, type Random } from '../../models/numeric/random.ts';

/** One kind of series at steps of any length: what it is called, how long, its season, how far it is asked for. */
export interface StepsShape {
  readonly shape: string;
  readonly points: number;
  readonly seasons: readonly number[];
  readonly horizonPoints: number;
  /** All values, the asked ones behind the known ones. */
  readonly draw: (random: Random, points: number) => Float64Array;
}

export const STEPS_SHAPES: readonly StepsShape[] = [
  {
    shape: 'short growth of yearly values',
    points: 24,
    seasons: [],
    horizonPoints: 6,
    draw: (random, points) => walk(random, points, { start: 800, drift: 25, size: 20 }),
  },
  {
    shape: 'quarterly values with a season that is a share of the level',
    points: 48,
    seasons: [4],
    horizonPoints: 8,
    draw: (random, points) =>
      walk(random, points, { start: 500, drift: 6, size: 8 }).map(
        (value, i) => value * [0.9, 1.05, 1.15, 0.9][i % 4]! + 4 * random.normal(),
      ),
  },
  {
    shape: 'growth by factors of monthly values',
    points: 90,
    seasons: [12],
    horizonPoints: 18,
    draw: (random, points) =>
      walk(random, points, { start: 5, drift: 0.01, size: 0.02 }).map((value, i) =>
        Math.exp(value + 0.2 * Math.sin((2 * Math.PI * i) / 12)),
      ),
  },
  {
    shape: 'a weekly random walk',
    points: 260,
    seasons: [],
    horizonPoints: 13,
    draw: (random, points) => walk(random, points, { start: 3000, drift: 0, size: 40 }),
  },
  {
    shape: 'daily values with a weekend and shifts of the level',
    points: 200,
    seasons: [7],
    horizonPoints: 14,
    draw: (random, points) => {
      let level = 200;
      return Float64Array.from({ length: points }, (_, i) => {
        if (random.uniform() < 0.01) level += 40 * random.normal();
        return level + (i % 7 < 2 ? -60 : 0) + 10 * random.normal();
      });
    },
  },
  {
    shape: 'rare bursts',
    points: 150,
    seasons: [7],
    horizonPoints: 14,
    draw: (random, points) =>
      Float64Array.from({ length: points }, () => (random.uniform() < 0.25 ? Math.ceil(10 * random.uniform()) : 0)),
  },
];

/** Known and asked values of one shape, the same for the same seed. */
export function drawShape(
  { points, horizonPoints, draw }: StepsShape,
  seed: number,
): readonly [Float64Array, Float64Array] {
  const values = draw(createRandom(seed), points + horizonPoints);
  return [values.subarray(0, points), values.subarray(points)];
}

function walk(
  random: Random,
  points: number,
  { start, drift, size }: { readonly start: number; readonly drift: number; readonly size: number },
): Float64Array {
  let level = start;
  return Float64Array.from({ length: points }, () => {
    level += drift + size * random.normal();
    return level;
  });
}
