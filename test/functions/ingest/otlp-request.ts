import protobuf from 'protobufjs';
import { NOW_MS } from './write-request.ts';

/** The protocol's own definition, so that an independent codec makes the requests and reads the answers. */
const { root } = protobuf.parse(`
syntax = "proto3";
package otlp;
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Resource { repeated KeyValue attributes = 1; }

message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data {
  Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; Summary summary = 11; } }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message NumberDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7; uint32 flags = 8; }
message HistogramDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5;
  repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7; repeated KeyValue attributes = 9;
  uint32 flags = 10; optional double min = 11; optional double max = 12; }
message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
message ExponentialHistogramDataPoint {
  repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
  optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9;
  uint32 flags = 10; optional double min = 12; optional double max = 13; double zero_threshold = 14; }
message ValueAtQuantile { double quantile = 1; double value = 2; }
message SummaryDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5;
  repeated ValueAtQuantile quantile_values = 6; repeated KeyValue attributes = 7; uint32 flags = 8; }

message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11; string event_name = 12; }

message MetricsResponse { MetricsPartial partial_success = 1; }
message MetricsPartial { int64 rejected_data_points = 1; string error_message = 2; }
message LogsResponse { LogsPartial partial_success = 1; }
message LogsPartial { int64 rejected_log_records = 1; string error_message = 2; }
message Any { string type_url = 1; bytes value = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message FieldViolation { string field = 1; string description = 2; }
message BadRequest { repeated FieldViolation field_violations = 1; }
`);

type MessageName =
  | 'MetricsRequest'
  | 'LogsRequest'
  | 'MetricsResponse'
  | 'LogsResponse'
  | 'Status'
  | 'BadRequest'
  | 'KeyValue';

/** A message written as the JSON of the protocol has it, as protobuf. */
export function encodeMessage(name: MessageName, json: object): Uint8Array {
  const type = root.lookupType(`otlp.${name}`);
  return type.encode(type.fromObject(json)).finish();
}

export function decodeMessage(name: MessageName, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const type = root.lookupType(`otlp.${name}`);
  return type.toObject(type.decode(bytes), { longs: Number, bytes: Buffer });
}

export type Json = Readonly<Record<string, unknown>>;

/** Milliseconds as the protocol writes times: nanoseconds in digits. */
export function nanos(timestampMs: number, rest = ''): string {
  return `${timestampMs}${rest.padEnd(6, '0')}`;
}

export function attributes(values: Readonly<Record<string, unknown>>): Json[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : value,
  }));
}

/** A request with one resource, one scope and these metrics. */
export function metricsRequest(metrics: readonly Json[], resource: Json = { 'service.name': 'shop' }): Json {
  return { resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics: [{ metrics }] }] };
}

export function gauge(name: string, dataPoints: readonly Json[], unit = ''): Json {
  return { name, unit, gauge: { dataPoints } };
}

/** Temporality: 1 delta, 2 cumulative. */
export function sum(name: string, aggregationTemporality: number, dataPoints: readonly Json[], more: Json = {}): Json {
  return { name, unit: '', sum: { aggregationTemporality, isMonotonic: true, dataPoints, ...more } };
}

export function logsRequest(logRecords: readonly Json[], resource: Json = { 'service.name': 'shop' }): Json {
  return { resourceLogs: [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ logRecords }] }] };
}

const TIME = { startTimeUnixNano: nanos(NOW_MS - 60_000), timeUnixNano: nanos(NOW_MS) };
const EVERY_KIND_OF_VALUE = attributes({
  text: 'ü',
  bool: { boolValue: true },
  int: { intValue: '-7' },
  double: { doubleValue: 0.5 },
  list: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } },
  map: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 2 } }] } },
  bytes: { bytesValue: 'AAEC' },
});
const POINT = { ...TIME, attributes: EVERY_KIND_OF_VALUE };

/** A seed for whoever damages requests. */
export const EVERY_KIND_OF_METRIC: Json = metricsRequest([
  gauge('cpu.utilization', [{ ...POINT, asDouble: 0.25 }], '1'),
  sum('requests', 2, [{ ...POINT, asInt: '7' }]),
  sum('bytes', 1, [{ ...POINT, asDouble: 7 }]),
  {
    name: 'latency',
    unit: 's',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [{ ...POINT, count: '4', sum: 6, min: 0, max: 3, bucketCounts: ['2', '2'], explicitBounds: [1] }],
    },
  },
  {
    name: 'sizes',
    exponentialHistogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          ...POINT,
          count: '5',
          sum: 4,
          scale: 1,
          zeroCount: '1',
          positive: { offset: 1, bucketCounts: ['0', '2'] },
          negative: { offset: -1, bucketCounts: ['2'] },
        },
      ],
    },
  },
  {
    name: 'pauses',
    summary: { dataPoints: [{ ...POINT, count: '3', sum: 9, quantileValues: [{ quantile: 0.5, value: 3 }] }] },
  },
]);

/** The same for logs. */
export const EVERY_KIND_OF_LOG: Json = logsRequest(
  EVERY_KIND_OF_VALUE.map(({ value }, i) => ({
    timeUnixNano: nanos(NOW_MS - i),
    observedTimeUnixNano: nanos(NOW_MS),
    severityNumber: i * 4,
    severityText: 'WARN',
    body: value,
    attributes: EVERY_KIND_OF_VALUE,
    eventName: 'page.view',
  })),
);
