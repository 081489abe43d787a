import { gzipSync } from 'node:zlib';
import {
  attributes,
  encodeMessage,
  gauge,
  type Json,
  metricsRequest,
  nanos,
  sum,
} from '../functions/ingest/otlp-request.ts';
import { body, type Pairs } from '../functions/ingest/write-request.ts';
import { body2, TYPE } from '../functions/ingest/write-request-2.ts';

/** A sample as it is meant, whichever protocol carries it. */
export interface MeantSample {
  readonly series: MeantSeries;
  readonly timestampMs: number;
  readonly value: number;
}

/**
 * A series that every protocol can name: a counter ends in `_total`, and `job` and `service` are what OpenTelemetry makes of
 * the service's name.
 */
export interface MeantSeries {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly service: string;
  readonly labels: Pairs;
}

export interface CarriedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Encode = (samples: readonly MeantSample[]) => CarriedRequest;

/** Each written by an independent codec, or as the protocol's text. */
export const CARRIERS = {
  'remote write 1': (samples) => ({
    path: '/api/v1/write',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: body(
      ...bySeries(samples).map(([series, own]) => ({
        labels: pairsOf(series).map(([name, value]) => ({ name, value })),
        samples: own.map(({ timestampMs, value }) => ({ timestamp: timestampMs, value })),
      })),
    ),
  }),
  'remote write 2': (samples) => ({
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'content-encoding': 'snappy',
    },
    body: body2(
      ...bySeries(samples).map(([series, own]) => ({
        labels: pairsOf(series),
        samples: own.map(({ timestampMs, value }) => ({ timestamp: timestampMs, value })),
        metadata: { type: TYPE[series.kind] },
      })),
    ),
  }),
  'OTLP protobuf': (samples) => ({
    path: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf' },
    body: encodeMessage('MetricsRequest', otlpRequest(samples)),
  }),
  'OTLP JSON': (samples) => ({
    path: '/otlp/v1/metrics',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(otlpRequest(samples))),
  }),
  JSON: (samples) => ({
    path: '/v1/ingest/metrics',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ metrics: bySeries(samples).map(jsonItem) })),
  }),
  NDJSON: (samples) => ({
    path: '/v1/ingest/metrics',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Buffer.from(samples.map((sample) => `${JSON.stringify(jsonItem([sample.series, [sample]]))}\n`).join('')),
  }),
  CSV: (samples) => ({
    path: '/v1/ingest/metrics',
    headers: { 'content-type': 'text/csv' },
    body: Buffer.from(table(samples)),
  }),
} satisfies Readonly<Record<string, Encode>>;

export type Carrier = keyof typeof CARRIERS;

export function pairsOf({ name, service, labels }: MeantSeries): Pairs {
  return [['__name__', name], ['job', service], ['service', service], ...labels];
}

function bySeries(samples: readonly MeantSample[]): [MeantSeries, MeantSample[]][] {
  return [...Map.groupBy(samples, ({ series }) => series)];
}

/** A sum's name has no `_total`: it is added on the way in. Each service is a resource of its own. */
function otlpRequest(samples: readonly MeantSample[]): Json {
  const services = Map.groupBy(samples, ({ series }) => series.service);
  const requests = [...services].map(([service, own]) =>
    metricsRequest(bySeries(own).map(otlpMetric), { 'service.name': service }),
  );
  return { resourceMetrics: requests.flatMap(({ resourceMetrics }) => resourceMetrics) };
}

function otlpMetric([{ name, kind, labels }, samples]: [MeantSeries, MeantSample[]]): Json {
  const points = samples.map(({ timestampMs, value }) => ({
    timeUnixNano: nanos(timestampMs),
    ...(Number.isSafeInteger(value) ? { asInt: String(value) } : { asDouble: value }),
    attributes: attributes(Object.fromEntries(labels)),
  }));
  return kind === 'gauge' ? gauge(name, points) : sum(name.replace(/_total$/, ''), 2, points);
}

function jsonItem([series, samples]: [MeantSeries, MeantSample[]]): Json {
  const [[, name], ...labels] = pairsOf(series) as [readonly [string, string], ...Pairs];
  return {
    name,
    labels: Object.fromEntries(labels),
    type: series.kind,
    samples: samples.map(({ timestampMs, value }) => [timestampMs, value]),
  };
}

/** A column for each label that any of the series has; an empty cell is no label. */
function table(samples: readonly MeantSample[]): string {
  const names = [...new Set(samples.flatMap(({ series }) => pairsOf(series).map(([name]) => name)))];
  const rows = samples.map(({ series, timestampMs, value }) => {
    const labels = new Map(pairsOf(series));
    return [timestampMs, value, ...names.map((name) => labels.get(name) ?? '')].map(cell).join(',');
  });
  return [['timestamp', 'value', ...names].map(cell).join(','), ...rows].join('\n');
}

function cell(value: string | number): string {
  return typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
}
