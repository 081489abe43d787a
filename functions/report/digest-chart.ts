import type { Forecast, QuantilePath } from '../../models/domain/forecast.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { DigestChart, PredictedRow, ResourceAtLimit, TrendRow } from './digest.ts';

export const CHART_PAST_MS = 28 * DAY_MS;
const LEAST_AHEAD_MS = 14 * DAY_MS;
const AFTER_CROSSING_MS = 3 * DAY_MS;

type Charted = ResourceAtLimit & Pick<TrendRow, 'p50Ms'> & Partial<Pick<PredictedRow, 'p10Ms' | 'p90Ms'>>;

/** Past hours and the forecast of one resource, cut a little after the limit is likely crossed. */
export function digestChart(row: Charted, hours: RollupColumns, forecast: Forecast, nowMs: number): DigestChart {
  const crossing = { p10Ms: row.p10Ms ?? null, p50Ms: row.p50Ms, p90Ms: row.p90Ms ?? null };
  const lastMs = crossing.p90Ms ?? crossing.p50Ms;
  const untilMs =
    lastMs === null ? Number.POSITIVE_INFINITY : Math.max(lastMs + AFTER_CROSSING_MS, nowMs + LEAST_AHEAD_MS);
  return {
    seriesId: row.seriesId,
    labels: row.labels,
    title: row.title,
    bound: row.bound,
    limitValue: row.limitValue,
    unit: row.unit,
    currentValue: row.currentValue,
    past: {
      timesMs: Array.from(hours.startsMs, (startMs) => startMs + HOUR_MS / 2),
      values: Array.from(hours.sums, (sum, hour) => sum / (hours.counts[hour] ?? 0)),
    },
    future: futureOf(forecast, untilMs),
    crossing,
  };
}

/** Hour by hour as far as that goes, then day by day. */
function futureOf(forecast: Forecast, untilMs: number): DigestChart['future'] {
  const points = [...pointsOf(forecast.hourly)];
  const hourlyEndMs = points.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY;
  for (const point of pointsOf(forecast.daily)) if (point.timeMs > hourlyEndMs) points.push(point);
  const shown = points.filter((point) => point.timeMs <= untilMs);
  return {
    timesMs: shown.map((point) => point.timeMs),
    p10: shown.map((point) => point.p10),
    p50: shown.map((point) => point.p50),
    p90: shown.map((point) => point.p90),
  };
}

function* pointsOf(path: QuantilePath | null): Generator<{ timeMs: number; p10: number; p50: number; p90: number }> {
  if (path === null) return;
  for (const [i, p50] of path.p50.entries()) {
    yield { timeMs: path.startMs + (i + 0.5) * path.stepMs, p10: path.p10[i] ?? p50, p50, p90: path.p90[i] ?? p50 };
  }
}
