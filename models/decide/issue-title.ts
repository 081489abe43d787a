import type { Anomaly, AnomalyType } from '../domain/anomaly.ts';
import { type Limit, limitAt } from '../domain/limit.ts';
import type { Prediction } from '../domain/prediction.ts';
import { formatDay, formatQuantity } from '../domain/quantity.ts';
import { metricName } from '../domain/series.ts';
import type { Overrun } from './find-overruns.ts';

const VERBS: Readonly<Record<AnomalyType, string>> = {
  spike: 'higher than expected',
  dip: 'lower than expected',
  level_shift: 'at a new level',
  missing: 'without data',
  group: 'moving together',
  outlier: 'unlike its peers',
};

/**
 * Title of an anomaly issue: what is wrong with which service, led by the anomaly that came first.
 *
 * Used by the decide room.
 *
 * Input:  at least one anomaly, earliest first.
 * Throws: RangeError without anomalies.
 */
export function anomalyTitle(service: string, anomalies: readonly Anomaly[]): string {
  const [first] = anomalies;
  if (first === undefined) throw new RangeError('anomalyTitle: anomalies must not be empty');
  if (first.affectedSeries !== undefined) return `${service}: ${first.affectedSeries} series ${VERBS[first.type]}`;
  const others = new Set(anomalies.map(({ seriesId }) => seriesId)).size - 1;
  const rest = others === 0 ? '' : ` and ${others} more`;
  return `${service}: ${metricName(first.labels) || 'a series'}${rest} ${VERBS[first.type]}`;
}

/**
 * Title of a prediction issue: what will reach which limit, and when.
 *
 * Used by the decide room.
 *
 * Definition: says that the limit is reached where a series is beyond it already, else the earliest median date.
 * Input:      members in any order; overruns and predictions of one service and limit.
 * Edge:       limit removed → the claim's own words; nothing left open → undefined, the title stays as it was.
 * Throws:     never.
 */
export function predictionTitle(
  service: string,
  open: readonly Prediction[],
  overruns: readonly Overrun[],
  limit: Limit | undefined,
): string | undefined {
  const terms = limit ?? open[0]?.claim;
  if (terms === undefined) return undefined;
  const count = new Set([...open, ...overruns].map(({ seriesId }) => seriesId)).size;
  const what = `${service}: ${terms.title}${count > 1 ? ` (${count} series)` : ''}`;
  const isTold = limit?.metric !== undefined;
  const valueAt = (atMs: number): string => (isTold ? 'its limit' : formatQuantity(limitAt(terms, atMs), terms.unit));
  if (overruns.length > 0) {
    const sinceMs = Math.max(...overruns.map((overrun) => overrun.sinceMs));
    return `${what} ${terms.bound === 'max' ? 'at or above' : 'at or below'} ${valueAt(sinceMs)}`;
  }
  if (open.length === 0) return undefined;
  let p50Ms = Number.POSITIVE_INFINITY;
  for (const { window } of open) p50Ms = Math.min(p50Ms, window.p50Ms);
  return `${what} will ${terms.bound === 'max' ? 'reach' : 'fall to'} ${valueAt(p50Ms)} about ${formatDay(p50Ms)}`;
}
