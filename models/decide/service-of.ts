import { type Labels, labelValue, metricName } from '../domain/series.ts';

const SERVICE_LABELS = ['service', 'job', 'instance'] as const;

/**
 * Service of a series: the word under which its troubles are gathered.
 *
 * Used by the decide room to group anomalies and predictions, and to find the changes that concern a series.
 *
 * Definition: the label `service`, else `job`, else `instance`, else the metric's name.
 * Edge:       a series without any of them → 'unknown'.
 * Throws:     never.
 *
 * @example
 * serviceOf([['__name__', 'up'], ['instance', 'db-1'], ['job', 'node']]) // => 'node'
 * serviceOf([['__name__', 'up']]) // => 'up'
 */
export function serviceOf(labels: Labels): string {
  for (const name of SERVICE_LABELS) {
    const value = labelValue(labels, name);
    if (value !== undefined) return value;
  }
  return metricName(labels) || 'unknown';
}
