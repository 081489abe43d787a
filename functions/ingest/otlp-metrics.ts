import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { histogramQuantile } from '../../models/numeric/histogram-quantile.ts';
import { ServiceError } from '../platform/errors.ts';
import { HISTOGRAM_QUANTILES } from './histogram-series.ts';
import type { CheckedHistogram } from './otlp-histograms.ts';
import { type Attributes, duplicateWarning, seriesLabels, type Target } from './otlp-labels.ts';
import { describeMetric, type Metric, type MetricHead, type Mode, quantileRole, type Role } from './otlp-metric.ts';
import { Warnings } from './otlp-warnings.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { checkSeriesLabels } from './validate-labels.ts';
import { RejectionTally } from './validate-rejections.ts';
import { checkTime, SampleCollector } from './validate-samples.ts';

/** The flag of a point that says: there is no value here any more. */
export const NO_RECORDED_VALUE = 1;

/** A point as far as it says which series it belongs to. */
export interface PointSource {
  /** The series, where it is known: by its metric, by which of the series of a point it is, and by the attributes. */
  find(metric: string, role: string): Identity | undefined;
  attributes(): Attributes | Refusal;
  /** Makes the series that was looked for last. */
  make(labels: Labels, kind: SeriesKind): Identity;
}

export interface PointTime {
  readonly startMs: number;
  readonly timeMs: number;
  readonly flags: number;
}

/** A counter whose start is so recent began at zero then: said by one more sample. Longer ago, and the counter is known. */
const FRESH_START_MS = 90_000;
/** Resources, scopes and metrics without points cost time too. */
const CONTAINERS_PER_POINT = 4;
/** A histogram becomes five; only a summary may become more. */
const SAMPLES_PER_POINT = 6;

/** Takes metrics of OpenTelemetry, in whichever form they came, through the same rules. */
export class OtlpMetrics {
  readonly #context: DecodeContext;
  readonly #samples = new SampleCollector();
  readonly #rejected = new RejectionTally();
  readonly warnings = new Warnings();
  #points = 0;
  /** Of every point that was taken: its series, or all of them. */
  readonly #seriesOfPoints: (Identity | readonly Identity[])[] = [];
  #containers = 0;
  /** Samples of points that become several. */
  #derived = 0;
  #targetKey = '';
  #target: Target | Refusal = NO_TARGET;
  #metric: Metric | Refusal = NO_METRIC;
  #pointer: () => string = () => '';

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /** Counts a resource, a scope or a metric. */
  container(): void {
    this.#containers++;
    this.#checkCount(this.#containers, CONTAINERS_PER_POINT, 'resources, scopes and metrics');
  }

  /** The metrics that follow come from here. The key stands for resource and scope as they came. */
  beginTarget(key: string, target: Target | Refusal): void {
    this.#targetKey = key;
    this.#target = target;
  }

  /** The points that follow belong to this metric; the pointer says where the point in hand stands in the request. */
  beginMetric(head: MetricHead, pointer: () => string): void {
    this.#pointer = pointer;
    this.#metric = 'code' in this.#target ? this.#target : describeMetric(head, this.#targetKey, this.#context.limits);
  }

  number(source: PointSource, { startMs, timeMs, flags }: PointTime, value: number): void {
    const metric = this.#point(startMs, timeMs);
    if (metric === undefined) return;
    const series = this.#identify(metric, metric.value, source);
    if ('code' in series) {
      this.#refuse(series);
      return;
    }
    this.#seriesOfPoints.push(series);
    this.#samples.begin(series);
    this.#add(metric.value.mode, startMs, timeMs, flags, value);
  }

