import { describe, expect, test } from 'vitest';
import { createZoneFormat } from '../../../functions/report/format.ts';
import { forecastWords, LONG_AGO_MS, limitWords } from '../../../local/replay/words.ts';
import type { Forecast, TimeToLimit } from '../../../models/domain/forecast.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';

const ZONE = createZoneFormat('UTC', LONG_AGO_MS);

const FORECAST: Forecast = {
  seriesId: '5b0e6f0c3a9d41f2a6c7d8e9f0a1b2c3',
  labels: [],
  madeAtMs: 0,
  watermarkMs: 0,
  modelVersion: 'combination-2',
  models: [],
  hourly: null,
  daily: null,
  skill: null,
  abstain: null,
  timeToLimit: [],
};

const FAR: TimeToLimit = {
  limitId: 'full',
  bound: 'max',
  limitValue: 100,
  currentValue: 52.2,
  p10Ms: null,
  p50Ms: null,
  p90Ms: null,
  probabilityWithinLeadTime: 0,
  probabilityWithinHorizon: 0,
  alreadyCrossed: false,
  neverWithinHorizon: true,
  slackMs: null,
};

function withWeek(p10: number, p50: number, p90: number): Forecast {
  const path = (value: number) => Array.from({ length: 7 }, () => value);
  return { ...FORECAST, daily: { startMs: 0, stepMs: DAY_MS, p10: path(p10), p50: path(p50), p90: path(p90) } };
}

describe('the words of a forecast', () => {
  test('tell the range of the seventh day', () => {
    expect(forecastWords(withWeek(50.1, 52, 53.9))).toBe(
      'Forecast: the mean of the 7th day will be about 52, 8 times in 10 between 50.1 and 53.9',
    );
  });

  test('tell no range whose ends read alike', () => {
    expect(forecastWords(withWeek(51.99, 52, 52.01))).toBe('Forecast: the mean of the 7th day will be about 52');
  });
});

describe('the words of a limit', () => {
  test('name the horizon of dates, which is longer than that of the daily path', () => {
    expect(limitWords(FAR, ZONE, true)).toBe('Upper limit 100: not within 400 days; now at 52.2');
  });

  test('tell a chance without a likely date', () => {
    const unlikely = { ...FAR, neverWithinHorizon: false, probabilityWithinHorizon: 0.3 };
    expect(limitWords(unlikely, ZONE, true)).toBe('Upper limit 100: about 3 in 10 within 400 days, so no likely date');
  });

  test('tell a date with its range', () => {
    const dated = {
      ...FAR,
      neverWithinHorizon: false,
      probabilityWithinHorizon: 0.8,
      p10Ms: 10 * DAY_MS,
      p50Ms: 20 * DAY_MS,
    };
    expect(limitWords(dated, ZONE, true)).toBe(
      'Upper limit 100: reached about Wed 21 Jan (not before Sun 11 Jan, about 8 in 10 within 400 days)',
    );
  });
});
