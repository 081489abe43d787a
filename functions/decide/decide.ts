import { SUSPECT_MS } from '../../models/decide/find-suspects.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { collectPages, type DecideDependencies } from './dependencies.ts';
import { type GroupResult, groupIssues, LOOKBACK_MS } from './group-issues.ts';
import { limitsOfClaims } from './limits-of-claims.ts';
import { openPredictions, readLimitedForecasts } from './open-predictions.ts';
import { settlePredictions } from './settle-predictions.ts';

const MAX_LIMITS = 1_000;
const MAX_OPEN_PREDICTIONS = 10_000;
const MAX_CHANGES = 20_000;

export interface DecideResult {
  readonly settled: number;
  readonly opened: number;
  readonly issues: GroupResult;
}

export interface Decide {
  run(workspace: string, nowMs: number): Promise<DecideResult>;
}

/**
 * Decides, for one workspace: settles the predictions that stored data decide, opens new ones from the newest forecasts,
 * and groups what is wrong into issues.
 *
 * Run twice with the same input, the second run changes nothing: ids come from content, every write is conditional.
 */
export function createDecide(deps: DecideDependencies): Decide {
  return {
    async run(workspace, nowMs) {
      const limits = await collectPages((options) => deps.limits.list(workspace, options), MAX_LIMITS);
      const limitsById = new Map(limits.map((limit) => [limit.limitId, limit]));
      const openBefore = await collectPages(
        (options) => deps.predictions.listByIndex(workspace, 'open', options),
        MAX_OPEN_PREDICTIONS,
      );
      const changesFromMs = earliest(openBefore, nowMs - LOOKBACK_MS) - SUSPECT_MS;
      const from = new Date(changesFromMs).toISOString();
      const changes = await collectPages((options) => deps.changes.list(workspace, { ...options, from }), MAX_CHANGES);

      const forecasts = await readLimitedForecasts(deps, workspace, limits);
      const limitOf = limitsOfClaims(limitsById, forecasts);
      const settled = await settlePredictions(deps, openBefore, { workspace, limitOf, changes, nowMs });
      const settledIds = new Set(settled.map(({ predictionId }) => predictionId));
      const stillOpen = openBefore.filter(({ predictionId }) => !settledIds.has(predictionId));
      const opened = await openPredictions(deps, { workspace, limits: limitsById, forecasts, open: stillOpen, nowMs });
      const issues = await groupIssues(deps, {
        workspace,
        limits,
        forecasts,
        predictions: [...stillOpen, ...opened, ...settled],
        changes,
        changesFromMs,
        nowMs,
      });
      return { settled: settled.length, opened: opened.length, issues };
    },
  };
}

function earliest(predictions: readonly Prediction[], fallbackMs: number): number {
  return predictions.reduce((earliestMs, { madeAtMs }) => Math.min(earliestMs, madeAtMs), fallbackMs);
}
