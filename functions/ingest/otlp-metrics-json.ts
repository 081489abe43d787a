import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import type { IngestLimits } from './limits.ts';
import { digestOf } from './otlp-digest.ts';
import { checkExponential, checkHistogram, type ExponentialBuckets } from './otlp-histograms.ts';
import { JsonFields, type JsonMessage, present } from './otlp-json-fields.ts';
import { OTLP_JSON_DEPTH, readJsonAttributes, readJsonResource, readJsonScope } from './otlp-json-values.ts';
import { type Attributes, targetOf } from './otlp-labels.ts';
import type { MetricShape } from './otlp-metric.ts';
import { NO_RECORDED_VALUE, OtlpMetrics, type PointSource, type PointTime, VALUE_MISSING } from './otlp-metrics.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { readJsonValue } from './validate-json.ts';

const REQUEST = ['resourceMetrics'] as const;
const RESOURCE_METRICS = ['resource', 'scopeMetrics', 'schemaUrl'] as const;
const SCOPE_METRICS = ['scope', 'metrics', 'schemaUrl'] as const;
const SHAPES: readonly MetricShape[] = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
const METRIC = ['name', 'description', 'unit', 'metadata', ...SHAPES] as const;
const DATA = ['dataPoints', 'aggregationTemporality', 'isMonotonic'] as const;
const POINT = ['attributes', 'startTimeUnixNano', 'timeUnixNano', 'exemplars', 'flags'] as const;
const NUMBER = [...POINT, 'asDouble', 'asInt'] as const;
const HISTOGRAM = [...POINT, 'count', 'sum', 'bucketCounts', 'explicitBounds', 'min', 'max'] as const;
const EXPONENTIAL = [
  ...POINT,
  'count',
  'sum',
  'scale',
  'zeroCount',
  'positive',
  'negative',
  'min',
  'max',
  'zeroThreshold',
] as const;
const BUCKETS = ['offset', 'bucketCounts'] as const;
const SUMMARY = [...POINT, 'count', 'sum', 'quantileValues'] as const;
const QUANTILE = ['quantile', 'value'] as const;

const OVERFLOW: Refusal = { code: 'value_invalid', detail: 'a number is too large for float64' };

/**
 * Decodes an ExportMetricsServiceRequest of OTLP as JSON.
 *
 * What is wrong with one point refuses only that. What cannot be read refuses the request with `ingest/payload-invalid`,
 * what is too much with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes. Decoding twice gives the
 * same batch.
 */
export function decodeOtlpMetricsJson(body: Uint8Array, context: DecodeContext): MetricsBatch {
  const metrics = new OtlpMetrics(context);
  const raw = readJsonValue(body, { ...context.limits, jsonDepth: OTLP_JSON_DEPTH });
  new MetricsReader(context, metrics).read(raw);
  return metrics.finish();
}

class MetricsReader implements PointSource {
  readonly #context: DecodeContext;
  readonly #limits: IngestLimits;
  readonly #metrics: OtlpMetrics;
  readonly #fields: JsonFields;
  #pointer = '';
  #point: JsonMessage = {};
  /** The attributes of the point in hand, as they came. */
  #attributesKey = '';
  #key = '';

  constructor(context: DecodeContext, metrics: OtlpMetrics) {
    this.#context = context;
    this.#limits = context.limits;
    this.#metrics = metrics;
    this.#fields = new JsonFields(metrics.warnings);
  }

  read(raw: unknown): void {
    const fields = this.#fields;
    const request = fields.message(raw, REQUEST);
    for (const [i, rawResource] of fields.list(request, 'resourceMetrics').entries()) {
      this.#metrics.container();
      const ofResource = fields.message(rawResource, RESOURCE_METRICS);
      const resource = readJsonResource(fields, ofResource, this.#limits);
      for (const [j, rawScope] of fields.list(ofResource, 'scopeMetrics').entries()) {
        this.#metrics.container();
        const ofScope = fields.message(rawScope, SCOPE_METRICS);
        this.#beginTarget(ofResource, resource, ofScope);
        for (const [k, rawMetric] of fields.list(ofScope, 'metrics').entries()) {
          this.#metrics.container();
          this.#metric(fields.message(rawMetric, METRIC), `resourceMetrics[${i}].scopeMetrics[${j}].metrics[${k}]`);
        }
      }
    }
  }

  find(metric: string, role: string): Identity | undefined {
    this.#key = `J${metric}${role}${this.#attributesKey}`;
    return this.#context.identity.find(this.#context.workspace, this.#key);
  }

  make(labels: Labels, kind: SeriesKind): Identity {
    return this.#context.identity.make(this.#context.workspace, this.#key, labels, kind);
  }

  attributes(): Attributes | Refusal {
    return readJsonAttributes(this.#fields, this.#point, this.#limits);
  }

  #beginTarget(ofResource: JsonMessage, resource: Attributes | Refusal, ofScope: JsonMessage): void {
    const scope = readJsonScope(this.#fields, ofScope, this.#limits);
    const keys = [present(ofResource, 'resource'), present(ofScope, 'scope')].map((part) => JSON.stringify(part) ?? '');
    const refusal = 'code' in resource ? resource : 'code' in scope ? scope : undefined;
    this.#metrics.beginTarget(
      digestOf(...keys),
      refusal ?? targetOf(resource as Attributes, scope as Exclude<typeof scope, Refusal>, this.#limits),
    );
  }

  #metric(metric: JsonMessage, pointer: string): void {
    const fields = this.#fields;
    const shape = SHAPES.find((known) => present(metric, known) !== undefined);
    if (shape === undefined) return;
    const data = fields.message(present(metric, shape), DATA);
    const temporality = fields.enumeration(data, 'aggregationTemporality');
    const head = { name: fields.text(metric, 'name'), unit: fields.text(metric, 'unit'), shape, temporality };
    this.#metrics.beginMetric({ ...head, monotonic: fields.bool(data, 'isMonotonic') }, () => this.#pointer);
    for (const [i, raw] of fields.list(data, 'dataPoints').entries()) {
      this.#pointer = `${pointer}.${shape}.dataPoints[${i}]`;
      fields.overflowed = false;
      this.#read(shape, raw);
    }
  }

  #read(shape: MetricShape, raw: unknown): void {
    switch (shape) {
      case 'gauge':
      case 'sum':
        this.#number(this.#begin(raw, NUMBER));
        break;
      case 'histogram':
        this.#histogram(this.#begin(raw, HISTOGRAM));
        break;
      case 'exponentialHistogram':
        this.#exponential(this.#begin(raw, EXPONENTIAL));
        break;
      case 'summary':
        this.#summary(this.#begin(raw, SUMMARY));
        break;
    }
  }

