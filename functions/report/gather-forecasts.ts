import type { Limit } from '../../models/domain/limit.ts';
import type { ForecastNote } from './blind-spots.ts';
import type { CrossedRow, Frees } from './digest.ts';
import type { DigestSources } from './digest-sources.ts';
import { freesOf } from './frees.ts';
import { everyItem } from './pages.ts';
import { compareTrends, crossedRows, type TrendCandidate, trendCandidates } from './trend-rows.ts';

/** What the newest forecast says of a series and a limit. */
export interface LatestWord {
  readonly currentValue: number;
  readonly frees: Frees | null;
}

export interface GatheredForecasts {
  /** By series. */
  readonly notes: ReadonlyMap<string, ForecastNote>;
  /** The newest word on a series and a limit. */
  readonly latest: (seriesId: string, limitId: string) => LatestWord | undefined;
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
  const words = new Map<string, LatestWord>();
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
    for (const time of forecast.timeToLimit) {
      const { limitId, currentValue } = time;
      words.set(`${seriesId} ${limitId}`, { currentValue, frees: freesOf(time, madeAtMs) });
    }
    crossed.push(...crossedRows(forecast, limitById));
    trends.push(...trendCandidates(forecast, limitById, nowMs));
  }
  trends.sort(compareTrends);
  const latest = (seriesId: string, limitId: string) => words.get(`${seriesId} ${limitId}`);
  return { notes, latest, modelVersions, watermarkMs, crossed, trends };
}
