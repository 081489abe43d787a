import type { Forecast } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';

/** A capacity that is told by a series trembles a little, and is the same capacity all the same. */
const SAME_CAPACITY = 0.01;

/**
 * The limit that each claim is about, as it is now; null where it was removed. What another series tells is known from
 * the newest forecast, which has read it; where it told nothing, the claim's own value stands.
 */
export function limitsOfClaims(
  limits: ReadonlyMap<string, Limit>,
  forecasts: readonly Forecast[],
): (prediction: Prediction) => Limit | null {
  const bySeries = new Map(forecasts.map((forecast) => [forecast.seriesId, forecast]));
  return ({ seriesId, claim }) => {
    const limit = limits.get(claim.limitId);
    if (limit?.metric === undefined) return limit ?? null;
    const forecast = bySeries.get(seriesId);
    const told = forecast?.timeToLimit.find(({ limitId }) => limitId === claim.limitId)?.limitValue ?? claim.value;
    const isSame = Math.abs(told - claim.value) <= SAME_CAPACITY * Math.abs(claim.value);
    if (isSame) return { ...limit, value: claim.value };
    return { ...limit, value: told, updatedAtMs: forecast?.madeAtMs ?? limit.updatedAtMs };
  };
}
