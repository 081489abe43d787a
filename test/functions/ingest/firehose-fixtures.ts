import { gzipSync } from 'node:zlib';
import { attributes, encodeMessage, type Json, nanos } from './otlp-request.ts';
import { NOW_MS } from './write-request.ts';

/** Captured from a metric stream of ours in its JSON format, with a percentile added; account and names are made up. */
export const METRIC_LINE = {
  metric_stream_name: 'to-forewarn',
  account_id: '111122223333',
  region: 'eu-central-1',
  namespace: 'AWS/EC2',
  metric_name: 'CPUUtilization',
  dimensions: { InstanceId: 'i-0a1b2c3d4e5f60718' },
  timestamp: NOW_MS - 120_000,
  value: { max: 41.5, min: 2.5, sum: 88, count: 4, 'p99.9': 41.25 },
  unit: 'Percent',
} as const;

/** The same point as OpenTelemetry 1.0. */
export function metricMessage(change: Json = {}, point: Json = {}): Buffer {
  const { account_id, region, namespace, metric_name, dimensions, timestamp } = METRIC_LINE;
  const dimensionList = { kvlistValue: { values: attributes(dimensions) } };
  const dataPoint = {
    attributes: attributes({ Namespace: namespace, MetricName: metric_name, Dimensions: dimensionList }),
    startTimeUnixNano: nanos(timestamp),
    timeUnixNano: nanos(timestamp + 60_000),
    count: 4,
    sum: 88,
    quantileValues: [
      { quantile: 0, value: 2.5 },
      { quantile: 0.999, value: 41.25 },
      { quantile: 1, value: 41.5 },
    ],
    ...point,
  };
  const metric = {
    name: `amazonaws.com/${namespace}/${metric_name}`,
    unit: '%',
    summary: { dataPoints: [dataPoint] },
    ...change,
  };
  const resource = attributes({ 'cloud.provider': 'aws', 'cloud.account.id': account_id, 'cloud.region': region });
  const request = { resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics: [metric] }] }] };
  return Buffer.from(encodeMessage('MetricsRequest', request));
}

/** Messages each after its length. */
export function lengthPrefixed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [varint(message.length), message]));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A data point of OpenTelemetry 0.7, whose labels are plain pairs in the first field. */
export function oldMetricMessage(): Buffer {
  const field = (number: number, ...parts: readonly (Uint8Array | string)[]): Buffer => {
    const inner = Buffer.concat(parts.map((part) => Buffer.from(part)));
    return Buffer.concat([varint((number << 3) | 2), varint(inner.length), inner]);
  };
  const label = field(1, field(1, 'Namespace'), field(2, 'AWS/EC2'));
  const metric = field(2, field(1, 'amazonaws.com/AWS/EC2/CPUUtilization'), field(11, field(1, label)));
  return field(1, field(2, metric));
}

export interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

export function logPayload(events: readonly LogEvent[], change: Json = {}): Buffer {
  return gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/aws/lambda/checkout',
      logStream: '2026/11/21/[$LATEST]0123456789abcdef0123456789abcdef',
      subscriptionFilters: ['to-forewarn'],
      logEvents: events,
      ...change,
    }),
  );
}

let made = 0;

/** An event like no other before. */
export function logEvent(message: string, change: Partial<LogEvent> = {}): LogEvent {
  made++;
  return { id: String(made).padStart(56, '3'), timestamp: NOW_MS - 1_000, message, ...change };
}
