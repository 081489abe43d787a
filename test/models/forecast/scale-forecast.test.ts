import { expect, test } from 'vitest';
import { DAILY_CANDIDATES, HOURLY_CANDIDATES } from '../../../models/forecast/registry.ts';
import { forecastScale } from '../../../models/forecast/scale-forecast.ts';
import { daily, hourlyValues } from '../../support/hourly-shapes.ts';

const OPTIONS = {
  candidates: HOURLY_CANDIDATES,
  plan: { origins: [600, 569, 538, 507], horizonPoints: 48 },
  horizonPoints: 48,
  periodPoints: 24,
  phaseIntervals: true,
};

const historyOf = (values: Float64Array) => ({ values, observed: new Uint8Array(values.length).fill(1) });

test('weights sum to one, and every model that took part is named', () => {
  const { models } = forecastScale(
    historyOf(hourlyValues(27, 1, (hour, random) => 50 + 10 * daily(hour) + random.normal())),
    OPTIONS,
  );

  expect(models.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  expect(models.map(({ name }) => name)).toContain('sparse-autoregression');
});

test('skill is measured against the better naive forecast', () => {
  const { skill } = forecastScale(
    historyOf(hourlyValues(27, 2, (hour, random) => 50 + 10 * daily(hour) + random.normal())),
    OPTIONS,
  );

  expect(skill.skill).toBeCloseTo(1 - skill.mase / Math.min(skill.maseLastValue, skill.maseSeasonalNaive), 12);
  expect(skill.skill).toBeGreaterThan(0);
  expect(skill.coverage80).toBeGreaterThan(0.65);
  expect(skill.coverage95!).toBeGreaterThan(0.85);
});

test('values that were filled in are judged nowhere', () => {
  const values = hourlyValues(27, 3, (_, random) => 50 + random.normal());
  const observed = new Uint8Array(values.length).fill(1);
  const calm = forecastScale({ values, observed }, OPTIONS);

  observed.fill(0, 600);
  const wild = forecastScale({ values: values.map((value, hour) => (hour >= 600 ? 9e5 : value)), observed }, OPTIONS);

  expect(wild.skill.mase).toBeLessThan(1.5 * calm.skill.mase);
  expect(wild.skill.coverage80).toBeGreaterThan(0.6);
  expect(wild.skill.coverage95!).toBeGreaterThan(wild.skill.coverage80);
});

test('candidates that lack history are left out', () => {
  const values = Float64Array.from({ length: 9 }, (_, day) => day);

  const { models } = forecastScale(historyOf(values), {
    candidates: DAILY_CANDIDATES,
    plan: { origins: [7, 6, 5], horizonPoints: 2 },
    horizonPoints: 5,
    periodPoints: 7,
    phaseIntervals: false,
  });

  expect(models.map(({ name }) => name)).not.toContain('seasonal-naive-7');
  expect(models.map(({ name }) => name)).toContain('drift');
});

test('fails when there is no origin', () => {
  const plan = { origins: [], horizonPoints: 48 };

  expect(() => forecastScale(historyOf(new Float64Array(100)), { ...OPTIONS, plan })).toThrow(RangeError);
});
