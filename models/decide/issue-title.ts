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
 * Definition: says that the limit is reached where a series is beyond it already, and how many more will be; else the
 *             earliest median date.
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
  const over = new Set(overruns.map(({ seriesId }) => seriesId));
  const ahead = open.filter(({ seriesId }) => !over.has(seriesId));
  const aheadCount = new Set(ahead.map(({ seriesId }) => seriesId)).size;
  const count = over.size || aheadCount;
  const what = `${service}: ${terms.title}${count > 1 ? ` (${count} series)` : ''}`;
  const reach = terms.bound === 'max' ? 'reach' : 'fall to';
  const p50Ms = ahead.reduce((earliest, { window }) => Math.min(earliest, window.p50Ms), Number.POSITIVE_INFINITY);
  const isTold = limit?.metric !== undefined;
  const valueAt = (atMs: number): string => (isTold ? 'its limit' : formatQuantity(limitAt(terms, atMs), terms.unit));
  if (overruns.length > 0) {
    const sinceMs = Math.max(...overruns.map((overrun) => overrun.sinceMs));
    const state = `${what} ${terms.bound === 'max' ? 'at or above' : 'at or below'} ${valueAt(sinceMs)}`;
    return aheadCount === 0 ? state : `${state}, ${aheadCount} more will ${reach} it about ${formatDay(p50Ms)}`;
  }
  if (aheadCount === 0) return undefined;
  return `${what} will ${reach} ${valueAt(p50Ms)} about ${formatDay(p50Ms)}`;
}
