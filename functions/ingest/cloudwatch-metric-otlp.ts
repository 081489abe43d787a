import type { CloudWatchPoint } from './cloudwatch-metrics.ts';
import type { IngestLimits } from './limits.ts';
import type { AnyValue } from './otlp-any-value.ts';
import type { Attributes } from './otlp-labels.ts';
import { type SummaryPoint, summaryFields } from './otlp-protobuf-histograms.ts';
import { AttributeList, readResource } from './otlp-protobuf-values.ts';
import { BYTES, FIXED64, FieldReader } from './protobuf-fields.ts';
import type { Refusal } from './validate.ts';
import type { LabelPair } from './validate-labels.ts';

/** Field numbers of opentelemetry.proto.metrics.v1, of what CloudWatch uses of it. */
const REQUEST = { resourceMetrics: 1 } as const;
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 } as const;
const SCOPE_METRICS = { metrics: 2 } as const;
const METRIC = { summary: 11 } as const;
const DATA = { points: 1 } as const;
const POINT = { labels07: 1, startTime: 2, time: 3, attributes: 7 } as const;

/** Shapes of metrics other than a summary, by field number. */
const OTHER_SHAPES: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 9, 10]);

export type TakePoint = (point: CloudWatchPoint | Refusal) => void;

/**
 * Reads one ExportMetricsServiceRequest as a metric stream sends it in its format OpenTelemetry 1.0: every point a
 * summary, whose attributes name the metric of CloudWatch.
 *
 * Hands every point over, or why it is none. Throws `ingest/payload-invalid` where the bytes are no such message.
 */
export function readCloudWatchOtlp(message: Buffer, limits: IngestLimits, take: TakePoint): void {
  const reader = new FieldReader(message);
  each(reader, message.length, REQUEST.resourceMetrics, (end) => {
    const start = reader.at;
    const resource = findResource(reader, end, limits);
    reader.at = start;
    each(reader, end, RESOURCE_METRICS.scopeMetrics, (scopeEnd) => {
      each(reader, scopeEnd, SCOPE_METRICS.metrics, (metricEnd) => {
        new MetricReader(reader, limits, resource).read(metricEnd, take);
      });
    });
  });
}

/** Reads every occurrence of a field that is a message, and passes over all others. */
function each(reader: FieldReader, end: number, field: number, read: (end: number) => void): void {
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field !== field) {
      reader.skip(end);
      continue;
    }
    reader.expect(BYTES);
    const until = reader.readEnd(end);
    read(until);
    reader.at = until;
  }
}

function findResource(reader: FieldReader, end: number, limits: IngestLimits): Attributes | Refusal {
  let resource: Attributes | Refusal = [];
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field === RESOURCE_METRICS.resource) resource = readResource(reader.readBytes(end), limits);
    else reader.skip(end);
  }
  return resource;
}

class MetricReader {
  readonly #reader: FieldReader;
  readonly #limits: IngestLimits;
  readonly #resource: Attributes | Refusal;

  constructor(reader: FieldReader, limits: IngestLimits, resource: Attributes | Refusal) {
    this.#reader = reader;
    this.#limits = limits;
    this.#resource = resource;
  }

  read(end: number, take: TakePoint): void {
    const reader = this.#reader;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === METRIC.summary) {
        reader.expect(BYTES);
        each(reader, reader.readEnd(end), DATA.points, (pointEnd) => take(this.#point(pointEnd)));
        continue;
      }
      if (OTHER_SHAPES.has(reader.field)) {
        take({ code: 'metric_unsupported', detail: 'a metric stream of CloudWatch has summaries only' });
      }
      reader.skip(end);
    }
  }

  #point(end: number): CloudWatchPoint | Refusal {
    const reader = this.#reader;
    const summary = summaryFields(this.#limits);
    const list = new AttributeList(this.#limits);
    let startMs = 0;
    let timeMs = 0;
    let hasLabels07 = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === POINT.startTime) {
        reader.expect(FIXED64);
        startMs = reader.readNanosAsMs(end);
      } else if (reader.field === POINT.time) {
        reader.expect(FIXED64);
        timeMs = reader.readNanosAsMs(end);
      } else if (reader.field === POINT.attributes) list.read(reader, end);
      else if (!summary.take(reader, end)) {
        hasLabels07 ||= reader.field === POINT.labels07;
        reader.skip(end);
      }
    }
    if (hasLabels07) return OLD_FORMAT;
    if ('code' in this.#resource) return this.#resource;
    const attributes = list.result;
    // A point in the JSON format has the time at which its minute began.
    return 'code' in attributes ? attributes : toPoint(this.#resource, attributes, startMs || timeMs, summary.point);
  }
}

const OLD_FORMAT: Refusal = {
  code: 'opentelemetry_0_7',
  detail: 'this is OpenTelemetry 0.7: set the output format of the metric stream to OpenTelemetry 1.0 or JSON',
};

function toPoint(
  resource: Attributes,
  attributes: Attributes,
  timestampMs: number,
  summary: SummaryPoint,
): CloudWatchPoint | Refusal {
  const namespace = textOf(attributes, 'Namespace');
  const metricName = textOf(attributes, 'MetricName');
  if (namespace === '' || metricName === '') {
    return { code: 'metric_name_missing', detail: 'the attributes "Namespace" and "MetricName" must be texts' };
  }
  const dimensions: LabelPair[] = [];
  const raw = findValue(attributes, 'Dimensions');
  for (const [name, value] of raw instanceof Map ? raw : new Map<string, AnyValue>()) {
    if (typeof value !== 'string') return { code: 'dimensions_invalid', detail: 'a dimension must have a text' };
    dimensions.push([name, value]);
  }
  return {
    namespace,
    metricName,
    accountId: textOf(resource, 'cloud.account.id'),
    region: textOf(resource, 'cloud.region'),
    dimensions,
    timestampMs,
    stats: statsOf(summary),
  };
}

function findValue(attributes: Attributes, key: string): AnyValue | undefined {
  return attributes.find(([name]) => name === key)?.[1];
}

function textOf(attributes: Attributes, key: string): string {
  const value = findValue(attributes, key);
  return typeof value === 'string' ? value : '';
}

/** The shares 0 and 1 are minimum and maximum, all between are percentiles. */
function statsOf({ sum, count, quantiles }: SummaryPoint): ReadonlyMap<string, number> {
  const stats = new Map([
    ['sum', sum],
    ['count', count],
  ]);
  for (const [share, value] of quantiles) {
    // A share is a float: 0.999 a hundred times is 99.9 and a little.
    const percent = Number((share * 100).toFixed(6));
    stats.set(share === 0 ? 'min' : share === 1 ? 'max' : `p${percent}`, value);
  }
  return stats;
}
