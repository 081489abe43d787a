import { describe, expect, it } from 'vitest';
import { forecastInThread } from '../../functions/forecast/forecasting.ts';
import { createForecastThreads } from '../../local/forecast-threads.ts';
import { pastsOf } from '../support/series-pasts.ts';

const SETUP = { timeZone: 'Europe/Vienna', neural: undefined };
const DYING = new URL('../support/dying-forecast-worker.ts', import.meta.url);

describe('threads that forecast', () => {
  it('give the same forecasts as one thread does, to the last byte', async () => {
    const { nowMs, pasts } = pastsOf(4);
    const batches = pasts.map((past) => ({ nowMs, pasts: [past] }));
    const here = forecastInThread(SETUP);
    const expected = await Promise.all(batches.map(here.forecast));

    for (const threads of [1, 2]) {
      const others = createForecastThreads({ threads })(SETUP);
      const made = await Promise.all(batches.map(others.forecast));
      await others.end();

      expect(made).toEqual(expected);
      expect(JSON.stringify(made)).toBe(JSON.stringify(expected));
    }
  });

  it('say what a batch failed of, and go on', async () => {
    const threads = createForecastThreads({ threads: 1 })(SETUP);
    const { nowMs, pasts } = pastsOf(1);

    await expect(threads.forecast({ nowMs: Number.NaN, pasts })).rejects.toThrow('nowMs must be finite');
    expect(await threads.forecast({ nowMs, pasts })).toHaveLength(1);
    await threads.end();
  });

  it('that die fail what they had with the reason, and the next batch gets another', async () => {
    const threads = createForecastThreads({ threads: 2, script: DYING })(SETUP);
    const { nowMs, pasts } = pastsOf(1);
    const batch = { nowMs, pasts };
    const fatal = { nowMs: 0, pasts };

    const died = await Promise.allSettled([threads.forecast(fatal), threads.forecast(fatal)]);
    const reason = expect.objectContaining({ message: 'a forecast thread ended: out of something' });
    expect(died).toEqual([1, 2].map(() => ({ status: 'rejected', reason })));
    expect(await threads.forecast(batch)).toEqual([]);
    await threads.end();
  });

  it('end when they are told to, and nothing that waits is forgotten', async () => {
    const threads = createForecastThreads({ threads: 1 })(SETUP);
    const { nowMs, pasts } = pastsOf(3);
    const cutOff = threads.forecast({ nowMs, pasts });

    await Promise.all([expect(cutOff).rejects.toThrow('a forecast thread ended'), threads.end()]);
  });
});