  #begin(raw: unknown, known: readonly string[]): JsonMessage {
    this.#point = this.#fields.message(raw, known);
    this.#attributesKey = JSON.stringify(present(this.#point, 'attributes')) ?? '';
    return this.#point;
  }

  #time(point: JsonMessage): PointTime {
    return {
      startMs: this.#fields.time(point, 'startTimeUnixNano').timestampMs,
      timeMs: this.#fields.time(point, 'timeUnixNano').timestampMs,
      flags: this.#fields.int32(point, 'flags'),
    };
  }

  #number(point: JsonMessage): void {
    const time = this.#time(point);
    const asInt = present(point, 'asInt');
    const value =
      asInt === undefined ? this.#fields.optionalDouble(point, 'asDouble') : this.#fields.int64(asInt, 'asInt');
    if (this.#fields.overflowed) this.#metrics.refusePoint(OVERFLOW);
    else if (value === undefined && (time.flags & NO_RECORDED_VALUE) === 0) this.#metrics.refusePoint(VALUE_MISSING);
    else this.#metrics.number(this, time, Number(value ?? 0));
  }

  #histogram(point: JsonMessage): void {
    const fields = this.#fields;
    const time = this.#time(point);
    const counts = fields.list(point, 'bucketCounts').map((raw) => fields.count(raw, 'bucketCounts'));
    const bounds = fields.list(point, 'explicitBounds').map((raw) => fields.double(raw, 'explicitBounds'));
    const histogram = checkHistogram({ ...this.#head(point), counts, bounds }, this.#limits);
    this.#metrics.histogram(this, time, fields.overflowed ? OVERFLOW : histogram);
  }

  #exponential(point: JsonMessage): void {
    const fields = this.#fields;
    const time = this.#time(point);
    const exponential = {
      ...this.#head(point),
      scale: fields.int32(point, 'scale'),
      zeroCount: fields.count(present(point, 'zeroCount') ?? 0, 'zeroCount'),
      zeroThreshold: fields.optionalDouble(point, 'zeroThreshold') ?? 0,
      positive: this.#buckets(point, 'positive'),
      negative: this.#buckets(point, 'negative'),
    };
    this.#metrics.histogram(this, time, fields.overflowed ? OVERFLOW : checkExponential(exponential, this.#limits));
  }

  #head(point: JsonMessage) {
    const fields = this.#fields;
    return {
      count: fields.count(present(point, 'count') ?? 0, 'count'),
      sum: fields.optionalDouble(point, 'sum'),
      min: fields.optionalDouble(point, 'min'),
      max: fields.optionalDouble(point, 'max'),
    };
  }

  #buckets(point: JsonMessage, name: string): ExponentialBuckets {
    const fields = this.#fields;
    const buckets = fields.optionalMessage(point, name, BUCKETS) ?? {};
    const counts = fields.list(buckets, 'bucketCounts').map((raw) => fields.count(raw, 'bucketCounts'));
    return { offset: fields.int32(buckets, 'offset'), counts };
  }

  #summary(point: JsonMessage): void {
    const fields = this.#fields;
    const time = this.#time(point);
    const { count, sum = 0 } = this.#head(point);
    const quantiles = new Map<number, number>();
    for (const raw of fields.list(point, 'quantileValues')) {
      const at = fields.message(raw, QUANTILE);
      quantiles.set(fields.optionalDouble(at, 'quantile') ?? 0, fields.optionalDouble(at, 'value') ?? 0);
    }
    if (fields.overflowed) this.#metrics.refusePoint(OVERFLOW);
    else this.#metrics.summary(this, time, { count, sum, quantiles });
  }
}
