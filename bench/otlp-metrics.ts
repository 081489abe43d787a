import protobuf from 'protobufjs';

const ExportMetricsServiceRequest = protobuf
  .parse(`
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; }
message NumberDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; double as_double = 4; repeated KeyValue attributes = 7; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Metric { string name = 1; string unit = 3; Sum sum = 7; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
`)
  .root.lookupType('ExportMetricsServiceRequest');

const METRICS = 50;
const CUMULATIVE = 2;

/** What a service sends of its HTTP server: 50 cumulative sums of many points, 6 attributes each, all of one export. */
export function otlpMetricsBody(pointCount: number, nowMs: number): Uint8Array {
  const metrics = Array.from({ length: METRICS }, (_, metric) => ({
    name: `http.server.requests.${metric}`,
    unit: '{request}',
    sum: {
      aggregationTemporality: CUMULATIVE,
      isMonotonic: true,
      dataPoints: Array.from({ length: pointCount / METRICS }, (__, i) => dataPoint(i * METRICS + metric, nowMs)),
    },
  }));
  const resource = {
    attributes: [
      attribute('service.name', 'checkout'),
      attribute('service.namespace', 'shop'),
      attribute('host.name', 'node-3'),
      attribute('telemetry.sdk.name', 'opentelemetry'),
    ],
  };
  const scopeMetrics = [{ scope: { name: 'http', version: '1.2.0' }, metrics }];
  const request = ExportMetricsServiceRequest.fromObject({ resourceMetrics: [{ resource, scopeMetrics }] });
  return ExportMetricsServiceRequest.encode(request).finish();
}

function dataPoint(i: number, nowMs: number) {
  // Nanoseconds are digits: no number holds them.
  return {
    startTimeUnixNano: `${nowMs - 3_600_000}000000`,
    timeUnixNano: `${nowMs - (i % 100)}000000`,
    asDouble: Math.round(Math.abs(Math.sin(i)) * 1e9) / 8,
    attributes: [
      attribute('http.request.method', 'GET'),
      attribute('http.route', `/shop/${i % 20}`),
      attribute('url.scheme', 'https'),
      attribute('server.address', `10.0.${(i >> 8) & 255}.${i & 255}`),
      attribute('k8s.pod.name', `checkout-7d4f9c-${(i * 7919).toString(36)}`),
      { key: 'http.response.status_code', value: { intValue: 200 + (i % 5) } },
    ],
  };
}

function attribute(key: string, stringValue: string) {
  return { key, value: { stringValue } };
}
