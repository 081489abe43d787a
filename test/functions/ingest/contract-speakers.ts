import { logEvent, logPayload, METRIC_LINE } from './firehose-fixtures.ts';
import { nanoseconds, packed, pushMessage } from './loki-fixtures.ts';
import { attributes, encodeMessage, gauge, type Json, metricsRequest, nanos } from './otlp-request.ts';
import { body, series } from './write-request.ts';
import { body2, series2 } from './write-request-2.ts';

/** A sample of a series of this name, or a line of a stream of this name. */
export interface Item {
  readonly name: string;
  readonly atMs: number;
}

export type Family = 'remote write' | 'otlp' | 'loki' | 'firehose' | 'json';

/** One protocol in one of its forms. */
export interface Speaker {
  readonly name: string;
  readonly family: Family;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One request with these items; the same items give the same bytes. */
  readonly write: (items: readonly Item[]) => Uint8Array;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const REQUEST_ID = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
export const REQUEST_2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const firehose = (records: readonly Uint8Array[]): Uint8Array =>
  json({ requestId: REQUEST_ID, timestamp: 1, records: records.map((bytes) => ({ data: base64(bytes) })) });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function otlpLogs(items: readonly Item[]): Json {
  return {
    resourceLogs: items.map(({ name, atMs }) => ({
      resource: { attributes: attributes({ 'service.name': name }) },
      scopeLogs: [{ logRecords: [{ timeUnixNano: nanos(atMs), body: { stringValue: 'a line' } }] }],
    })),
  };
}

const otlpMetrics = (items: readonly Item[]): Json =>
  metricsRequest(items.map(({ name, atMs }) => gauge(name, [{ timeUnixNano: nanos(atMs), asDouble: 1 }])));

const metricLine = ({ name, atMs }: Item): string =>
  `${JSON.stringify({ ...METRIC_LINE, dimensions: { InstanceId: name }, value: { max: 1, min: 1, sum: 1, count: 1 }, timestamp: atMs })}\n`;

const eventIds = new Map<string, string>();
/** CloudWatch gives an event its id once. */
function eventOf({ name, atMs }: Item) {
  const what = `${name} ${atMs}`;
  const event = logEvent('a line', { timestamp: atMs });
  const id = eventIds.get(what) ?? event.id;
  eventIds.set(what, id);
  return { ...event, id };
}

export const SPEAKERS: readonly Speaker[] = [
  {
    name: 'remote write 1.0',
    family: 'remote write',
    path: '/api/v1/write',
    headers: { ...PROTOBUF, 'content-encoding': 'snappy' },
    write: (items) => body(...items.map(({ name, atMs }) => series([['__name__', name]], [[atMs, 1]]))),
  },
  {
    name: 'remote write 2.0',
    family: 'remote write',
    path: '/api/v1/write',
    headers: { 'content-type': REQUEST_2, 'content-encoding': 'snappy' },
    write: (items) =>
      body2(
        ...items.map(({ name, atMs }) => series2([['__name__', name]], { samples: [{ timestamp: atMs, value: 1 }] })),
      ),
  },
  {
    name: 'OTLP metrics as protobuf',
    family: 'otlp',
    path: '/v1/metrics',
    headers: PROTOBUF,
    write: (items) => encodeMessage('MetricsRequest', otlpMetrics(items)),
  },
  {
    name: 'OTLP metrics as JSON',
    family: 'otlp',
    path: '/otlp/v1/metrics',
    headers: JSON_TYPE,
    write: (items) => json(otlpMetrics(items)),
  },
  {
    name: 'OTLP logs as protobuf',
    family: 'otlp',
    path: '/api/v1/otlp/v1/logs',
    headers: PROTOBUF,
    write: (items) => encodeMessage('LogsRequest', otlpLogs(items)),
  },
  {
    name: 'OTLP logs as JSON',
    family: 'otlp',
    path: '/v1/logs',
    headers: JSON_TYPE,
    write: (items) => json(otlpLogs(items)),
  },
  {
    name: 'Loki as protobuf',
    family: 'loki',
    path: '/loki/api/v1/push',
    headers: PROTOBUF,
    write: (items) =>
      packed(
        pushMessage(
          items.map(({ name, atMs }) => ({ labels: `{app="${name}"}`, entries: [{ atMs, line: 'a line' }] })),
        ),
      ),
  },
  {
    name: 'Loki as JSON',
    family: 'loki',
    path: '/loki/api/v1/push',
    headers: JSON_TYPE,
    write: (items) =>
      json({
        streams: items.map(({ name, atMs }) => ({ stream: { app: name }, values: [[nanoseconds(atMs), 'a line']] })),
      }),
  },
  {
    name: 'Firehose with metrics as JSON',
    family: 'firehose',
    path: '/firehose',
    headers: { ...JSON_TYPE, 'x-amz-firehose-request-id': REQUEST_ID },
    write: (items) => firehose(items.map((item) => Buffer.from(metricLine(item)))),
  },
  {
    name: 'Firehose with logs',
    family: 'firehose',
    path: '/firehose',
    headers: { ...JSON_TYPE, 'x-amz-firehose-request-id': REQUEST_ID },
    write: (items) => firehose(items.map((item) => logPayload([eventOf(item)], { logGroup: item.name }))),
  },
  {
    name: 'JSON metrics',
    family: 'json',
    path: '/v1/ingest/metrics',
    headers: JSON_TYPE,
    write: (items) => json(items.map(({ name, atMs }) => ({ name, timestamp: atMs, value: 1 }))),
  },
  {
    name: 'JSON logs',
    family: 'json',
    path: '/v1/ingest/logs',
    headers: JSON_TYPE,
    write: (items) => json(items.map(({ name, atMs }) => ({ labels: { app: name }, timestamp: atMs, line: 'a line' }))),
  },
];
