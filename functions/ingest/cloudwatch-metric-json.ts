import type { CloudWatchPoint } from './cloudwatch-metrics.ts';
import type { Refusal } from './validate.ts';
import { isObject, ownField } from './validate-json.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

/** A metric stream adds at most 20 statistics to the four of its own. */
const MAX_STATS = 24;
/** `p99.9`, `tm98`, `PR(:300)`, `TM(10%:90%)`. */
const STAT = /^[A-Za-z][A-Za-z0-9.:%()]{0,63}$/;

/** A point as a metric stream has it in its JSON format: one object on a line. */
export function readCloudWatchMetric(item: Readonly<Record<string, unknown>>): CloudWatchPoint | Refusal {
  const namespace = ownField(item, 'namespace');
  const metricName = ownField(item, 'metric_name');
  if (typeof namespace !== 'string' || namespace === '' || typeof metricName !== 'string' || metricName === '') {
    return { code: 'metric_name_missing', detail: '"namespace" and "metric_name" must be texts' };
  }
  const timestampMs = ownField(item, 'timestamp');
  if (typeof timestampMs !== 'number' || !Number.isInteger(timestampMs)) {
    return { code: 'timestamp_invalid', detail: '"timestamp" must be whole milliseconds' };
  }
  const dimensions = readDimensions(ownField(item, 'dimensions'));
  if ('code' in dimensions) return dimensions;
  const stats = readStats(ownField(item, 'value'));
  if ('code' in stats) return stats;
  const accountId = textOf(item, 'account_id');
  return { namespace, metricName, accountId, region: textOf(item, 'region'), dimensions, timestampMs, stats };
}

function textOf(item: Readonly<Record<string, unknown>>, name: string): string {
  const value = ownField(item, name);
  return typeof value === 'string' ? value : '';
}

function readDimensions(raw: unknown): LabelPair[] | Refusal {
  if (raw === undefined || raw === null) return [];
  if (!isObject(raw)) return { code: 'dimensions_invalid', detail: '"dimensions" must be an object' };
  const pairs: LabelPair[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string') {
      return { code: 'dimensions_invalid', detail: `dimension ${quote(name)} must have a text as its value` };
    }
    pairs.push([name, value]);
  }
  return pairs;
}

function readStats(raw: unknown): ReadonlyMap<string, number> | Refusal {
  if (!isObject(raw)) return { code: 'value_invalid', detail: '"value" must be an object of statistics' };
  const stats = new Map<string, number>();
  for (const [stat, value] of Object.entries(raw)) {
    if (value === null) continue;
    if (typeof value !== 'number' || !STAT.test(stat)) {
      return { code: 'value_invalid', detail: `statistic ${quote(stat)} must have a number as its value` };
    }
    if (stats.size === MAX_STATS) return { code: 'value_invalid', detail: `more than ${MAX_STATS} statistics` };
    stats.set(stat, value);
  }
  return stats.size > 0 ? stats : { code: 'value_invalid', detail: '"value" has no statistics' };
}
