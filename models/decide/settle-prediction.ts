import type { Change } from '../domain/change.ts';
import { LIMIT_HORIZON_DAYS } from '../domain/forecast.ts';
import { type Limit, limitAt } from '../domain/limit.ts';
import type { Prediction, PredictionStatus } from '../domain/prediction.ts';
import { formatDay, formatQuantity } from '../domain/quantity.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../domain/rollup.ts';
import { type Crossing, findCrossing, meanBetween, nearestApproach } from './find-crossing.ts';
import { courseFrom, isLimitOfClaim } from './limit-course.ts';

/** A series without data for so long has stopped. */
export const SILENCE_MS = 7 * DAY_MS;
/** Where p90 lies beyond the forecast's horizon, the window ends with the horizon. */
export const HORIZON_MS = LIMIT_HORIZON_DAYS * DAY_MS;
/** Forecasts speak of hours, and older data are kept in hours: nearer than that nothing is early or late. */
const RESOLUTION_MS = HOUR_MS;
const GRACE_SHARE = 0.25;
const LEAST_GRACE_MS = DAY_MS;

export interface SettleInput {
  readonly prediction: Prediction;
  /** The limit as it is now, with its value where another series tells it; null where it was removed. */
  readonly limit: Limit | null;
  /** Rollups of the series from a day before the claim was made, ascending; steps may differ between rows. */
  readonly rollups: RollupColumns;
  /** Changes that name the series' service. */
  readonly changes: readonly Change[];
  /** Data of this series is complete up to here; null where nothing has come since the claim. */
  readonly watermarkMs: number | null;
  readonly nowMs: number;
}

export type SettleOutcome = { readonly kind: 'open' } | { readonly kind: 'settled'; readonly prediction: Prediction };

/**
 * Window of a claim: when it should come true, and until when it is given the benefit of the doubt.
 *
 * Used to settle predictions and to say when they are due.
 *
 * Definition: the window ends at p90, or 400 days after the claim where p90 lies beyond the horizon; the grace after it
 *             is the larger of a quarter of (end − made) and one day.
 * Output:     milliseconds since the epoch.
 * Throws:     never.
 *
 * @example
 * claimWindow(0, 8 * 86400000).dueAtMs / 86400000 // => 10
 * claimWindow(0, 86400000).dueAtMs / 86400000 // => 2
 */
export function claimWindow(
  madeAtMs: number,
  p90Ms: number | null,
): { readonly endMs: number; readonly dueAtMs: number } {
  const endMs = p90Ms ?? madeAtMs + HORIZON_MS;
  return { endMs, dueAtMs: endMs + Math.max(GRACE_SHARE * (endMs - madeAtMs), LEAST_GRACE_MS) };
}

/**
 * Settlement: what became of a claim, from stored data alone.
 *
 * Used by the decide room; precision, recall and notice are computed from its answers.
 *
 * Definition: in this order. Limit removed → void; limit moved before any crossing → void. Crossed: more than an hour
 *             before p10 early, up to an hour after the window's end hit, up to the end of the grace late. Not crossed although data reach the end of
 *             the grace: averted where a change proves it (see findProof), else missed. No data for 7 days → void.
 *             Otherwise open: claims are judged on data, never on the clock.
 * Input:      see SettleInput.
 * Output:     open, or the prediction with its final status, reason, notice and actual value.
 * Edge:       a prediction that is settled already comes back unchanged, whatever the data say now.
 * Cost:       O(rollups + changes).
 * Accuracy:   times to one bucket.
 * Throws:     never.
 */
