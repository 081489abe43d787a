import { describe, expect, test } from 'vitest';
import { dayFutures } from '../../../models/forecast/day-futures.ts';
import { dayDrawer } from '../../../models/forecast/draw-days.ts';
import { quantile } from '../../../models/numeric/quantile.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const PATHS = 400;

function daysOf(count: number, seed: number, next: (day: number, noise: number) => number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, (_, day) => next(day, random.normal()));
}

/** What the futures are on some day, the first to come being 0. */
function drawn(days: Float64Array, horizonDays: number, seed = 1): readonly number[] {
  const draw = dayDrawer(dayFutures(days), { paths: PATHS, horizonDays });
  const random = createRandom(seed);
  return Array.from({ length: PATHS }, (_, path) => {
    const means = new Float64Array(horizonDays);
    draw(path, random, means);
    return means.at(-1)!;
  });
}

const widthOf = (values: readonly number[]): number => quantile(values, 0.9) - quantile(values, 0.1);

describe('the spread of the futures', () => {
  test('of noise around a level stays that of the noise', () => {
    const days = daysOf(200, 1, (_, noise) => 50 + noise);

    // 2.56 deviations lie between the tenth and the ninetieth percentile of a normal.
    expect(widthOf(drawn(days, 5))).toBeGreaterThan(2);
    expect(widthOf(drawn(days, 200))).toBeLessThan(5);
  });

  test('of a walk grows with the root of the horizon, and more for the drift that nobody knows', () => {
    let level = 0;
    const days = daysOf(200, 2, (_, noise) => {
      level += noise;
      return level;
    });
    const near = widthOf(drawn(days, 20));
    const far = widthOf(drawn(days, 320));

    expect(near).toBeGreaterThan(2.56 * Math.sqrt(20) * 0.7);
    // Sixteen times as far: four times as wide for the errors, up to sixteen times for the drift.
    expect(far / near).toBeGreaterThan(4);
    expect(far / near).toBeLessThan(16);
  });
});

describe('a pace', () => {
  const fill = (days: number) => daysOf(days, 8, (day, noise) => day + 0.1 * noise);
  /** Share of the futures whose mean pace over so many days differs by more than a tenth. */
  const changedShare = (days: number, horizonDays: number): number =>
    drawn(fill(days), horizonDays).filter((value) => Math.abs((value - days + 1) / horizonDays - 1) > 0.1).length /
    PATHS;

  test('that never changed yet may do so, the sooner the shorter it was seen', () => {
    expect(changedShare(200, 10)).toBeLessThan(0.05);
    expect(changedShare(40, 100)).toBeGreaterThan(0.2);
    expect(changedShare(200, 100)).toBeLessThan(changedShare(40, 100));
  });

  test('changes up as often as down', () => {
    const values = drawn(fill(60), 200).map((value) => (value - 59) / 200 - 1);
    const up = values.filter((change) => change > 0.1).length;
    const down = values.filter((change) => change < -0.1).length;

    expect(up).toBeGreaterThan(30);
    expect(Math.abs(up - down) / (up + down)).toBeLessThan(0.3);
  });
});

test('loads that come in steps go on to come in steps', () => {
  const days = daysOf(120, 3, (day, noise) => 10 * Math.floor(day / 10) + 0.01 * noise);
  const draw = dayDrawer(dayFutures(days), { paths: PATHS, horizonDays: 60 });
  const random = createRandom(4);
  const steps = Array.from({ length: 40 }, (_, path) => {
    const values = new Float64Array(60);
    draw(path, random, values);
    return [...values.subarray(1)].map((value, i) => value - values[i]!);
  }).flat();
  const large = steps.filter((step) => step > 5);

  expect(large.length / steps.length).toBeGreaterThan(0.05);
  expect(large.length / steps.length).toBeLessThan(0.2);
  expect(quantile(large, 0.5)).toBeCloseTo(10, -0.5);
});

test('weekdays come on their days', () => {
  const days = daysOf(70, 5, (day, noise) => (day % 7 === 0 ? 20 : 0) + 0.1 * noise);

  expect(quantile(drawn(days, 8), 0.5)).toBeGreaterThan(15);
  expect(quantile(drawn(days, 9), 0.5)).toBeLessThan(5);
});

test('the same seed draws the same, and few days draw normals', () => {
  const days = daysOf(10, 6, (day, noise) => day + noise);

  expect(drawn(days, 5, 3)).toEqual(drawn(days, 5, 3));
  expect(new Set(drawn(days, 1)).size).toBe(PATHS);
});
