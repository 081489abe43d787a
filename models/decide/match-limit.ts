import type { Limit, Matcher } from '../domain/limit.ts';
import { type Labels, labelValue } from '../domain/series.ts';

/**
 * Selector match: does a series carry every label value that a selector names?
 *
 * Used by the decide room to find the series that a limit applies to.
 *
 * Definition: every matcher's value equals the series' value of that label, byte for byte; the metric's name is the
 *             label `__name__`. No pattern of any kind.
 * Input:      selector of any length and order; labels of one series.
 * Output:     true or false.
 * Edge:       an empty selector matches nothing: a limit on everything is a mistake, not a wish.
 * Cost:       O(matchers × labels).
 * Throws:     never.
 *
 * @example
 * matchesSelector([{ name: 'env', value: 'prod' }], [['env', 'prod'], ['host', 'db-1']]) // => true
 * matchesSelector([{ name: 'env', value: 'prod' }], [['env', 'test']]) // => false
 * matchesSelector([], [['env', 'prod']]) // => false
 */
export function matchesSelector(selector: readonly Matcher[], labels: Labels): boolean {
  return selector.length > 0 && selector.every(({ name, value }) => labelValue(labels, name) === value);
}

/**
 * Limits of a series: those whose selector matches its labels.
 *
 * Used by the forecast room (time to each limit) and the decide room (claims).
 *
 * Definition: see matchesSelector; order of `limits` is kept.
 * Edge:       no limit matches → empty.
 * Cost:       O(limits × matchers × labels).
 * Throws:     never.
 *
 * @example
 * matchLimits([], [['host', 'db-1']]) // => []
 */
export function matchLimits(limits: readonly Limit[], labels: Labels): readonly Limit[] {
  return limits.filter((limit) => matchesSelector(limit.selector, labels));
}

/**
 * Metric of a selector: the name that every matching series must have, to narrow a search.
 *
 * Used by the decide room to list a limit's series by metric name.
 *
 * Output: the value of the `__name__` matcher; undefined where the selector leaves the name open.
 * Throws: never.
 *
 * @example
 * selectedMetric([{ name: '__name__', value: 'disk_used' }]) // => 'disk_used'
 */
export function selectedMetric(selector: readonly Matcher[]): string | undefined {
  return selector.find(({ name }) => name === '__name__')?.value;
}
