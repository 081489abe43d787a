import { describe, expect, it } from 'vitest';
import { createForecastBatch, forecastInThread } from '../../../functions/forecast/forecasting.ts';
import { pastsOf } from '../../support/series-pasts.ts';

const SETUP = { timeZone: 'Europe/Vienna', neural: undefined };

describe('a batch of series', () => {
  it('gives one forecast for each, in their order, with a time for each of its limits', () => {
    const { nowMs, pasts } = pastsOf(4);

    const forecasts = createForecastBatch(SETUP)({ nowMs, pasts });

    expect(forecasts.map(({ seriesId, madeAtMs }) => [seriesId, madeAtMs])).toEqual(
      pasts.map(({ series }) => [series.seriesId, nowMs]),
    );
    expect(forecasts.map(({ timeToLimit }) => timeToLimit.length)).toEqual(pasts.map(({ limits }) => limits.length));
  });

  it('gives the same however the series are divided, and when it is computed again', async () => {
    const { nowMs, pasts } = pastsOf(4);
    const whole = createForecastBatch(SETUP)({ nowMs, pasts });

    const inThread = forecastInThread(SETUP);
    const halves = [pasts.slice(0, 1), pasts.slice(1)];
    const parts = await Promise.all(halves.map((half) => inThread.forecast({ nowMs, pasts: half })));
    await inThread.end();

    expect(parts.flat()).toEqual(whole);
  });
});
