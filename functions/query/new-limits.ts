import { matchesSelector, selectedMetric } from '../../models/decide/match-limit.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Labels, Series } from '../../models/domain/series.ts';
import type { Resource } from './capacity-resource.ts';
import type { QueryDependencies } from './dependencies.ts';

/** So many resources are forecast for one answer: about a second of processor time. */
const MOST_AT_ONCE = 10;
const PAGE_SERIES = 1_000;
/** So many pages of series are looked through for one answer at most. */
const MOST_PAGES = 10;

export interface NewLimitsAsk {
  readonly workspace: string;
  readonly nowMs: number;
  /** Those that no forecast has seen. */
  readonly limits: readonly Limit[];
  readonly isAsked: (labels: Labels) => boolean;
}

/** Resources of new limits, forecast now: who puts a limit need not wait for its dates. Of many the first few. */
export async function forecastNewLimits(
  { series, simulate }: Pick<QueryDependencies, 'series' | 'simulate'>,
  { workspace, nowMs, limits, isAsked }: NewLimitsAsk,
): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  const scenario = { growthPct: 0, addCapacity: 0, removeCapacityPct: 0, fromMs: nowMs };
  const pages = { left: MOST_PAGES };
  let left = MOST_AT_ONCE;
  for (const limit of limits) {
    for await (const one of seriesOf(series, { workspace, limit, pages })) {
      if (!isAsked(one.labels)) continue;
      if (left-- === 0) return resources;
      const { seriesId, labels } = one;
      const { limitId } = limit;
      const found = await simulate({ workspace, series: one, limitId, scenario, replay: null, nowMs });
      const time = found?.limits[0]?.before;
      if (found === undefined || time === undefined) continue;
      const row = { seriesId, labels, madeAtMs: nowMs, watermarkMs: found.watermarkMs };
      resources.push({ row, limit, time, abstain: found.abstain, isLimitKnown: true });
    }
  }
  return resources;
}

interface SeriesAsk {
  readonly workspace: string;
  readonly limit: Limit;
  /** Shared by all limits of an answer. */
  readonly pages: { left: number };
}

async function* seriesOf(
  series: QueryDependencies['series'],
  { workspace, limit: { selector }, pages }: SeriesAsk,
): AsyncGenerator<Series> {
  const metric = selectedMetric(selector);
  let cursor: string | undefined;
  while (pages.left-- > 0) {
    const options = { limit: PAGE_SERIES, cursor };
    const page = await (metric === undefined
      ? series.list(workspace, options)
      : series.listByIndex(workspace, metric, options));
    for (const one of page.items) if (matchesSelector(selector, one.labels)) yield one;
    cursor = page.cursor;
    if (cursor === undefined) return;
  }
}
