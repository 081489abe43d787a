import { describe, expect, test } from 'vitest';
import type { LimitCourse } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import type { DayFutures } from '../../../models/forecast/day-futures.ts';
import { type FutureOutcome, futureSimulator, type ToldHours } from '../../../models/forecast/future-path.ts';
import type { FutureSource } from '../../../models/forecast/outcome.ts';
import type { ErrorBand } from '../../../models/forecast/scale-forecast.ts';
import type { Filter } from '../../../models/forecast/structural-filter.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';

const START_MS = 1_000 * DAY_MS;

function bandOf(points: number, centre: (step: number) => number, spread: number, persistence = 0): ErrorBand {
  return {
    centre: Float64Array.from({ length: points }, (_, step) => centre(step)),
    below: new Float64Array(points).fill(spread),
    above: new Float64Array(points).fill(spread),
    lowestErrors: 2,
    highestErrors: 2,
    memory: { persistence, autocorrelation: 0 },
  };
}

/** Days on a line that is known without doubt, as the whole past was on it; day 0 lies at the level. */
function lineFutures(level: number, slope: number, deviation = 0): DayFutures {
  const filter: Filter = {
    model: { slope: { kept: 1, variance: 0 }, memory: 0, strayVariance: 0, dayVariance: 1 },
    state: { level, slope, stray: 0 },
    covariance: { level: 0, levelSlope: 0, levelStray: 0, slope: 0, slopeStray: 0, stray: 0 },
    deviation,
    freedom: 1e6,
    surprises: new Float64Array(0),
    logLikelihood: 0,
  };
  return { members: [{ weight: 1, filter }], week: new Float64Array(7), changes: null };
}

function sourceOf(change: Partial<FutureSource>): FutureSource {
  return {
    startMs: START_MS,
    hourly: bandOf(48, () => 10, 0),
    futures: lineFutures(10, 0),
    days: { shapes: Array.from({ length: 7 }, () => new Float64Array(24)), strays: [new Float64Array(24)] },
    turning: { max: null, min: null },
    nonNegative: true,
    ...change,
  };
}

const drawWhole = (source: FutureSource, course: LimitCourse, told?: ToldHours): FutureOutcome =>
  futureSimulator(source, course, { paths: 1, excessDays: [1, 30], told })(0, createRandom(1));

const draw = (source: FutureSource, value: number, bound: 'max' | 'min' = 'max') =>
  drawWhole(source, { bound, value }).crossedMs;

const simulatorOf = (source: FutureSource, value: number) => {
  const simulate = futureSimulator(source, { bound: 'max', value }, { paths: 1, excessDays: [] });
  return (random: Random) => simulate(0, random).crossedMs;
};

describe('without errors', () => {
  test('the first hour at the limit counts', () => {
    expect(draw(sourceOf({ hourly: bandOf(48, (hour) => 10 + hour, 0) }), 15)).toBe(START_MS + 5 * HOUR_MS);
    expect(draw(sourceOf({ hourly: bandOf(48, (hour) => 10 - hour, 0) }), 5, 'min')).toBe(START_MS + 5 * HOUR_MS);
  });

  test('after two days the first day counts whose peak reaches the limit, at the hour of its peak', () => {
    const days = {
      shapes: Array.from({ length: 7 }, () => Float64Array.from({ length: 24 }, (_, hour) => (hour === 14 ? 4 : 0))),
      strays: [new Float64Array(24)],
    };

    const crossedMs = draw(sourceOf({ futures: lineFutures(10, 1), days }), 24);

    expect(crossedMs).toBe(START_MS + 10 * DAY_MS + 14 * HOUR_MS);
  });

  test('a limit that is never reached gives null', () => {
    expect(draw(sourceOf({}), 11)).toBeNull();
    expect(draw(sourceOf({}), 9, 'min')).toBeNull();
  });

  test('what was turned back each time crosses only once its turning level has come to the limit', () => {
    const futures = lineFutures(10, 10);
    const turnedAt = (level: number, slope: number) =>
      sourceOf({ futures, turning: { max: { level, slope, lapseProbability: 0 }, min: null } });

    expect(draw(turnedAt(40, 0), 50)).toBeNull();
    expect(draw(turnedAt(60, 0), 50)).toBe(START_MS + 4 * DAY_MS);
    expect(draw(turnedAt(40, 1 / 24), 50)).toBe(START_MS + 10 * DAY_MS);
  });

  test('what is never negative does not fall below a limit under zero', () => {
    const hourly = bandOf(48, () => -5, 0);

    expect(draw(sourceOf({ hourly }), -1, 'min')).toBeNull();
    expect(draw(sourceOf({ hourly, nonNegative: false }), -1, 'min')).toBe(START_MS);
  });
});

