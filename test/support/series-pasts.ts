import type { ForecastBatch } from '../../functions/forecast/forecasting.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { limitOf } from './hourly-shapes.ts';
import { seriesIdFor } from './shard-states.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10);
const HOURS = 24 * 21;

/** Three weeks of so many series: fills, days and noise in turn; every other one with two limits. */
export function pastsOf(count: number): ForecastBatch {
  const random = createRandom(11);
  const pasts = Array.from({ length: count }, (_, number) => {
    const values = Float64Array.from({ length: HOURS }, (_, hour) => {
      if (number % 3 === 0) return 60 + hour / 40 + 0.1 * random.normal();
      return 40 + (number % 3 === 1 ? 20 * Math.sin((hour / 24) * 2 * Math.PI) : 0) + 2 * random.normal();
    });
    const endMs = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
    return {
      series: {
        seriesId: seriesIdFor(number),
        labels: [['__name__', `gauge_${number}`]] as const,
        kind: 'gauge' as const,
        shard: 0,
        firstSampleMs: NOW_MS - 21 * DAY_MS,
      },
      hours: { startMs: endMs - HOURS * HOUR_MS, values, lastValue: values.at(-1)!, watermarkMs: endMs },
      untold: [],
      limits: number % 2 === 0 ? [limitOf(90), { ...limitOf(10), limitId: 'lowest', bound: 'min' as const }] : [],
    };
  });
  return { nowMs: NOW_MS, pasts };
}
