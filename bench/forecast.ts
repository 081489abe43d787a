import type { Limit } from '../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import { timeToLimit } from '../models/forecast/time-to-limit.ts';
import { createRandom, type Random } from '../models/numeric/random.ts';
import { countOption } from './options.ts';

const POINTS = 1000;
const DEFAULT_SERIES = 500;
const WARM_UP_SERIES = 20;

export type Shape = (hour: number, random: Random) => number;

/** What a fleet is made of: load, disks, leaks and noise; every shape is published or refused as it deserves. */
export const SHAPES: readonly Shape[] = [
  (hour, random) =>
    40 + 20 * Math.sin((hour / 24) * 2 * Math.PI) + (Math.floor(hour / 24) % 7 < 5 ? 8 : 0) + 3 * random.normal(),
  (hour, random) => 30 + hour * 0.03 + 0.5 * random.normal(),
  (hour, random) => 40 + (35 * (hour % 168)) / 168 + random.normal(),
  (hour, random) => 50 + hour * 0.01 + 3 * Math.sin((hour / 24) * 2 * Math.PI) + random.normal(),
  (hour, random) => 100 * (1.2 + Math.sin((hour / 24) * 2 * Math.PI)) * Math.exp(0.3 * random.normal()),
];

function generate(random: Random, shape: Shape): Float64Array {
  return Float64Array.from({ length: POINTS }, (_, hour) =>
    random.uniform() < 0.01 ? Number.NaN : shape(hour, random),
  );
}

/** One far away, so that every future is drawn to its end. */
const FAR_LIMIT: Limit = {
  limitId: 'bench',
  title: 'bench',
  selector: [],
  bound: 'max',
  value: 500,
  unit: '%',
  leadTimeMs: 14 * DAY_MS,
  probability: 0.5,
  action: '',
  updatedAtMs: 0,
};

/** Processor time of one series: its forecast, and the time to one limit. */
function forecastOne(values: Float64Array, seed: number) {
  const nowMs = POINTS * HOUR_MS;
  const before = process.cpuUsage();
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values, nowMs, timeZone: 'Europe/Berlin' });
  const forecastMicros = microsSince(before);
  timeToLimit({ outcome, limit: FAR_LIMIT, nowMs, currentValue: 0, seed });
  return { isPublished: outcome.kind === 'forecast', forecastMicros, allMicros: microsSince(before) };
}

function microsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** CPU time of everything a series needs: gaps, backtest at both scales, gates, quantiles and one time to limit. */
export const forecastBench = {
  name: 'forecast',
  describe:
    'CPU milliseconds to forecast one series of 1,000 hours, backtest, gates and one time to limit included (--series N)',
  run(args: readonly string[]): Promise<Record<string, unknown>> {
    const count = countOption(args, '--series', DEFAULT_SERIES);
    const random = createRandom(20260105);
    for (let k = 0; k < WARM_UP_SERIES; k++) forecastOne(generate(random, SHAPES[k % SHAPES.length]!), k);
    let allMicros = 0;
    let forecastMicros = 0;
    let published = 0;
    for (let k = 0; k < count; k++) {
      const made = forecastOne(generate(random, SHAPES[k % SHAPES.length]!), k);
      allMicros += made.allMicros;
      forecastMicros += made.forecastMicros;
      if (made.isPublished) published++;
      if ((k + 1) % 100 === 0) process.stderr.write(`forecast: ${k + 1} of ${count} series\n`);
    }
    const millis = (micros: number): number => Math.round(micros / count / 10) / 100;
    return Promise.resolve({
      protocol:
        'fixed: 1,000 hourly points a series, five seeded shapes in turn, 1 % missing, one time zone, one limit far away; 20 series to warm up; mean over the series, other work on the machine included',
      cpuMsPerSeries: millis(allMicros),
      cpuMsPerForecast: millis(forecastMicros),
      cpuMsPerLimit: millis(allMicros - forecastMicros),
      /** Of 10,000 series with a limit each. */
      cpuSecondsOf10000: Math.round(10_000 * (allMicros / count / 1e6)),
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      series: count,
      published,
    });
  },
};
