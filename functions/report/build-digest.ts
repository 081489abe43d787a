import type { Prediction } from '../../models/domain/prediction.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { blindSpots } from './blind-spots.ts';
import { cap, type Digest, type DigestChart, type PredictedRow, type TrendRow } from './digest.ts';
import { CHART_PAST_MS, digestChart } from './digest-chart.ts';
import type { DigestSources } from './digest-sources.ts';
import { gatherForecasts } from './gather-forecasts.ts';
import { gatherIssues } from './issue-rows.ts';
import { everyItem } from './pages.ts';
import { gatherPredictions, predictedRows } from './predicted-rows.ts';
import { settledSummary } from './settled-summary.ts';
import { recentDailyMeans, type TrendCandidate } from './trend-rows.ts';
import { isoWeekOf } from './zoned-time.ts';

export type BuildDigest = (workspace: string, nowMs: number) => Promise<Digest>;

const WEEK_MS = 7 * DAY_MS;
const RECENT_MS = 14 * DAY_MS;
const PREDICTED_SHOWN = 12;
const CROSSED_SHOWN = 5;
const TRENDS_SHOWN = 5;

/** Gathers what a digest says. Reads only: the same stores and the same nowMs give the same digest, whenever it runs. */
export function createBuildDigest(sources: DigestSources, timeZone: string): BuildDigest {
  return async (workspace, nowMs) => {
    const { year, week, startMs } = isoWeekOf(nowMs, timeZone);
    const fromMs = (await lastDigestMs(sources, workspace, startMs)) ?? nowMs - WEEK_MS;
    const series = await collect(everyItem((page) => sources.listSeries(workspace, page)));
    const limits = await collect(everyItem((page) => sources.listLimits(workspace, page)));
    const activity = await sources.readActivity(workspace, fromMs, nowMs);
    const claims = await gatherPredictions(sources, workspace, fromMs, nowMs);
    const forecasts = await gatherForecasts(sources, workspace, limits, nowMs);
    const latest = ({ seriesId, claim }: Prediction) => forecasts.latest(seriesId, claim.limitId);
    const predicted = predictedRows(claims.open, latest, nowMs);
    // Those with an open prediction stand in the table above the trends.
    const told = new Set(claims.open.map(({ seriesId }) => seriesId));
    const moving = forecasts.trends.filter(({ seriesId }) => !told.has(seriesId));
    const trends = await withRecentDays(sources, workspace, moving.slice(0, TRENDS_SHOWN), nowMs);
    return {
      workspace,
      timeZone,
      asOfMs: nowMs,
      fromMs,
      week: { year, week },
      watermarkMs: newest([forecasts.watermarkMs, activity.newestMs]),
      modelVersions: [...forecasts.modelVersions].sort(),
      looked: {
        series: series.length,
        limits: limits.length,
        forecasts: forecasts.notes.size,
        samples: activity.samples,
      },
      decideThisWeek: predicted.filter(({ slackMs }) => slackMs <= WEEK_MS).length,
      insideLeadTime: predicted.filter(({ slackMs }) => slackMs <= 0).length,
      settled: settledSummary(claims.settled, claims.open.filter(({ madeAtMs }) => madeAtMs < fromMs).length),
      predicted: cap(predicted, PREDICTED_SHOWN),
      crossed: cap(forecasts.crossed, CROSSED_SHOWN),
      issues: await gatherIssues(sources, workspace, fromMs, nowMs),
      trend: { rows: trends, total: moving.length },
      blindSpots: blindSpots({ series, limits, forecasts: forecasts.notes, activity, fromMs, nowMs }),
      chart: await gatherChart(sources, workspace, predicted[0] ?? trends[0], nowMs),
    };
  };
}

/** When the newest digest before this week was made. Those of this week are repeats of the one being built. */
async function lastDigestMs(sources: DigestSources, workspace: string, beforeMs: number): Promise<number | null> {
  const to = new Date(beforeMs).toISOString();
  const times: number[] = [];
  for (const status of ['sent', 'pending', 'failed'] as const) {
    const page = await sources.listDeliveries(workspace, status, { limit: 1, to, descending: true });
    times.push(...page.items.map(({ createdAtMs }) => createdAtMs));
  }
  return newest(times);
}

async function withRecentDays(
  sources: DigestSources,
  workspace: string,
  trends: readonly TrendCandidate[],
  nowMs: number,
): Promise<readonly TrendRow[]> {
  const rows: TrendRow[] = [];
  for (const row of trends) {
    const series = await sources.getSeries(workspace, row.seriesId);
    if (!series) continue;
    const hours = await sources.readHours(workspace, series, nowMs - RECENT_MS, nowMs);
    rows.push({ ...row, recentDays: recentDailyMeans(hours, nowMs) });
  }
  return rows;
}

/** The chart of the most urgent resource. */
async function gatherChart(
  sources: DigestSources,
  workspace: string,
  row: PredictedRow | TrendRow | undefined,
  nowMs: number,
): Promise<DigestChart | null> {
  if (!row) return null;
  const series = await sources.getSeries(workspace, row.seriesId);
  const forecast = await sources.getForecast(workspace, row.seriesId);
  if (!series || !forecast) return null;
  return digestChart(row, await sources.readHours(workspace, series, nowMs - CHART_PAST_MS, nowMs), forecast, nowMs);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function newest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
