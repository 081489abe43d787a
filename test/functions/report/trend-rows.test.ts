import { expect, test } from 'vitest';
import { compareTrends, crossedRows, recentDailyMeans, trendCandidates } from '../../../functions/report/trend-rows.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import {
  NOW_MS,
  type Resource,
  sampleForecast,
  sampleHours,
  sampleLimit,
  sampleSeries,
} from '../../support/report-samples.ts';

const limit = sampleLimit({ limitId: 'seats', title: 'Seats', value: 100, unit: 'seats' });
const limits = new Map([[limit.limitId, limit]]);

function resource(now: number, perDay: number, given: Partial<Resource['limit']> = {}): Resource {
  return { series: sampleSeries('seats', { now: String(now) }), limit: { ...limit, ...given }, now, perDay, swing: 0 };
}

test('tells how much of the headroom 30 days use up', () => {
  const [row] = trendCandidates(sampleForecast(resource(40, 1)), limits, NOW_MS);

  expect(row?.headroomUsed).toBeCloseTo(0.5, 1);
  expect(row?.ahead.p50).toBeCloseTo(70, 0);
});

test('does not take the way from a quiet Saturday to a busy Monday for growth', () => {
  const forecast = sampleForecast(resource(40, 0.1));
  const weekly = (values: readonly number[]) => values.map((value, day) => value + (day % 7 === 0 ? 0 : 20));
  const { p10, p50, p90, ...grid } = forecast.daily!;
  const daily = { ...grid, p10: weekly(p10), p50: weekly(p50), p90: weekly(p90) };
  const [row] = trendCandidates({ ...forecast, daily }, limits, NOW_MS);

  expect(row?.headroomUsed).toBeCloseTo(0.05, 2);
});

test('tells the same of a lower limit', () => {
  const lower = { ...limit, bound: 'min' as const, value: 10 };
  const falling = { ...resource(70, -1), limit: lower };

  const [row] = trendCandidates(sampleForecast(falling), new Map([[lower.limitId, lower]]), NOW_MS);

  expect(row?.headroomUsed).toBeCloseTo(0.5, 1);
});

test.each([
  [resource(40, -1), 'moves away from the limit'],
  [resource(40, 0), 'stands still'],
  [resource(120, 1), 'is beyond the limit already'],
])('leaves out what %#', (which) => {
  expect(trendCandidates(sampleForecast(which), limits, NOW_MS)).toEqual([]);
});

test('lists what is beyond its limit', () => {
  expect(crossedRows(sampleForecast(resource(120, 1)), limits)).toMatchObject([{ title: 'Seats', currentValue: 120 }]);
  expect(crossedRows(sampleForecast(resource(40, 1)), limits)).toEqual([]);
});

test('says nothing of a limit that was removed', () => {
  expect(trendCandidates(sampleForecast(resource(40, 1)), new Map(), NOW_MS)).toEqual([]);
  expect(crossedRows(sampleForecast(resource(120, 1)), new Map())).toEqual([]);
});

test('puts what uses up most of its headroom first', () => {
  const rows = [resource(40, 0.5), resource(40, 1.5)].flatMap((one) =>
    trendCandidates(sampleForecast(one), limits, NOW_MS),
  );

  expect(rows.sort(compareTrends).map(({ headroomUsed }) => Math.round(headroomUsed * 100))).toEqual([75, 25]);
});

test('averages the last 14 days, and leaves a day without data missing', () => {
  const hours = sampleHours(resource(40, 1), NOW_MS - 2 * DAY_MS, NOW_MS);

  const days = recentDailyMeans(hours, NOW_MS);

  expect(days).toHaveLength(14);
  expect(days.slice(0, 12).every(Number.isNaN)).toBe(true);
  expect(days[12]).toBeCloseTo(38.48, 2);
  expect(days[13]).toBeCloseTo(39.48, 2);
});
