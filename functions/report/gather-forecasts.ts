import type { TimeToLimit } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { ForecastNote } from './blind-spots.ts';
import type { CrossedRow } from './digest.ts';
import type { DigestSources } from './digest-sources.ts';
import { everyItem } from './pages.ts';
import { compareTrends, crossedRows, type TrendCandidate, trendCandidates } from './trend-rows.ts';

export interface GatheredForecasts {
  /** By series. */
  readonly notes: ReadonlyMap<string, ForecastNote>;
  /** The newest word on a series and a limit. */
  readonly timeToLimit: (seriesId: string, limitId: string) => TimeToLimit | undefined;
  readonly modelVersions: ReadonlySet<string>;
  readonly watermarkMs: number | null;
  readonly crossed: readonly CrossedRow[];
  readonly trends: readonly TrendCandidate[];
}

/** One pass over the forecasts. Their paths are not kept: they are the bulk of a large workspace. */
export async function gatherForecasts(
  sources: Pick<DigestSources, 'listForecasts'>,
  workspace: string,
  limits: readonly Limit[],
  nowMs: number,
): Promise<GatheredForecasts> {
  const limitById = new Map(limits.map((limit) => [limit.limitId, limit]));
  const notes = new Map<string, ForecastNote>();
  const times = new Map<string, TimeToLimit>();
  const modelVersions = new Set<string>();
  const crossed: CrossedRow[] = [];
  const trends: TrendCandidate[] = [];
  let watermarkMs: number | null = null;
  for await (const forecast of everyItem((page) => sources.listForecasts(workspace, page))) {
    if (forecast.madeAtMs > nowMs) continue;
    const { seriesId, labels, madeAtMs, abstain } = forecast;
    notes.set(seriesId, { labels, madeAtMs, abstain: abstain?.reason ?? null });
    modelVersions.add(forecast.modelVersion);
    watermarkMs = Math.max(watermarkMs ?? forecast.watermarkMs, forecast.watermarkMs);
    for (const time of forecast.timeToLimit) times.set(`${seriesId} ${time.limitId}`, time);
    crossed.push(...crossedRows(forecast, limitById));
    trends.push(...trendCandidates(forecast, limitById, nowMs));
  }
  trends.sort(compareTrends);
  const timeToLimit = (seriesId: string, limitId: string) => times.get(`${seriesId} ${limitId}`);
  return { notes, timeToLimit, modelVersions, watermarkMs, crossed, trends };
}
