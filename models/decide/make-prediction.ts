import type { Forecast, TimeToLimit } from '../domain/forecast.ts';
import type { Limit } from '../domain/limit.ts';
import type { Prediction } from '../domain/prediction.ts';
import { formatDay, formatQuantity } from '../domain/quantity.ts';
import { DAY_MS } from '../domain/rollup.ts';
import { limitOfForecast } from './limit-course.ts';
import { claimWindow, HORIZON_MS, SILENCE_MS } from './settle-prediction.ts';

/** Planners see a claim early, before it is urgent, when it is as likely as not that it comes true within this time. */
const EARLY_MS = 90 * DAY_MS;

/** Why no claim is made. */
export type NoClaimReason = 'abstained' | 'stale' | 'limit_changed' | 'already_crossed' | 'claim_open' | 'unlikely';

export type ClaimDecision =
  | { readonly kind: 'claim'; readonly prediction: Prediction; readonly urgent: boolean }
  | { readonly kind: 'none'; readonly reason: NoClaimReason };

export interface ClaimInput {
  readonly forecast: Forecast;
  readonly timeToLimit: TimeToLimit;
  readonly limit: Limit;
  /** Claims of this series that are not settled. */
  readonly openPredictions: readonly Prediction[];
  /** Names a claim by series, limit and the time it is made. */
  readonly identify: (seriesId: string, limitId: string, madeAtMs: number) => string;
  readonly nowMs: number;
}

/**
 * Claim: turns a forecast's time to a limit into a durable prediction, or says why not.
 *
 * Used by the decide room to open predictions.
 *
 * Definition: urgent where P(crossing before now + lead time) ≥ the limit's probability; kept early, without urgency,
 *             where p50 lies within 90 days. The claim is made at the forecast's own
 *             time, so that the same forecast makes the same claim. Where the median lies beyond the horizon, p50 is the
 *             horizon's end, and the evidence says so.
 * Input:      one forecast with one of its times to a limit; the limit as it is now.
 * Output:     the claim, open; or a reason word. `already_crossed` is no prediction but a fact: see findOverruns.
 * Edge:       one open claim for each series and limit; void and other settled ones do not count.
 * Cost:       O(open predictions).
 * Throws:     RangeError where forecast and limit do not belong together.
 */
export function makePrediction(input: ClaimInput): ClaimDecision {
  const { timeToLimit, limit } = input;
  if (timeToLimit.limitId !== limit.limitId) {
    throw new RangeError(`makePrediction: time to limit ${timeToLimit.limitId} given with limit ${limit.limitId}`);
  }
  const reason = refusal(input);
  if (reason !== undefined) return { kind: 'none', reason };
  const { p10Ms, p50Ms, probabilityWithinLeadTime } = timeToLimit;
  const urgent = probabilityWithinLeadTime >= limit.probability;
  const early = p50Ms !== null && p50Ms <= input.forecast.madeAtMs + EARLY_MS;
  if (p10Ms === null || !(urgent || early)) return { kind: 'none', reason: 'unlikely' };
  return { kind: 'claim', urgent, prediction: claimOf(input, p10Ms) };
}

function refusal({ forecast, timeToLimit, limit, openPredictions, nowMs }: ClaimInput): NoClaimReason | undefined {
  if (nowMs - forecast.watermarkMs >= SILENCE_MS) return 'stale';
  if (limitOfForecast(limit, timeToLimit, forecast.madeAtMs) === undefined) return 'limit_changed';
  if (timeToLimit.alreadyCrossed) return 'already_crossed';
  if (forecast.abstain !== null) return 'abstained';
  const isSame = (open: Prediction): boolean =>
    open.status === 'open' && open.seriesId === forecast.seriesId && open.claim.limitId === limit.limitId;
  return openPredictions.some(isSame) ? 'claim_open' : undefined;
}

function claimOf({ forecast, timeToLimit, limit, identify }: ClaimInput, p10Ms: number): Prediction {
  const { seriesId, labels, madeAtMs, watermarkMs, modelVersion } = forecast;
  const { title, bound, unit, leadTimeMs, action } = limit;
  const { limitValue: value, limitChanges: changes, p90Ms, currentValue } = timeToLimit;
  const p50Ms = timeToLimit.p50Ms ?? Math.max(p10Ms, madeAtMs + HORIZON_MS);
  return {
    predictionId: identify(seriesId, limit.limitId, madeAtMs),
    seriesId,
    labels,
    madeAtMs,
    watermarkMs,
    modelVersion,
    claim: { limitId: limit.limitId, title, bound, value, ...(changes && { changes }), unit, leadTimeMs, action },
    window: { p10Ms, p50Ms, p90Ms },
    probability: timeToLimit.probabilityWithinHorizon,
    probabilityWithinLeadTime: timeToLimit.probabilityWithinLeadTime,
    actByMs: p10Ms - leadTimeMs,
    currentValue,
    evidence: evidenceOf(forecast, timeToLimit, limit),
    status: 'open',
    dueAtMs: claimWindow(madeAtMs, p90Ms).dueAtMs,
    settledAtMs: null,
    noticeMs: null,
    actualValue: null,
    settleReason: null,
  };
}

function evidenceOf(forecast: Forecast, timeToLimit: TimeToLimit, limit: Limit): string {
  const { limitValue, limitChanges = [], p10Ms, p50Ms, p90Ms, currentValue } = timeToLimit;
  const day = (ms: number | null): string => (ms === null ? 'beyond the horizon' : formatDay(ms));
  const sentences = [
    `now ${formatQuantity(currentValue, limit.unit)} against a limit of ${formatQuantity(limitValue, limit.unit)}`,
    `crossing: p10 ${day(p10Ms)}, p50 ${day(p50Ms)}, p90 ${day(p90Ms)}`,
  ];
  for (const { fromMs, value } of limitChanges) {
    sentences.push(`the limit is ${formatQuantity(value, limit.unit)} from ${formatDay(fromMs)} on`);
  }
  const { skill } = forecast;
  if (skill !== null) {
    const better = `${Math.round(skill.skill * 100)} % better than the best naive forecast in ${skill.origins} backtests`;
    sentences.push(`${better}, ${Math.round(skill.coverage80 * 100)} % of held-out values inside p10 to p90`);
  }
  return sentences.join('; ');
}