describe('a limit that is not constant', () => {
  const rising = sourceOf({ futures: lineFutures(10, 1) });

  test('that is lowered is crossed on the day that it comes down', () => {
    const changes = [{ fromMs: START_MS + 7 * DAY_MS, value: 15 }];

    expect(drawWhole(rising, { bound: 'max', value: 100, changes }).crossedMs).toBe(START_MS + 7 * DAY_MS);
  });

  test('that is raised in time is crossed later', () => {
    const changes = [{ fromMs: START_MS + 7 * DAY_MS, value: 50 }];

    expect(draw(rising, 20)).toBe(START_MS + 10 * DAY_MS);
    expect(drawWhole(rising, { bound: 'max', value: 20, changes }).crossedMs).toBe(START_MS + 40 * DAY_MS);
  });

  test('is compared with what comes beyond it most, until each of some days', () => {
    // Nothing beyond 10 on the first day, 39 on the thirtieth.
    expect(drawWhole(rising, { bound: 'max', value: 30 }).excess).toEqual([-20, 9]);
    expect(drawWhole(sourceOf({ futures: lineFutures(10, -0.2) }), { bound: 'min', value: 5 }).excess[1]).toBeCloseTo(
      0.8,
    );
  });
});

describe('hours that are told', () => {
  const values = new Float64Array(72).fill(25);

  test('count instead of what is forecast', () => {
    const told = { startMs: START_MS + 5 * DAY_MS, values };

    expect(drawWhole(sourceOf({}), { bound: 'max', value: 20 }, told).crossedMs).toBe(START_MS + 5 * DAY_MS);
    expect(drawWhole(sourceOf({}), { bound: 'max', value: 30 }, told).crossedMs).toBeNull();
    expect(drawWhole(sourceOf({ futures: lineFutures(10, 5) }), { bound: 'max', value: 30 }, told).crossedMs).toBe(
      START_MS + 4 * DAY_MS,
    );
  });

  test('count to the hour in the first two days', () => {
    const told = { startMs: START_MS + 7 * HOUR_MS, values };

    expect(drawWhole(sourceOf({}), { bound: 'max', value: 20 }, told).crossedMs).toBe(START_MS + 7 * HOUR_MS);
  });
});

describe('with errors', () => {
  function shareAbove(value: number, source: FutureSource): number {
    const random = createRandom(4);
    const simulate = simulatorOf(source, value);
    return Array.from({ length: 2000 }, () => simulate(random)).filter((crossed) => crossed === START_MS).length / 2000;
  }

  test('one future in ten begins above p90', () => {
    // Standard error of a share of a tenth over 2,000 futures: 0.007.
    expect(Math.abs(shareAbove(13, sourceOf({ hourly: bandOf(48, () => 10, 3) })) - 0.1)).toBeLessThan(0.025);
  });

  test('no hour goes far beyond the errors that were seen', () => {
    const source = sourceOf({ hourly: bandOf(48, () => 10, 3) });
    const random = createRandom(5);
    const simulate = simulatorOf(source, 10 + 3 * 2 * 1.1 + 0.01);

    expect(Array.from({ length: 300 }, () => simulate(random)).every((crossed) => crossed === null)).toBe(true);
  });

  test('a turn fails as often as it is said to', () => {
    const turning = { max: { level: 5, slope: 0, lapseProbability: 0.25 }, min: null };
    const random = createRandom(9);
    const simulate = simulatorOf(sourceOf({ turning }), 10);
    const crossed = Array.from({ length: 1000 }, () => simulate(random)).filter((atMs) => atMs !== null);

    expect(Math.abs(crossed.length / 1000 - 0.25)).toBeLessThan(0.05);
  });

  test('errors that last cross at once or never, errors that fade cross sooner or later', () => {
    const random = createRandom(6);
    const crossings = (persistence: number) => {
      const hourly = bandOf(48, () => 10, 3, persistence);
      const simulate = simulatorOf(sourceOf({ hourly }), 13);
      return Array.from({ length: 500 }, () => simulate(random)).filter((crossed) => crossed !== null).length / 500;
    };

    expect(crossings(1)).toBeLessThan(0.15);
    expect(crossings(0)).toBeGreaterThan(0.95);
  });
});
