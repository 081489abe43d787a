import type { Labels } from '../../models/domain/series.ts';

/** The quantiles that a histogram is watched by: how it usually is, how it is for few, how it is at worst. */
export const HISTOGRAM_QUANTILES = [0.5, 0.9, 0.99] as const;

const NAME = '__name__';
const QUANTILE = 'quantile';

/**
 * A histogram becomes series that detection understands: `name_count` and `name_sum`, and `name` with the label `quantile`
 * for each of HISTOGRAM_QUANTILES. These are their labels, as they would have come from a sender: not sorted, not checked.
 */
export function histogramSeriesLabels(labels: Labels): {
  readonly count: Labels;
  readonly sum: Labels;
  readonly quantiles: readonly Labels[];
} {
  const named = (suffix: string): Labels =>
    labels.map(([name, value]) => [name, name === NAME ? `${value}${suffix}` : value] as const);
  const rest = labels.filter(([name]) => name !== QUANTILE);
  return {
    count: named('_count'),
    sum: named('_sum'),
    quantiles: HISTOGRAM_QUANTILES.map((share) => [...rest, [QUANTILE, `${share}`]]),
  };
}
