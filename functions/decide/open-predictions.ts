import { makePrediction } from '../../models/decide/make-prediction.ts';
import { matchesSelector, selectedMetric } from '../../models/decide/match-limit.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { Series } from '../../models/domain/series.ts';
import { collectPages, type DecideDependencies } from './dependencies.ts';

/** Series of one metric, or of a workspace, that one limit is matched against. */
const MAX_SERIES = 50_000;

/** Newest forecasts of the series that some limit applies to; other series' forecasts are not read. */
export async function readLimitedForecasts(
  deps: DecideDependencies,
  workspace: string,
  limits: readonly Limit[],
): Promise<readonly Forecast[]> {
  const byMetric = new Map<string | undefined, Limit[]>();
  for (const limit of limits) {
    const metric = selectedMetric(limit.selector);
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), limit]);
  }
  const seriesIds = new Set<string>();
  for (const [metric, group] of byMetric) {
    for (const { seriesId, labels } of await listSeries(deps, workspace, metric)) {
      if (group.some(({ selector }) => matchesSelector(selector, labels))) seriesIds.add(seriesId);
    }
  }
  return seriesIds.size === 0 ? [] : deps.forecasts.getMany(workspace, [...seriesIds]);
}

function listSeries(
  { series }: DecideDependencies,
  workspace: string,
  metric: string | undefined,
): Promise<readonly Series[]> {
  return collectPages(
    (options) =>
      metric === undefined ? series.list(workspace, options) : series.listByIndex(workspace, metric, options),
    MAX_SERIES,
  );
}

export interface OpenContext {
  readonly workspace: string;
  readonly limits: ReadonlyMap<string, Limit>;
  readonly forecasts: readonly Forecast[];
  /** Still open after settling. */
  readonly open: readonly Prediction[];
  readonly nowMs: number;
}

/**
 * Opens the claims that the newest forecasts give reason for. Returns those that are new.
 *
 * Run twice with the same forecasts, the second run makes the same ids and finds them taken.
 */
export async function openPredictions(
  deps: DecideDependencies,
  { workspace, limits, forecasts, open, nowMs }: OpenContext,
): Promise<readonly Prediction[]> {
  const bySeries = Map.groupBy(open, ({ seriesId }) => seriesId);
  const opened: Prediction[] = [];
  const identify = (seriesId: string, limitId: string, madeAtMs: number): string =>
    deps.timeId(madeAtMs, deps.hashId('prediction', workspace, seriesId, limitId, String(madeAtMs)));
  for (const forecast of forecasts) {
    const openPredictions = bySeries.get(forecast.seriesId) ?? [];
    for (const timeToLimit of forecast.timeToLimit) {
      const limit = limits.get(timeToLimit.limitId);
      if (limit === undefined) continue;
      const decision = makePrediction({ forecast, timeToLimit, limit, openPredictions, identify, nowMs });
      if (decision.kind === 'none') continue;
      const result = await deps.predictions.put(workspace, decision.prediction, { kind: 'absent' });
      if (result.kind === 'stored') opened.push(decision.prediction);
    }
  }
  return opened;
}
