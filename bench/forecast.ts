import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import { timeToLimit } from '../models/forecast/time-to-limit.ts';
import { createRandom, type Random } from '../models/numeric/random.ts';

const POINTS = 1000;
const DEFAULT_SERIES = 500;
const WARM_UP_SERIES = 20;

type Shape = (hour: number, random: Random) => number;

/** What a fleet is made of: load, disks, leaks and noise; every shape is published or refused as it deserves. */
const SHAPES: readonly Shape[] = [
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

function forecastOne(values: Float64Array, seed: number): 'forecast' | 'abstain' {
  const nowMs = POINTS * HOUR_MS;
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values, nowMs, timeZone: 'Europe/Berlin' });
  const limit = {
    limitId: 'bench',
    title: 'bench',
    selector: [],
    bound: 'max' as const,
    value: 500,
    unit: '%',
    leadTimeMs: 14 * DAY_MS,
    probability: 0.5,
    action: '',
    updatedAtMs: 0,
  };
  timeToLimit({ outcome, limit, nowMs, currentValue: 0, seed });
  return outcome.kind;
}

function countOf(args: readonly string[]): number {
  const at = args.indexOf('--series');
  if (at < 0) return DEFAULT_SERIES;
  const count = Number(args[at + 1]);
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`forecast: --series must be a whole number from 1, got ${args[at + 1]}`);
  return count;
}

/** CPU time of everything a series needs: gaps, backtest at both scales, gates, quantiles and one time to limit. */
export const forecastBench = {
  name: 'forecast',
  describe:
    'CPU milliseconds to forecast one series of 1,000 hours, backtest, gates and one time to limit included (--series N)',
  run(args: readonly string[]): Promise<Record<string, unknown>> {
    const count = countOf(args);
    const random = createRandom(20260105);
    for (let k = 0; k < WARM_UP_SERIES; k++) forecastOne(generate(random, SHAPES[k % SHAPES.length]!), k);
    let cpuMicros = 0;
    let published = 0;
    for (let k = 0; k < count; k++) {
      const values = generate(random, SHAPES[k % SHAPES.length]!);
      const before = process.cpuUsage();
      if (forecastOne(values, k) === 'forecast') published++;
      const { user, system } = process.cpuUsage(before);
      cpuMicros += user + system;
      if ((k + 1) % 100 === 0) process.stderr.write(`forecast: ${k + 1} of ${count} series\n`);
    }
    return Promise.resolve({
      protocol:
        'fixed: 1,000 hourly points a series, five seeded shapes in turn, 1 % missing, one time zone, one limit far away; 20 series to warm up; mean over the series, other work on the machine included',
      cpuMsPerSeries: Math.round(cpuMicros / count / 10) / 100,
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      series: count,
      published,
    });
  },
};
