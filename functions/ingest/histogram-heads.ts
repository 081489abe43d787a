import type { SeriesHead } from '../../data/segments/batch.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import type { ByteIdentities } from './byte-identities.ts';
import type { ByteSource } from './byte-keys.ts';
import { HISTOGRAM_QUANTILES, histogramSeriesLabels } from './histogram-series.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { checkSeriesLabels } from './validate-labels.ts';

/** The series that a histogram becomes. */
export interface HistogramHeads {
  readonly count: SeriesHead;
  readonly sum: SeriesHead;
  /** As HISTOGRAM_QUANTILES. */
  readonly quantiles: readonly SeriesHead[];
}

/** Finds the series of histograms by the same bytes as their own labels. */
export class HistogramSeries {
  readonly #context: DecodeContext;
  readonly #protocol: string;

  constructor(context: DecodeContext, protocol: string) {
    this.#context = context;
    this.#protocol = protocol;
  }

  /** Labels are asked for where a series is not known yet. */
  of(key: ByteSource, start: number, end: number, isGauge: boolean, labels: () => Labels): HistogramHeads | Refusal {
    let made: ReturnType<typeof histogramSeriesLabels> | undefined;
    const wanted = (): ReturnType<typeof histogramSeriesLabels> => {
      made ??= histogramSeriesLabels(labels());
      return made;
    };
    const kind: SeriesKind = isGauge ? 'gauge' : 'counter';
    const head = (role: string, roleKind: SeriesKind, labelsOf: () => Labels): SeriesHead | Refusal => {
      const known = this.#identities(`${role} ${roleKind}`);
      const found = known.find(key, start, end);
      if (found !== undefined) return found;
      const checked = checkSeriesLabels(labelsOf(), this.#context.limits);
      return 'refusal' in checked ? checked.refusal : known.make(key, start, end, checked.labels, roleKind);
    };
    const count = head('count', kind, () => wanted().count);
    if ('code' in count) return count;
    const sum = head('sum', kind, () => wanted().sum);
    if ('code' in sum) return sum;
    const quantiles: SeriesHead[] = [];
    for (let i = 0; i < HISTOGRAM_QUANTILES.length; i++) {
      const quantile = head(`quantile ${i}`, 'gauge', () => wanted().quantiles[i]!);
      if ('code' in quantile) return quantile;
      quantiles.push(quantile);
    }
    return { count, sum, quantiles };
  }

  #identities(role: string): ByteIdentities {
    const { identity, workspace } = this.#context;
    return identity.ofBytes(workspace, `${this.#protocol} ${role}`);
  }
}
