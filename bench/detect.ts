import { TRACKER_FLOATS, trackAnomaly } from '../models/detect/anomaly-tracker.ts';
import { createScoreOut, type Detector } from '../models/detect/detector.ts';
import { createDetector, DEFAULT_DETECTOR } from '../models/detect/registry.ts';
import { WEEK_MS } from '../models/detect/seasonal-predict.ts';
import { DAY_MS } from '../models/domain/rollup.ts';
import type { SampleColumns } from '../models/domain/series.ts';
import { createRandom } from '../models/numeric/random.ts';
import { textOption } from './options.ts';
import { readCsvFolder } from './series-csv.ts';

const GENERATED_SERIES = 200;
const GENERATED_DAYS = 28;
const GENERATED_STEP_MS = 300_000;
/** Points of one series that follow each other before the next series has its turn, as segments bring them. */
const BATCH_POINTS = 10;

interface Result {
  readonly points: number;
  readonly episodes: number;
  readonly seriesWeeks: number;
  readonly cpuSeconds: number;
}

export const detectBench = {
  name: 'detect',
  describe:
    'points per CPU second of a detector with its tracker, and bytes of state for each series [--data DIR] [--detector]',
  run: async (args: string[]): Promise<Record<string, unknown>> => {
    const detector = createDetector(textOption(args, '--detector', DEFAULT_DETECTOR), { timeZone: 'Europe/Berlin' });
    const folder = textOption(args, '--data', '');
    const groups = folder === '' ? [{ name: 'generated', series: generateSeries() }] : readFolder(folder);
    let total: Result = { points: 0, episodes: 0, seriesWeeks: 0, cpuSeconds: 0 };
    process.stdout.write(
      `${'data'.padEnd(28)}${'points'.padStart(10)}${'episodes'.padStart(10)}${'per week'.padStart(10)}\n`,
    );
    for (const { name, series } of groups) {
      process.stderr.write(`detect: ${name}, ${series.length} series\n`);
      const result = measure(detector, series);
      process.stdout.write(tableRow(name, result));
      total = sum(total, result);
    }
    process.stdout.write(tableRow('all', total));
    return {
      pointsPerCpuSecond: Math.round(total.points / total.cpuSeconds),
      stateBytesPerSeries: (detector.stateFloats + TRACKER_FLOATS) * 8,
      episodesPerSeriesWeek: Number((total.episodes / total.seriesWeeks).toFixed(3)),
      protocol: `${detector.name} version ${detector.version} at its defaults, fixed in advance; every row scored before it is learned, none swept; one CPU, ${BATCH_POINTS} points of a series at a time`,
    };
  },
};

function tableRow(name: string, { points, episodes, seriesWeeks }: Result): string {
  const perWeek = (episodes / seriesWeeks).toFixed(2);
  return `${name.padEnd(28)}${String(points).padStart(10)}${String(episodes).padStart(10)}${perWeek.padStart(10)}\n`;
}

function sum(a: Result, b: Result): Result {
  return {
    points: a.points + b.points,
    episodes: a.episodes + b.episodes,
    seriesWeeks: a.seriesWeeks + b.seriesWeeks,
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
  };
}

/** All series side by side, batch after batch, each with its own words in one slab, as a shard holds them. */
function measure(detector: Detector, series: readonly SampleColumns[]): Result {
  const words = detector.stateFloats + TRACKER_FLOATS;
  const slab = new Float64Array(series.length * words);
  for (let i = 0; i < series.length; i++) detector.init(slab.subarray(i * words, i * words + detector.stateFloats));
  const longest = Math.max(...series.map(({ values }) => values.length));
  let points = 0;
  let episodes = 0;
  const started = process.cpuUsage();
  for (let from = 0; from < longest; from += BATCH_POINTS) {
    series.forEach((columns, i) => {
      const state = slab.subarray(i * words, i * words + detector.stateFloats);
      const tracker = slab.subarray(i * words + detector.stateFloats, (i + 1) * words);
      const to = Math.min(from + BATCH_POINTS, columns.values.length);
      for (let at = from; at < to; at++) if (step(detector, state, tracker, columns, at)) episodes++;
      points += Math.max(0, to - from);
    });
  }
  const { user, system } = process.cpuUsage(started);
  const seriesWeeks = series.reduce((weeks, { timestampsMs }) => weeks + spanMs(timestampsMs) / WEEK_MS, 0);
  return { points, episodes, seriesWeeks, cpuSeconds: (user + system) / 1e6 };
}

const score = createScoreOut();

function step(
  detector: Detector,
  state: Float64Array,
  tracker: Float64Array,
  columns: SampleColumns,
  at: number,
): boolean {
  const timestampMs = columns.timestampsMs[at]!;
  const value = columns.values[at]!;
  detector.score(state, timestampMs, value, score);
  const opened = trackAnomaly(tracker, timestampMs, value, score) === 'opened';
  detector.learn(state, timestampMs, value);
  return opened;
}

function spanMs(timestampsMs: Float64Array): number {
  return timestampsMs.length < 2 ? 0 : timestampsMs[timestampsMs.length - 1]! - timestampsMs[0]!;
}

function generateSeries(): SampleColumns[] {
  const random = createRandom(20250106);
  const points = (GENERATED_DAYS * DAY_MS) / GENERATED_STEP_MS;
  return Array.from({ length: GENERATED_SERIES }, () => {
    const level = 10 ** (1 + 3 * random.uniform());
    const peakHour = 24 * random.uniform();
    const noise = 0.02 + 0.1 * random.uniform();
    const timestampsMs = Float64Array.from({ length: points }, (_, i) => Date.UTC(2025, 0, 6) + i * GENERATED_STEP_MS);
    const values = timestampsMs.map((timestampMs) => {
      const days = (timestampMs - peakHour * 3_600_000) / DAY_MS;
      return level * (1 + 0.4 * Math.cos(2 * Math.PI * days) + noise * random.normal());
    });
    return { timestampsMs, values };
  });
}

/** Every file under the folder, grouped by the folder that holds it. */
function readFolder(folder: string): { name: string; series: SampleColumns[] }[] {
  const groups = Map.groupBy(readCsvFolder(folder), ({ name }) => name.split('/').at(-2) ?? '');
  return [...groups].map(([name, files]) => ({ name, series: files.map(({ columns }) => columns) }));
}
