import { describe, expect, test } from 'vitest';
import { prometheusLabelName, prometheusName } from '../../../functions/ingest/otlp-names.ts';

describe('the name of a metric', () => {
  test.each([
    ['http.server.requests', '{request}', 'total', 'http_server_requests_total'],
    ['http.server.duration', 's', 'plain', 'http_server_duration_seconds'],
    ['process.memory', 'By', 'gauge', 'process_memory_bytes'],
    ['network.io', 'By/s', 'gauge', 'network_io_bytes_per_second'],
    ['speed', 'km/h', 'gauge', 'speed_km_per_hour'],
    ['cpu.utilization', '1', 'gauge', 'cpu_utilization_ratio'],
    ['attempts', '1', 'total', 'attempts_total'],
    ['requests_total', '', 'total', 'requests_total'],
    ['total.requests', '', 'total', 'requests_total'],
    ['request_seconds_sum', 's', 'plain', 'request_seconds_sum'],
    ['load', '%', 'gauge', 'load_percent'],
    ['io', 'By', 'rate', 'io_bytes_per_second'],
    ['traces_service_graph_request_total', '', 'total', 'traces_service_graph_request_total'],
    ['requests_total', '', 'rate', 'requests_per_second'],
    ['a..b__c--d', '', 'plain', 'a_b_c_d'],
    ['2xx.responses', '', 'plain', '_2xx_responses'],
    ['job:latency:p99', '', 'plain', 'job:latency:p99'],
    ['größe', 'My Unit', 'plain', 'größe_My_Unit'],
    ['x', 'constructor', 'plain', 'x_constructor'],
    ['...', 's', 'plain', ''],
  ] as const)('%s of unit "%s" as %s is %s', (name, unit, shape, expected) => {
    expect(prometheusName(name, unit, shape)).toBe(expected);
  });
});

test.each([
  ['http.route', 'http_route'],
  ['host-name', 'host_name'],
  ['a  b', 'a__b'],
  ['_private', '_private'],
  ['2nd', 'key_2nd'],
  ['größe', 'größe'],
])('the label of the attribute %s is %s', (key, expected) => {
  expect(prometheusLabelName(key)).toBe(expected);
});
