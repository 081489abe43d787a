import { expect, test } from 'vitest';
import { type DayFutures, dayFutures } from '../../../models/forecast/day-futures.ts';
import type { StructuralModel } from '../../../models/forecast/structural-filter.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function daysOf(count: number, seed: number, next: (day: number, noise: number) => number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, (_, day) => next(day, random.normal()));
}

/** Probability of all models of a kind. */
const shareOf = ({ members }: DayFutures, is: (model: StructuralModel) => boolean): number =>
  members.reduce((sum, { weight, filter }) => sum + (is(filter.model) ? weight : 0), 0);

/** Errors that add up for weeks at least, in the level or in the slope. */
const strays = ({ slope, memory, dayVariance }: StructuralModel): boolean =>
  (memory >= 0.95 && dayVariance < 0.9) || (slope?.variance ?? 0) > 1e-3;

test('weights sum to one', () => {
  const { members } = dayFutures(daysOf(56, 1, (day, noise) => day + noise));

  expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
});

test('a walk is known from a line with noise, and neither with certainty from four weeks', () => {
  let level = 0;
  const walk = daysOf(200, 2, (_, noise) => {
    level += 0.2 + noise;
    return level;
  });
  const line = daysOf(200, 2, (day, noise) => 0.2 * day + noise);

  expect(shareOf(dayFutures(walk), strays)).toBeGreaterThan(0.8);
  expect(shareOf(dayFutures(line), strays)).toBeLessThan(0.01);
  expect(dayFutures(walk.subarray(0, 28)).members.length).toBeGreaterThan(8);
});

test('a growth that levels off is known from one that goes on', () => {
  const saturating = daysOf(150, 3, (day, noise) => 100 * (1 - Math.exp(-day / 50)) + 0.3 * noise);

  expect(
    shareOf(dayFutures(saturating), ({ slope }) => slope !== null && (slope.kept < 1 || slope.variance > 0)),
  ).toBeGreaterThan(0.99);
});

test('noise around a level is likelier without a slope than with one that stays', () => {
  const futures = dayFutures(daysOf(100, 4, (_, noise) => 50 + noise));
  const stays = shareOf(futures, ({ slope }) => slope?.kept === 1 && slope.variance === 0);

  expect(shareOf(futures, ({ slope }) => slope === null)).toBeGreaterThan(3 * stays);
});

test('a newest day that jumps as none did before is left out; where jumps are usual it counts', () => {
  const flat = daysOf(40, 5, (day, noise) => (day === 39 ? 80 : 50) + 0.1 * noise);
  const steps = daysOf(40, 5, (day, noise) => 20 * Math.floor((day + 1) / 10) + 0.1 * noise);
  const expectedNext = ({ members }: DayFutures): number =>
    members.reduce((sum, { weight, filter }) => sum + weight * (filter.state.level + filter.state.stray), 0);

  expect(expectedNext(dayFutures(flat))).toBeCloseTo(50, 0);
  expect(expectedNext(dayFutures(steps))).toBeGreaterThan(70);
});

test('days that lie exactly on a line go on with it', () => {
  const { members } = dayFutures(daysOf(30, 6, (day) => 5 + 2 * day));

  for (const { weight, filter } of members) if (weight > 0.2) expect(filter.state.slope).toBeCloseTo(2);
  expect(members.length).toBeGreaterThan(0);
});
