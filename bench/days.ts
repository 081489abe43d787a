import { HOUR_MS } from '../models/domain/rollup.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import { type BlockScore, blockScore, DAY_BLOCKS, meanScore } from './days-scores.ts';
import { type DayWindow, generatedWindows, measuredWindows } from './days-windows.ts';
import { countOption, textOption } from './options.ts';

const SEED = 20260705;
const FUTURE_DAYS = 90;
const DAY_HOURS = 24;
const GENERATED = 'resources of the calibration bench, the 90 days after their past';
const MEASURED = 'an origin every 15 days from the 28th day on, as long as two weeks follow; up to 90 days are judged';
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
    const scores: BlockScore[][] = DAY_BLOCKS.map(() => []);
    let abstained = 0;
    windows.forEach((window, k) => {
      if (!addScores(window, scores)) abstained++;
      if ((k + 1) % 50 === 0) process.stderr.write(`days: ${k + 1} of ${windows.length} windows\n`);
    });
    const blocks = scores.map((ofBlock, b) => ({ days: DAY_BLOCKS[b]!.join(' to '), ...meanScore(ofBlock) }));
    process.stdout.write('days          windows      loss  geometric   inside    below    above\n');
    for (const { days, windows: judged, loss, geometricLoss, inside, below, above } of blocks) {
      const shares = [inside, below, above].map((share) => `${(100 * share).toFixed(1)} %`.padStart(9)).join('');
      const losses = `${loss.toFixed(3).padStart(10)}${geometricLoss.toFixed(3).padStart(11)}`;
      process.stdout.write(`${days.padEnd(12)}${String(judged).padStart(9)}${losses}${shares}\n`);
    }
    return Promise.resolve({
      protocol: folder === '' ? GENERATED : MEASURED,
      windows: windows.length,
      abstained,
      blocks,
    });
  },
};

/** Adds how the band of one window did; false where there was no forecast. */
function addScores({ pastHours, futureDays }: DayWindow, scores: readonly BlockScore[][]): boolean {
  const nowMs = pastHours.length * HOUR_MS;
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values: pastHours, nowMs });
  if (outcome.kind === 'abstain') return false;
  const unit = unitOf(pastHours);
  DAY_BLOCKS.forEach((block, b) => {
    const score = blockScore(outcome.daily, futureDays, block, unit);
    if (score !== undefined) scores[b]!.push(score);
  });
  return true;
}
