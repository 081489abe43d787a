import { digestOf } from './otlp-digest.ts';
import { type Attributes, NO_SCOPE, type Target, targetOf } from './otlp-labels.ts';
import type { MetricHead, MetricShape } from './otlp-metric.ts';
import { OtlpMetrics } from './otlp-metrics.ts';
import { PointReader } from './otlp-protobuf-points.ts';
import { readResource, readScope } from './otlp-protobuf-values.ts';
import { BYTES, FieldReader, VARINT } from './protobuf-fields.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';

/** Field numbers of opentelemetry.proto.metrics.v1 and of its collector's request. */
const REQUEST = { resourceMetrics: 1 } as const;
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 } as const;
const SCOPE_METRICS = { scope: 1, metrics: 2 } as const;
const METRIC = { name: 1, unit: 3 } as const;
const SHAPES = new Map<number, MetricShape>([
  [5, 'gauge'],
  [7, 'sum'],
  [9, 'histogram'],
  [10, 'exponentialHistogram'],
  [11, 'summary'],
]);
const DATA = { temporality: 2, monotonic: 3 } as const;

const NO_BYTES = Buffer.alloc(0);

/**
 * Decodes an ExportMetricsServiceRequest of OTLP as protobuf; several, one after the other, make one batch.
 *
 * What is wrong with one point refuses only that. What cannot be read refuses the request with `ingest/payload-invalid`,
 * what is too much with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes. Decoding twice gives the
 * same batch.
 */
export function decodeOtlpMetricsProtobuf(bodies: readonly Uint8Array[], context: DecodeContext): MetricsBatch {
  const metrics = new OtlpMetrics(context);
  for (const body of bodies) new MetricsReader(body, context, metrics).read();
  return metrics.finish();
}

class MetricsReader {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #metrics: OtlpMetrics;
  readonly #points: PointReader;
  /** Place of each level in the request, for whoever has to find a refused point. */
  readonly #place = { resource: -1, scope: -1, metric: -1, shape: 'gauge' as MetricShape };
  readonly #pointer = (): string => {
    const { resource, scope, metric, shape } = this.#place;
    const point = this.#points.place;
    return `resourceMetrics[${resource}].scopeMetrics[${scope}].metrics[${metric}].${shape}.dataPoints[${point}]`;
  };

  constructor(body: Uint8Array, context: DecodeContext, metrics: OtlpMetrics) {
    this.#reader = new FieldReader(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    this.#context = context;
    this.#metrics = metrics;
    this.#points = new PointReader(this.#reader, context, metrics);
  }

  read(): void {
    this.#each(this.#reader.bytes.length, REQUEST.resourceMetrics, (end) => {
      this.#place.resource++;
      this.#place.scope = -1;
      this.#metrics.container();
      this.#resource(end);
    });
  }

  /** Reads every occurrence of a field that is a message, and passes over all others. */
  #each(end: number, field: number, read: (end: number) => void): void {
    const reader = this.#reader;
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

  /** The bytes of a field, the last of several; the place of the reader stays. Fields may come in any order. */
  #find(end: number, field: number): Buffer {
    const reader = this.#reader;
    const start = reader.at;
    let found: Buffer = NO_BYTES;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === field) found = reader.readBytes(end);
      else reader.skip(end);
    }
    reader.at = start;
    return found;
  }

  #resource(end: number): void {
    const resourceBytes = this.#find(end, RESOURCE_METRICS.resource);
    const resource = readResource(resourceBytes, this.#context.limits);
    this.#each(end, RESOURCE_METRICS.scopeMetrics, (until) => {
      this.#place.scope++;
      this.#place.metric = -1;
      this.#metrics.container();
      const scopeBytes = this.#find(until, SCOPE_METRICS.scope);
      this.#metrics.beginTarget(digestOf(resourceBytes, scopeBytes), this.#target(resource, scopeBytes));
      this.#each(until, SCOPE_METRICS.metrics, (metricEnd) => {
        this.#place.metric++;
        this.#metrics.container();
        this.#metric(metricEnd);
      });
    });
  }

  #target(resource: Attributes | Refusal, scopeBytes: Buffer): Target | Refusal {
    if ('code' in resource) return resource;
    const { limits } = this.#context;
    const scope = scopeBytes.length === 0 ? NO_SCOPE : readScope(scopeBytes, limits);
    return 'code' in scope ? scope : targetOf(resource, scope, limits);
  }

  #metric(end: number): void {
    const reader = this.#reader;
    let name: string | undefined = '';
    let unit: string | undefined = '';
    let shape: MetricShape | undefined;
    let dataStart = 0;
    let dataEnd = 0;
    while (reader.at < end) {
      reader.readTag(end);
      const found = SHAPES.get(reader.field);
      if (reader.field === METRIC.name) name = reader.readText(end);
      else if (reader.field === METRIC.unit) unit = reader.readText(end);
      else if (found === undefined) reader.skip(end);
      else {
        reader.expect(BYTES);
        shape = found;
        dataEnd = reader.readEnd(end);
        dataStart = reader.at;
        reader.at = dataEnd;
      }
    }
    if (shape === undefined) return;
    reader.at = dataStart;
    const head = { name, unit, shape, ...this.#meaning(dataEnd) };
    this.#place.shape = shape;
    this.#metrics.beginMetric(head, this.#pointer);
    reader.at = dataStart;
    this.#points.read(shape, dataEnd);
  }

  /** What stands behind the points and must be known before them. */
  #meaning(end: number): Pick<MetricHead, 'temporality' | 'monotonic'> {
    const reader = this.#reader;
    let temporality = 0;
    let monotonic = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === DATA.temporality && reader.wireType === VARINT) temporality = reader.readInt32(end);
      else if (reader.field === DATA.monotonic && reader.wireType === VARINT) monotonic = reader.readBool(end);
      else reader.skip(end);
    }
    return { temporality, monotonic };
  }
}
