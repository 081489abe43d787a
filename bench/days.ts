import { HOUR_MS } from '../models/domain/rollup.ts';
import { dayDrawer } from '../models/forecast/draw-days.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import type { PublishedForecast } from '../models/forecast/outcome.ts';
import { quantileSorted } from '../models/numeric/quantile.ts';
import { createRandom } from '../models/numeric/random.ts';
import { type BlockScore, blockScore, DAY_BLOCKS, type DayBand, meanScore } from './days-scores.ts';
import { type DayWindow, generatedWindows, measuredWindows } from './days-windows.ts';
import { countOption, textOption } from './options.ts';

const SEED = 20260705;
const FUTURE_DAYS = 90;
const PATHS = 400;
const DAY_HOURS = 24;
/** Days over which a forecast is compared with what came when its models are chosen. */
const BACKTEST_DAYS = 14;

/** Bands of one forecast: the published one, that of the drawn futures, and mixtures of both. */
function bandsOf({ daily, source }: PublishedForecast): Record<string, DayBand> {
  const futures = drawnBand(source);
  const moved = (share: (day: number) => number): DayBand => {
    const by = futures.p50.map((value, day) => share(day) * (daily.p50[day]! - value));
    const move = (path: readonly number[]): number[] =>
      path.map((value, day) => (source.nonNegative ? Math.max(0, value + by[day]!) : value + by[day]!));
    return { p10: move(futures.p10), p50: move(futures.p50), p90: move(futures.p90) };
  };
  return {
    published: daily,
    futures,
    'futures, joined': moved((day) => (day < 2 ? 1 : 0.5 ** (day - 1))),
    'futures, moved': moved((day) => (day < BACKTEST_DAYS ? 1 : BACKTEST_DAYS / (day + 1))),
    'futures, half moved': moved((day) => 0.5 * (day < BACKTEST_DAYS ? 1 : BACKTEST_DAYS / (day + 1))),
  };
}

function drawnBand({ futures, nonNegative }: PublishedForecast['source']) {
  const draw = dayDrawer(futures, { paths: PATHS, horizonDays: FUTURE_DAYS });
  const random = createRandom(1);
  const paths = Array.from({ length: PATHS }, (_, path) => {
    const days = new Float64Array(FUTURE_DAYS);
    draw(path, random, days);
    return days;
  });
  const days = Array.from({ length: FUTURE_DAYS }, (_, day) => Float64Array.from(paths, (path) => path[day]!).sort());
  const at = (share: number): number[] =>
    days.map((day) => Math.max(nonNegative ? 0 : Number.NEGATIVE_INFINITY, quantileSorted(day, share)));
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** Mean difference between a day and the day a week before; between neighbours where that is nothing. */
function unitOf(hours: Float64Array): number {
  for (const lag of [7 * DAY_HOURS, 1]) {
    const moves = hours.subarray(lag).map((value, i) => Math.abs(value - hours[i]!));
    const known = moves.filter((move) => !Number.isNaN(move));
    const mean = known.reduce((sum, move) => sum + move, 0) / known.length;
    if (mean > 0) return mean;
  }
  return 1;
}

/** Whether the band of the days holds what came: on measured series, or on generated resources. */
export const daysBench = {
  name: 'days',
  describe: 'the daily band, days 1 to 90, against what came [--data DIR] [--resources N] [--seed N]',
  run(args: readonly string[]): Promise<Record<string, unknown>> {
    const folder = textOption(args, '--data', '');
    const windows =
      folder === ''
        ? generatedWindows(countOption(args, '--resources', 500), countOption(args, '--seed', SEED), FUTURE_DAYS)
        : measuredWindows(folder, FUTURE_DAYS);
    const scores = new Map<string, BlockScore[][]>();
    let abstained = 0;
    windows.forEach((window, k) => {
      if (!addScores(window, scores)) abstained++;
      if ((k + 1) % 50 === 0) process.stderr.write(`days: ${k + 1} of ${windows.length} windows\n`);
    });
    const table = [...scores].map(([band, blocks]) => ({ band, blocks: blocks.map(meanScore) }));
    for (const row of table) {
      row.blocks.forEach((score, b) => {
        const [from, to] = DAY_BLOCKS[b]!;
        const percent = [score.inside, score.below, score.above].map((share) => `${(100 * share).toFixed(1)} %`);
        process.stdout.write(
          `${row.band.padEnd(24)}${`${from}-${to}`.padStart(8)}${score.loss.toFixed(3).padStart(10)}${score.geometricLoss.toFixed(3).padStart(10)}${percent.map((text) => text.padStart(9)).join('')}\n`,
        );
      });
    }
    return Promise.resolve({ windows: windows.length, abstained, table });
  },
};

function addScores({ pastHours, futureDays }: DayWindow, scores: Map<string, BlockScore[][]>): boolean {
  const nowMs = pastHours.length * HOUR_MS;
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values: pastHours, nowMs });
  if (outcome.kind === 'abstain') return false;
  const unit = unitOf(pastHours);
  for (const [name, band] of Object.entries(bandsOf(outcome))) {
    const blocks = scores.get(name) ?? DAY_BLOCKS.map(() => []);
    scores.set(name, blocks);
    DAY_BLOCKS.forEach((block, b) => {
      const score = blockScore(band, futureDays, block, unit);
      if (score !== undefined) blocks[b]!.push(score);
    });
  }
  return true;
}