  histogram(source: PointSource, time: PointTime, histogram: CheckedHistogram | Refusal): void {
    const metric = this.#point(time.startMs, time.timeMs);
    if (metric === undefined) return;
    const gone = (time.flags & NO_RECORDED_VALUE) !== 0;
    if ('code' in histogram && !gone) {
      this.#refuse(histogram);
      return;
    }
    const { count, sum, buckets, spread } = 'code' in histogram ? NOTHING : histogram;
    const hasQuantiles = gone || buckets.length > 0;
    this.#several(metric, source, time, [
      [metric.count, count],
      ...(sum === undefined && !gone ? [] : [[metric.sum, sum ?? 0] as const]),
      ...(hasQuantiles ? HISTOGRAM_QUANTILES : []).map(
        (share) => [quantileRole(metric, share), histogramQuantile(buckets, share, spread)] as const,
      ),
    ]);
  }

  summary(
    source: PointSource,
    time: PointTime,
    {
      count,
      sum,
      quantiles,
    }: { readonly count: number; readonly sum: number; readonly quantiles: ReadonlyMap<number, number> },
  ): void {
    const metric = this.#point(time.startMs, time.timeMs);
    if (metric === undefined) return;
    const bad = [...quantiles.keys()].find((share) => !(share >= 0 && share <= 1));
    if (bad !== undefined || quantiles.size > this.#context.limits.explicitBuckets) {
      const detail =
        bad === undefined ? `${quantiles.size} quantiles` : `a quantile must be within 0 and 1, got ${bad}`;
      this.#refuse({ code: 'summary_invalid', detail });
      return;
    }
    const values = [...quantiles].map(([share, value]) => [quantileRole(metric, share), value] as const);
    this.#several(metric, source, time, [[metric.count, count], [metric.sum, sum], ...values]);
  }

  /** A point that cannot be taken, whatever its metric. */
  refusePoint(refusal: Refusal): void {
    this.#countPoint();
    this.#refuse('code' in this.#metric ? this.#metric : refusal);
  }

  finish(): MetricsBatch {
    const { series, samples, duplicates } = this.#samples.finish();
    return {
      series,
      acceptedSamples: samples,
      rejected: this.#rejected,
      discarded: new Map([['duplicate', duplicates]]),
      warnings: this.warnings.sentences,
      itemsIn: (seriesIds) => this.#seriesOfPoints.filter((of) => hasAny(of, seriesIds)).length,
    };
  }

  /** Counts a point; its metric where it can be taken so far. */
  #point(startMs: number, timeMs: number): Metric | undefined {
    this.#countPoint();
    const metric = this.#metric;
    const refusal = 'code' in metric ? metric : this.#checkTime(metric.count.mode, startMs, timeMs);
    if (refusal === undefined) return metric as Metric;
    this.#refuse(refusal);
    return undefined;
  }

  #countPoint(): void {
    this.#points++;
    this.#checkCount(this.#points, 1, 'data points');
  }

  #checkTime(mode: Mode, startMs: number, timeMs: number): Refusal | undefined {
    if (timeMs === 0) return { code: 'timestamp_missing', detail: 'timeUnixNano must be set' };
    if (startMs > timeMs) return { code: 'start_after_time', detail: 'startTimeUnixNano is later than timeUnixNano' };
    if (mode === 'rate' && (startMs === 0 || startMs === timeMs)) {
      return { code: 'interval_missing', detail: 'a delta needs startTimeUnixNano before timeUnixNano' };
    }
    return checkTime(timeMs, this.#context.nowMs, this.#context.limits);
  }

  #several(metric: Metric, source: PointSource, time: PointTime, values: readonly (readonly [Role, number])[]): void {
    this.#derived += values.length;
    this.#checkCount(this.#derived, SAMPLES_PER_POINT, 'samples made of data points');
    const identities: Identity[] = [];
    for (const [role] of values) {
      const series = this.#identify(metric, role, source);
      if ('code' in series) {
        this.#refuse(series);
        return;
      }
      identities.push(series);
    }
    this.#seriesOfPoints.push(identities);
    for (const [i, [role, value]] of values.entries()) {
      this.#samples.begin(identities[i]!);
      this.#add(role.mode, time.startMs, time.timeMs, time.flags, value);
    }
  }

  /** Adds to the series that was begun last. */
  #add(mode: Mode, startMs: number, timeMs: number, flags: number, value: number): void {
    if ((flags & NO_RECORDED_VALUE) !== 0) {
      this.#samples.add(timeMs, Number.NaN, 1);
      return;
    }
    const isFresh = mode === 'counter' && startMs > 0 && startMs < timeMs && timeMs - startMs <= FRESH_START_MS;
    if (isFresh && startMs >= this.#context.limits.oldestMs) this.#samples.add(startMs, 0, 0);
    this.#samples.add(timeMs, mode === 'rate' ? (value * 1000) / (timeMs - startMs) : value, 0);
  }

  #identify(metric: Metric, role: Role, source: PointSource): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    const known = source.find(metric.keyPrefix, role.code);
    if (known !== undefined) return known;
    const attributes = source.attributes();
    if ('code' in attributes) return attributes;
    // A metric is refused together with its target.
    const pairs = seriesLabels(this.#target as Target, attributes, [['__name__', role.name], ...role.labels], limits);
    const checked = checkSeriesLabels(pairs, limits);
    if ('refusal' in checked) return checked.refusal;
    const kind = role.mode === 'counter' ? 'counter' : 'gauge';
    const warning = duplicateWarning(attributes);
    if (warning === undefined) return source.make(checked.labels, kind);
    this.warnings.add(warning);
    // Kept under a key that nobody looks for, so that the next request gets the warning too.
    return identity.make(workspace, `!${metric.keyPrefix}`, checked.labels, kind);
  }

  #refuse(refusal: Refusal): void {
    this.#rejected.add(this.#points - 1, refusal, 1, this.#pointer);
  }

  #checkCount(count: number, factor: number, what: string): void {
    const limit = this.#context.limits.samplesPerRequest * factor;
    if (count <= limit) return;
    throw new ServiceError('ingest/payload-too-large', `more than ${limit} ${what} in one request`, {
      details: { limit },
    });
  }
}

function hasAny(of: Identity | readonly Identity[], seriesIds: ReadonlySet<string>): boolean {
  return 'seriesId' in of ? seriesIds.has(of.seriesId) : of.some(({ seriesId }) => seriesIds.has(seriesId));
}

/** Neither asDouble nor asInt, and no flag that says so. */
export const VALUE_MISSING: Refusal = {
  code: 'value_missing',
  detail: 'the point has neither asDouble nor asInt',
};

const NO_TARGET: Refusal = { code: 'item_invalid', detail: 'a metric without a resource' };
const NO_METRIC: Refusal = { code: 'item_invalid', detail: 'a point without a metric' };
const NOTHING: CheckedHistogram = { count: 0, sum: 0, buckets: [], spread: 'linear' };
