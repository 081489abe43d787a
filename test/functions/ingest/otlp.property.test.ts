import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeOtlpLogsJson } from '../../../functions/ingest/otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from '../../../functions/ingest/otlp-logs-protobuf.ts';
import { decodeOtlpMetricsJson } from '../../../functions/ingest/otlp-metrics-json.ts';
import { decodeOtlpMetricsProtobuf } from '../../../functions/ingest/otlp-metrics-protobuf.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { encodeMessage, type Json, logsRequest, metricsRequest, nanos } from './otlp-request.ts';
import { decodeContext, NOW_MS } from './write-request.ts';

const text = fc.string({ unit: 'binary', maxLength: 8 }).filter((value) => value.isWellFormed());
const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({ values: fc.array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 }) }),
    }),
  ),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 5 });
const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: NOW_MS }).map((timestampMs) => nanos(timestampMs));
const count = fc.integer({ min: 0, max: 1_000 });
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

const numberPoint = fc.record({
  timeUnixNano: time,
  startTimeUnixNano: time,
  asDouble: double,
  attributes,
  flags: fc.constantFrom(0, 1),
});
const histogramPoint = fc.array(count, { minLength: 1, maxLength: 6 }).chain((counts) =>
  fc.record({
    timeUnixNano: time,
    attributes,
    sum: double,
    count: fc.constant(String(counts.reduce((total, one) => total + one, 0))),
    bucketCounts: fc.constant(counts.map(String)),
    explicitBounds: fc.constant(counts.slice(1).map((_count, i) => i * 1.5)),
  }),
);
const exponentialPoint = fc.array(count, { maxLength: 6 }).chain((counts) =>
  fc.record({
    timeUnixNano: time,
    attributes,
    count: fc.constant(String(counts.reduce((total, one) => total + one, 0))),
    scale: fc.integer({ min: -2, max: 6 }),
    positive: fc.record({ offset: fc.integer({ min: -20, max: 20 }), bucketCounts: fc.constant(counts.map(String)) }),
  }),
);
const temporality = fc.integer({ min: 0, max: 2 });
const points = <T>(point: fc.Arbitrary<T>) => fc.array(point, { maxLength: 4 });
const metric = fc.oneof(
  fc.record({ name: text, unit: text, gauge: fc.record({ dataPoints: points(numberPoint) }) }),
  fc.record({
    name: text,
    unit: fc.constantFrom('', 's', '1', 'By'),
    sum: fc.record({ aggregationTemporality: temporality, isMonotonic: fc.boolean(), dataPoints: points(numberPoint) }),
  }),
  fc.record({
    name: text,
    histogram: fc.record({ aggregationTemporality: temporality, dataPoints: points(histogramPoint) }),
  }),
  fc.record({
    name: text,
    exponentialHistogram: fc.record({ aggregationTemporality: temporality, dataPoints: points(exponentialPoint) }),
  }),
);
const logRecord = fc.record({
  timeUnixNano: time,
  severityNumber: fc.integer({ min: 0, max: 30 }),
  severityText: text,
  body: anyValue,
  attributes,
});

const jsonBytes = (message: Json): Uint8Array => Buffer.from(JSON.stringify(message));
const RUNS = { numRuns: 200, seed: 20_261_121 };

describe('what an independent encoder writes', () => {
  test('is the same batch of metrics as protobuf and as JSON, from a cold cache and a warm one', () => {
    const [cold, warm] = [decodeContext(), decodeContext()];
    fc.assert(
      fc.property(fc.array(metric, { maxLength: 4 }), (metrics) => {
        const message = metricsRequest(metrics);
        const fromJson = decodeOtlpMetricsJson(jsonBytes(message), cold);
        for (let i = 0; i < 2; i++) {
          const batch = decodeOtlpMetricsProtobuf([encodeMessage('MetricsRequest', message)], warm);
          expect(seriesOf(batch)).toEqual(seriesOf(fromJson));
          expect({ ...batch, series: null, itemsIn: null }).toEqual({ ...fromJson, series: null, itemsIn: null });
          const ids = new Set(batch.series.heads.filter((_, place) => place % 3 === 0).map(({ seriesId }) => seriesId));
          expect(batch.itemsIn?.(ids)).toBe(fromJson.itemsIn?.(ids));
        }
      }),
      RUNS,
    );
  });

  test('is the same batch of logs as protobuf and as JSON', () => {
    fc.assert(
      fc.property(fc.array(logRecord, { maxLength: 6 }), (records) => {
        const message = logsRequest(records);
        const batch = decodeOtlpLogsProtobuf(encodeMessage('LogsRequest', message), decodeContext());
        expect(batch).toEqual(decodeOtlpLogsJson(jsonBytes(message), decodeContext()));
      }),
      RUNS,
    );
  });
});

