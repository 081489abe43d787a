import { formatChance, type ZoneFormat } from '../../functions/report/format.ts';
import { explainEpisode, formatDuration } from '../../models/detect/explain.ts';
import type { ReplayedAnomaly } from '../../models/detect/replay.ts';
import { type Forecast, LIMIT_HORIZON_DAYS, type TimeToLimit } from '../../models/domain/forecast.ts';
import { formatNumber } from '../../models/domain/quantity.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { SeriesReplay } from './replay-series.ts';

/*
 * The words of a replay, the same in the terminal and on the page.
 */

/** Seen from here every date is of another year, and says which. */
export const LONG_AGO_MS = 0;

export function spanWords(replay: SeriesReplay, zone: ZoneFormat): string {
  const { samples, missing, firstMs, lastMs, cadenceMs } = replay;
  const cadence = Number.isFinite(cadenceMs) ? `, one every ${formatDuration(cadenceMs)}` : '';
  const gaps = missing === 0 ? '' : `, ${formatNumber(missing)} of them missing`;
  return `${grouped(samples)} samples from ${zone.moment(firstMs)} to ${zone.moment(lastMs)} (${formatDuration(lastMs - firstMs)})${cadence}${gaps}`;
}

export function trainingWords({ trainedSinceMs, lacks, learnedPoints }: SeriesReplay, zone: ZoneFormat): string {
  if (trainedSinceMs !== null) return `Judged since ${zone.moment(trainedSinceMs)}; it learned the usual before`;
  const needed = lacks?.warming?.neededPoints;
  return `Not judged yet: ${grouped(learnedPoints)} of ${needed === undefined ? 'too few' : grouped(needed)} points that it needs`;
}

export function lackWords({ lacks }: SeriesReplay): string | null {
  const days = lacks?.weeklySeasonDays ?? null;
  return days === null ? null : `Still lacks ${formatNumber(days)} days of data until the shape of the week is known`;
}

/** A number of things, with the word for one or for several of them. */
export function counted(count: number, one: string, several: string): string {
  return `${grouped(count)} ${count === 1 ? one : several}`;
}

export function anomalyCount({ anomalies, trainedSinceMs, lastMs }: SeriesReplay): string {
  if (trainedSinceMs === null) return 'No anomalies, as nothing is judged yet';
  const count = anomalies.length;
  const weeks = (lastMs - trainedSinceMs) / (7 * DAY_MS);
  const words = count === 0 ? 'No anomalies' : counted(count, 'anomaly', 'anomalies');
  const judged = `in ${formatDuration(lastMs - trainedSinceMs)}`;
  return count > weeks && weeks >= 1
    ? `${words} ${judged}, ${formatNumber(count / weeks)} a week`
    : `${words} ${judged}`;
}

/** When it was raised, and what came of it. */
export function courseWords(anomaly: ReplayedAnomaly, zone: ZoneFormat): string {
  const { startedAtMs, raisedAtMs, endedAtMs, score } = anomaly;
  const delay = raisedAtMs - startedAtMs;
  const raised = delay === 0 ? 'raised at once' : `raised after ${formatDuration(delay)}`;
  const end = endedAtMs === null ? 'not over at the end of the data' : `over at ${zone.moment(endedAtMs)}`;
  return `${raised}, ${end}, score ${formatNumber(score)}`;
}

export function anomalyWords(anomaly: ReplayedAnomaly): string {
  return explainEpisode(anomaly);
}

/** Names and shares of what the score is due to; null where the detector does not say. */
export function attributionWords({ evidence: { attribution } }: ReplayedAnomaly): string | null {
  if (attribution.length === 0) return null;
  return attribution
    .map(({ component, share }) => `${component.replaceAll('_', ' ')} ${Math.round(share * 100)} %`)
    .join(', ');
}

export function forecastWords(forecast: Forecast | null): string {
  if (forecast === null) return 'No forecast: no hour is complete yet';
  const { abstain, skill, daily } = forecast;
  if (abstain !== null) return `No forecast (${abstain.reason.replaceAll('_', ' ')}): ${abstain.detail}`;
  const better = skill === null ? '' : `${Math.round(skill.skill * 100)} % better than the best naive forecast; `;
  const day = Math.min(6, (daily?.p50.length ?? 1) - 1);
  const week =
    daily === null
      ? ''
      : `the mean of the ${day + 1}th day will be about ${formatNumber(daily.p50[day]!)}${rangeWords(daily.p10[day]!, daily.p90[day]!)}`;
  return `Forecast: ${better}${week}`;
}

/** Nothing where both ends read alike: the value before says it. */
function rangeWords(low: number, high: number): string {
  const [from, to] = [formatNumber(low), formatNumber(high)];
  return from === to ? '' : `, 8 times in 10 between ${from} and ${to}`;
}

export function limitWords(time: TimeToLimit, zone: ZoneFormat, hasForecast: boolean): string {
  const bound = `${time.bound === 'max' ? 'Upper' : 'Lower'} limit ${formatNumber(time.limitValue)}`;
  if (time.alreadyCrossed) return `${bound}: crossed already, at ${formatNumber(time.currentValue)}`;
  if (!hasForecast) return `${bound}: no date, as there is no forecast; now at ${formatNumber(time.currentValue)}`;
  if (time.neverWithinHorizon)
    return `${bound}: not within ${LIMIT_HORIZON_DAYS} days; now at ${formatNumber(time.currentValue)}`;
  const chance = `${formatChance(time.probabilityWithinHorizon)} within ${LIMIT_HORIZON_DAYS} days`;
  if (time.p50Ms === null) return `${bound}: ${chance}, so no likely date`;
  const range = [
    time.p10Ms === null ? null : `not before ${zone.day(time.p10Ms)}`,
    time.p90Ms === null ? null : `hardly after ${zone.day(time.p90Ms)}`,
  ].filter((word) => word !== null);
  return `${bound}: reached about ${zone.day(time.p50Ms)} (${[...range, chance].join(', ')})`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
