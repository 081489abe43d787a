import { capacityLabels } from '../../models/decide/capacity-labels.ts';
import type { Forecast, UntoldLimit } from '../../models/domain/forecast.ts';
import { formatSeries, type Labels } from '../../models/domain/series.ts';

/** Why nothing is told of a limit whose value another series tells, and which series that would be. */
export function whyUntold({ metric, reason }: Pick<UntoldLimit, 'metric' | 'reason'>, labels: Labels) {
  const teller = formatSeries(capacityLabels(labels, metric));
  const detail =
    reason === 'limit_series_unknown'
      ? `No series ${teller} is known. What tells the limit must have the same labels as this series.`
      : `${teller} tells the limit, and has had no value for two days.`;
  return { reason, detail };
}

/** For people: limits of a forecast's series that have no entry in `time_to_limit`. */
export function untoldJson({ limitsUntold = [], labels }: Forecast) {
  return limitsUntold.map((untold) => ({ limit_id: untold.limitId, ...whyUntold(untold, labels) }));
}