/** A field that holds bytes, with a length below 128. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function fixed(number: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  write(bytes);
  return bytes;
}

test('fields may come in any order, and lists unpacked', () => {
  const label = (key: string, value: string) => encodeMessage('KeyValue', { key, value: { stringValue: value } });
  const fixed64 = (number: number, value: string | number) =>
    fixed(number, (bytes) => bytes.writeBigUInt64LE(BigInt(value), 1));
  const float64 = (number: number, value: number) => fixed(number, (bytes) => bytes.writeDoubleLE(value, 1));
  const point = Buffer.concat([
    field(9, label('b', '2')),
    float64(7, 1),
    fixed64(6, 3),
    fixed64(6, 1),
    float64(5, 9),
    field(9, label('a', '1')),
    fixed64(4, 4),
    fixed64(3, nanos(NOW_MS)),
  ]);
  const histogram = Buffer.concat([Buffer.from([0x10, 2]), field(1, point)]);
  const metrics = Buffer.concat([field(9, histogram), field(1, Buffer.from('latency'))]);
  const resource = field(1, label('service.name', 'shop'));
  const request = field(1, Buffer.concat([field(2, field(2, metrics)), field(1, resource)]));
  const dataPoint = {
    timeUnixNano: nanos(NOW_MS),
    count: '4',
    sum: 9,
    bucketCounts: ['3', '1'],
    explicitBounds: [1],
    attributes: [
      { key: 'a', value: { stringValue: '1' } },
      { key: 'b', value: { stringValue: '2' } },
    ],
  };
  const usual = metricsRequest([
    { name: 'latency', histogram: { aggregationTemporality: 2, dataPoints: [dataPoint] } },
  ]);
  const batch = decodeOtlpMetricsProtobuf([request], decodeContext());
  expect(batch.rejected.count).toBe(0);
  expect(seriesOf(batch)).toEqual(
    seriesOf(decodeOtlpMetricsProtobuf([encodeMessage('MetricsRequest', usual)], decodeContext())),
  );
});

describe('any bytes', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });
  const context = decodeContext();

  test.each([
    ['metrics as protobuf', (bytes: Uint8Array) => decodeOtlpMetricsProtobuf([bytes], context)],
    ['logs as protobuf', (bytes: Uint8Array) => decodeOtlpLogsProtobuf(bytes, context)],
    ['metrics as JSON', (bytes: Uint8Array) => decodeOtlpMetricsJson(bytes, context)],
    ['logs as JSON', (bytes: Uint8Array) => decodeOtlpLogsJson(bytes, context)],
  ] as const)('are %s, or are refused', (_name, decode) => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        try {
          expect(decode(bytes).rejected.count).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
        }
      }),
      RUNS,
    );
  });

  test.each(['metrics', 'logs'] as const)('that are any JSON are %s, or are refused', (signal) => {
    const decode = signal === 'metrics' ? decodeOtlpMetricsJson : decodeOtlpLogsJson;
    const inside = (value: unknown) =>
      signal === 'metrics'
        ? {
            resourceMetrics: [
              { resource: value, scopeMetrics: [{ metrics: [{ name: 'a', sum: value, gauge: value }] }] },
            ],
          }
        : {
            resourceLogs: [
              { resource: value, scopeLogs: [{ logRecords: [value, { body: value, attributes: value }] }] },
            ],
          };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        try {
          expect(decode(jsonBytes(inside(value)), context).rejected.count).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
        }
      }),
      RUNS,
    );
  });
});