export function settlePrediction(input: SettleInput): SettleOutcome {
  const { prediction, limit, rollups, watermarkMs, nowMs } = input;
  if (prediction.status !== 'open') return { kind: 'settled', prediction };

  const { dueAtMs } = claimWindow(prediction.madeAtMs, prediction.window.p90Ms);
  const crossing = findCrossing(rollups, prediction.claim, prediction.madeAtMs);
  if (limit === null) return voided(input, 'the limit was removed');
  if (!isLimitOfClaim(limit, prediction) && (crossing === undefined || limit.updatedAtMs <= crossing.atMs)) {
    return voided(input, `the limit was changed to ${formatQuantity(courseFrom(limit, nowMs).value, limit.unit)}`);
  }
  if (crossing !== undefined && crossing.atMs < dueAtMs) return crossed(input, crossing);
  if (watermarkMs !== null && watermarkMs >= dueAtMs) return notCrossed(input, dueAtMs);
  const lastDataMs = Math.max(watermarkMs ?? 0, prediction.watermarkMs);
  if (nowMs - lastDataMs >= SILENCE_MS) {
    return voided(input, `the series has sent nothing since ${formatDay(lastDataMs)}`);
  }
  return { kind: 'open' };
}

function voided(input: SettleInput, reason: string): SettleOutcome {
  return settled(input, 'void', { noticeMs: null, actualValue: null, settleReason: reason });
}

function crossed(input: SettleInput, crossing: Crossing): SettleOutcome {
  const { madeAtMs, window, claim } = input.prediction;
  const { endMs } = claimWindow(madeAtMs, window.p90Ms);
  const isEarly = crossing.atMs < window.p10Ms - RESOLUTION_MS;
  const status = isEarly ? 'early' : crossing.atMs <= endMs + RESOLUTION_MS ? 'hit' : 'late';
  const place = { early: 'before', hit: 'within', late: 'after' }[status];
  const reason = `reached ${formatQuantity(limitAt(claim, crossing.atMs), claim.unit)} on ${formatDay(crossing.atMs)}, ${place} the predicted range`;
  return settled(input, status, {
    noticeMs: crossing.atMs - madeAtMs,
    actualValue: crossing.value,
    settleReason: reason,
  });
}

function notCrossed(input: SettleInput, dueAtMs: number): SettleOutcome {
  const { claim, madeAtMs } = input.prediction;
  const actualValue = nearestApproach(input.rollups, claim.bound, madeAtMs);
  const until = `${formatQuantity(limitAt(claim, dueAtMs), claim.unit)} was not reached by ${formatDay(dueAtMs)}`;
  const proof = findProof(input);
  if (proof === undefined) return settled(input, 'missed', { noticeMs: null, actualValue, settleReason: until });
  const act = `the ${proof.kind} of ${formatDay(proof.atMs)} (${proof.changeId}) came first, and the series has kept its distance since`;
  return settled(input, 'averted', { noticeMs: null, actualValue, settleReason: `${until}; ${act}` });
}

/**
 * The change that proves that somebody acted: recorded between the warning and the end of its window, and since then
 * the series, which had been predicted to close in on its limit, is no nearer to it: the mean of its last day up to the
 * due date against the mean of the day before the change. A change alone proves nothing: things are deployed daily.
 */
function findProof({ prediction, rollups, changes }: SettleInput): Change | undefined {
  const { claim, madeAtMs, window } = prediction;
  const { endMs, dueAtMs } = claimWindow(madeAtMs, window.p90Ms);
  const { value } = courseFrom(claim, dueAtMs);
  const distance = (mean: number): number => (claim.bound === 'max' ? value - mean : mean - value);
  const finalDistance = distance(meanBetween(rollups, dueAtMs - DAY_MS, dueAtMs));
  return changes
    .filter((change) => change.atMs > madeAtMs && change.atMs <= endMs)
    .sort((a, b) => a.atMs - b.atMs || (a.changeId < b.changeId ? -1 : 1))
    .find((change) => finalDistance >= distance(meanBetween(rollups, change.atMs - DAY_MS, change.atMs)));
}

function settled(
  { prediction, nowMs }: SettleInput,
  status: PredictionStatus,
  end: Pick<Prediction, 'noticeMs' | 'actualValue' | 'settleReason'>,
): SettleOutcome {
  return { kind: 'settled', prediction: { ...prediction, ...end, status, settledAtMs: nowMs } };
}
