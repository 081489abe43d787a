import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatSeries } from '../../../models/domain/series.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';

let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  // The SDK takes its times from the clock of this machine.
  street.switches.nowMs = Date.now();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterEach(() => vi.unstubAllEnvs());
afterAll(() => street.close());

/** The settings of docs/protocols/otlp.md, as every SDK of OpenTelemetry reads them. */
function configure(prefix: string, compression: string, temporality: string): void {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${street.port}${prefix}`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', `Authorization=Bearer%20${key}`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression);
  vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', temporality);
}

const RESOURCE = { 'service.name': 'checkout', 'service.namespace': 'shop', 'deployment.environment.name': 'test' };

async function recordMetrics(exporter: PushMetricExporter): Promise<void> {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes(RESOURCE),
    readers: [reader],
    views: [{ instrumentName: 'job.duration', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('cart', '1.2.0');
  meter.createCounter('http.server.requests', { unit: '{request}' }).add(5, { 'http.route': '/pay' });
  meter.createUpDownCounter('queue.size').add(3);
  meter.createHistogram('http.server.duration', { unit: 's' }).record(7, { 'http.route': '/pay' });
  meter.createHistogram('job.duration', { unit: 'ms' }).record(100);
  meter.createObservableGauge('cpu.utilization', { unit: '1' }).addCallback((result) => result.observe(0.25));
  // A delta needs an interval.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await provider.forceFlush();
  await provider.shutdown();
}

/** What arrived, with its last value and its kind. */
async function arrivedSeries(): Promise<Map<string, { readonly value: number; readonly kind: string }>> {
  const found = new Map<string, { value: number; kind: string }>();
  for (const part of await street.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      const value = part.values[part.sampleStarts[i + 1]! - 1]!;
      found.set(formatSeries(part.labelsAt(i)), { value, kind: part.kindAt(i) });
    }
  }
  return found;
}

const SHARED =
  'deployment_environment_name="test",job="shop/checkout",otel_scope_name="cart",otel_scope_version="1.2.0",service="checkout"';
const ROUTE = SHARED.replace('job=', 'http_route="/pay",job=');

const PROTO = { metrics: () => new ProtoMetricExporter(), logs: () => new ProtoLogExporter() };
const JSON_HTTP = { metrics: () => new JsonMetricExporter(), logs: () => new JsonLogExporter() };

describe.each([
  ['S03 S05', 'http/protobuf', 'none', '', PROTO],
  ['S03 S05', 'http/protobuf', 'gzip', '/otlp', PROTO],
  ['S04 S06', 'http/json', 'none', '/api/v1/otlp', JSON_HTTP],
  ['S04 S06', 'http/json', 'gzip', '', JSON_HTTP],
] as const)(
  '%s the OpenTelemetry SDK, %s, compression %s, at %s/v1',
  (_rows, _protocol, compression, prefix, exporters) => {
    test('sends cumulative metrics', async () => {
      configure(prefix, compression, 'cumulative');
      await recordMetrics(exporters.metrics());
      const series = await arrivedSeries();
      expect(series.get(`http_server_requests_total{${ROUTE}}`)).toEqual({ value: 5, kind: 'counter' });
      expect(series.get(`queue_size{${SHARED}}`)).toEqual({ value: 3, kind: 'gauge' });
      expect(series.get(`cpu_utilization_ratio{${SHARED}}`)).toEqual({ value: 0.25, kind: 'gauge' });
      expect(series.get(`http_server_duration_seconds_count{${ROUTE}}`)).toEqual({ value: 1, kind: 'counter' });
      expect(series.get(`http_server_duration_seconds_sum{${ROUTE}}`)).toEqual({ value: 7, kind: 'counter' });
      const quantile = `quantile="0.99",service="checkout"`;
      const durations = ROUTE.replace('service="checkout"', quantile);
      expect(series.get(`http_server_duration_seconds{${durations}}`)).toEqual({ value: 7, kind: 'gauge' });
      const jobs = SHARED.replace('service="checkout"', quantile);
      expect(series.get(`job_duration_milliseconds{${jobs}}`)).toEqual({ value: 100, kind: 'gauge' });
    });

    test('sends deltas', async () => {
      configure(prefix, compression, 'delta');
      await recordMetrics(exporters.metrics());
      const series = await arrivedSeries();
      const rate = series.get(`http_server_requests_per_second{${ROUTE}}`);
      expect(rate?.kind).toBe('gauge');
      expect(rate?.value).toBeGreaterThan(0);
      expect(rate?.value).toBeLessThanOrEqual(5_000);
      expect(series.get(`http_server_duration_seconds_count_per_second{${ROUTE}}`)?.kind).toBe('gauge');
      // A sum that also falls is cumulative whatever is preferred.
      expect(series.get(`queue_size{${SHARED}}`)).toEqual({ value: 3, kind: 'gauge' });
    });

    test('sends logs', async () => {
      configure(prefix, compression, 'cumulative');
      await recordLogs(exporters.logs());
      const logs = (await street.drain()).flatMap((part) => part.logs);
      expect(logs.map(({ labels }) => Object.fromEntries(labels))).toEqual([
        { deployment_environment_name: 'test', service: 'checkout', service_namespace: 'shop' },
      ]);
      expect(logs[0]?.records.map(({ severity, line }) => [severity, line])).toEqual([
        ['error', 'payment refused'],
        ['info', 'user=7 cart.items=3'],
      ]);
    });
  },
);

async function recordLogs(exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes(RESOURCE),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('cart');
  const timestamp = Date.now();
  logger.emit({ timestamp, severityNumber: 17, body: 'payment refused', attributes: { 'order.id': 'a' } });
  logger.emit({ timestamp: timestamp + 1, severityNumber: 9, body: { user: 7, cart: { items: 3 } } });
  await provider.forceFlush();
  await provider.shutdown();
}
