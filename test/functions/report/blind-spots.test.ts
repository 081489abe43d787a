import { expect, test } from 'vitest';
import { type BlindSpotInput, blindSpots } from '../../../functions/report/blind-spots.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleLimit, sampleSeries } from '../../support/report-samples.ts';

const heard = sampleSeries('cpu', { instance: 'a' });
const quiet = sampleSeries('cpu', { instance: 'b' });
const limit = sampleLimit({ limitId: 'cpu-b', title: 'CPU of b', selector: [{ name: 'instance', value: 'b' }] });

function input(given: Partial<BlindSpotInput> = {}): BlindSpotInput {
  const fromMs = NOW_MS - DAY_MS;
  const hours = Array.from({ length: 24 }, (_, i) => fromMs + i * HOUR_MS);
  return {
    series: [heard],
    limits: [],
    forecasts: new Map([[heard.seriesId, { labels: heard.labels, madeAtMs: NOW_MS, abstain: null }]]),
    activity: {
      samples: 1,
      newestMs: NOW_MS - HOUR_MS,
      lastSeenMs: new Map([[heard.seriesId, NOW_MS - HOUR_MS]]),
      hoursMs: new Set(hours),
    },
    fromMs,
    nowMs: NOW_MS,
    ...given,
  };
}

test('finds none where every series is heard and forecast', () => {
  expect(blindSpots(input())).toEqual({
    silent: { rows: [], total: 0 },
    abstaining: [],
    neverForecast: 0,
    oldForecasts: 0,
    limitsWithoutSeries: { rows: [], total: 0 },
    hoursWithoutData: 0,
  });
});

test('names series that sent nothing for a day, with the hour they were last heard', () => {
  const lastSeenMs = new Map([[heard.seriesId, NOW_MS - 25 * HOUR_MS]]);

  const { silent } = blindSpots(input({ series: [heard, quiet], activity: { ...input().activity, lastSeenMs } }));

  expect(silent.rows).toEqual([
    { labels: heard.labels, lastSeenMs: NOW_MS - 25 * HOUR_MS },
    { labels: quiet.labels, lastSeenMs: null },
  ]);
});

test('groups abstaining series by reason, those under a limit first', () => {
  const forecasts = new Map(
    [heard, quiet].map(({ seriesId, labels }) => [
      seriesId,
      { labels, madeAtMs: NOW_MS, abstain: 'no_skill' as const },
    ]),
  );

  const { abstaining } = blindSpots(input({ series: [heard, quiet], limits: [limit], forecasts }));

  expect(abstaining).toEqual([{ reason: 'no_skill', total: 2, withLimit: 1, examples: [quiet.labels, heard.labels] }]);
});

test('counts series without a forecast, and forecasts that are old', () => {
  const old = { labels: heard.labels, madeAtMs: NOW_MS - 3 * DAY_MS, abstain: null };

  const spots = blindSpots(input({ series: [heard, quiet], forecasts: new Map([[heard.seriesId, old]]) }));

  expect(spots.neverForecast).toBe(1);
  expect(spots.oldForecasts).toBe(1);
});

test('names limits that no series falls under', () => {
  expect(blindSpots(input({ limits: [limit] })).limitsWithoutSeries).toEqual({ rows: ['CPU of b'], total: 1 });
});

test('counts full hours without any data, but not those that rollups may still miss', () => {
  const hoursMs = new Set([...input().activity.hoursMs].filter((_, i) => i !== 5 && i !== 6 && i < 22));

  expect(blindSpots(input({ activity: { ...input().activity, hoursMs } })).hoursWithoutData).toBe(2);
});

test('counts no hour before the first sample ever', () => {
  const late = { ...heard, firstSampleMs: NOW_MS - HOUR_MS };

  expect(
    blindSpots(input({ series: [late], activity: { ...input().activity, hoursMs: new Set() } })).hoursWithoutData,
  ).toBe(0);
});
