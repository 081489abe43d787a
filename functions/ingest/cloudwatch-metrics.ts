import { cloudWatchName, dimensionLabel } from './cloudwatch-names.ts';
import { withCommon } from './common-labels.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { checkSeriesLabels, compareUtf8, type LabelPair } from './validate-labels.ts';
import { checkTime, SampleCollector } from './validate-samples.ts';

/** What CloudWatch knows of one metric in one minute. */
export interface CloudWatchPoint {
  readonly namespace: string;
  readonly metricName: string;
  readonly accountId: string;
  readonly region: string;
  /** As CloudWatch names them. */
  readonly dimensions: readonly LabelPair[];
  /** When the minute began. */
  readonly timestampMs: number;
  /** `sum`, `count`, `min` and `max`, and those that the metric stream adds: `p99`, `tm90`. */
  readonly stats: ReadonlyMap<string, number>;
}

/** Why a point says nothing that could be stored. It is counted, and nobody need look at it. */
export interface EmptyPoint {
  readonly dropped: 'count_zero' | 'range_reversed' | 'value_not_finite';
}

/** Labels that are ours; a dimension of such a name becomes `dimension_…`. */
const OWN = new Set(['__name__', 'account_id', 'region', 'stat']);

/** Turns points into series: one for each statistic, told apart by the label `stat`, and `avg` besides. */
export class CloudWatchMetrics {
  readonly #context: DecodeContext;
  /** Labels that the sender adds to everything. */
  readonly #common: readonly LabelPair[];
  readonly #samples = new SampleCollector();
  #points = 0;

  constructor(context: DecodeContext, common: readonly LabelPair[]) {
    this.#context = context;
    this.#common = common;
  }

  get points(): number {
    return this.#points;
  }

  /** Undefined where all of the point is taken. */
  add(point: CloudWatchPoint): EmptyPoint | Refusal | undefined {
    this.#points++;
    const time = checkTime(point.timestampMs, this.#context.nowMs, this.#context.limits);
    if (time !== undefined) return time;
    const stats = withAverage(point.stats);
    if ('dropped' in stats) return stats;
    const key = keyOf(point, this.#common);
    const identities: Identity[] = [];
    for (const [stat] of stats) {
      const identity = this.#identify(point, stat, key);
      if ('code' in identity) return identity;
      identities.push(identity);
    }
    for (const [i, [, value]] of stats.entries()) {
      this.#samples.begin(identities[i]!);
      this.#samples.add(point.timestampMs, value, 0);
    }
    return undefined;
  }

  finish(): ReturnType<SampleCollector['finish']> {
    return this.#samples.finish();
  }

  #identify(point: CloudWatchPoint, stat: string, pointKey: string): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    const key = `w${stat.length}:${stat}${pointKey}`;
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const checked = checkSeriesLabels(labelsOf(point, stat, this.#common), limits);
    // Whatever it counts it counts for a minute: each value stands for itself.
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels, 'gauge');
  }
}

function withAverage(stats: ReadonlyMap<string, number>): (readonly [stat: string, value: number])[] | EmptyPoint {
  const [sum, count, min, max] = ['sum', 'count', 'min', 'max'].map((stat) => stats.get(stat));
  if (count === 0) return { dropped: 'count_zero' };
  if (min !== undefined && max !== undefined && min > max) return { dropped: 'range_reversed' };
  const all = [...stats];
  if (sum !== undefined && count !== undefined) all.push(['avg', sum / count]);
  if (!all.every(([, value]) => Number.isFinite(value))) return { dropped: 'value_not_finite' };
  // One order for both formats, so that the same points make the same batch.
  return all.sort(([a], [b]) => compareUtf8(a, b));
}

/** Lengths keep different points different. */
function keyOf(point: CloudWatchPoint, common: readonly LabelPair[]): string {
  const { namespace, metricName, accountId, region, dimensions } = point;
  let key = '';
  for (const text of [namespace, metricName, accountId, region]) key += `${text.length}:${text}`;
  for (const [name, value] of dimensions) key += `${name.length}:${name}${value.length}:${value}`;
  key += '+';
  for (const [name, value] of common) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

function labelsOf(point: CloudWatchPoint, stat: string, common: readonly LabelPair[]): LabelPair[] {
  const labels: LabelPair[] = [
    ['__name__', cloudWatchName(point.namespace, point.metricName)],
    ['account_id', point.accountId],
    ['region', point.region],
    ['stat', stat],
  ];
  for (const [name, value] of point.dimensions) {
    const label = dimensionLabel(name);
    labels.push([OWN.has(label) ? `dimension_${label}` : label, value]);
  }
  return withCommon(labels, common);
}
