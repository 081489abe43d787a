import type { LogSeverity } from '../../data/segments/batch.ts';
import { nanoseconds, packed, pushMessage } from '../functions/ingest/loki-fixtures.ts';
import { attributes, encodeMessage, type Json } from '../functions/ingest/otlp-request.ts';
import type { CarriedRequest } from './carriers.ts';

/** A record of logs as it is meant, whichever protocol carries it. */
export interface MeantRecord {
  readonly stream: MeantStream;
  readonly timestampMs: number;
  readonly nanos: number;
  readonly severity: 'info' | 'warn' | 'error';
  readonly line: string;
}

/** A stream that every protocol can name: labels are what OpenTelemetry makes of lasting attributes of a resource. */
export interface MeantStream {
  readonly service: string;
  readonly hostName?: string;
}

type Encode = (records: readonly MeantRecord[]) => CarriedRequest;

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

export const LOG_CARRIERS = {
  'Loki JSON': (records) => ({
    path: '/loki/api/v1/push',
    headers: JSON_TYPE,
    body: text({
      streams: byStream(records).map(([stream, own]) => ({
        stream: Object.fromEntries(labelsOf(stream)),
        values: own.map(({ timestampMs, nanos, line, severity }) => [
          nanoseconds(timestampMs, nanos),
          line,
          { level: severity },
        ]),
      })),
    }),
  }),
  'Loki protobuf': (records) => ({
    path: '/loki/api/v1/push',
    headers: PROTOBUF,
    body: packed(
      pushMessage(
        byStream(records).map(([stream, own]) => ({
          labels: `{${labelsOf(stream)
            .map(([name, value]) => `${name}="${value}"`)
            .join()}}`,
          entries: own.map(({ timestampMs, nanos, line, severity }) => ({
            atMs: timestampMs,
            nanos,
            line,
            metadata: { level: severity },
          })),
        })),
      ),
    ),
  }),
  'OTLP protobuf': (records) => ({
    path: '/v1/logs',
    headers: PROTOBUF,
    body: encodeMessage('LogsRequest', otlpRequest(records)),
  }),
  'OTLP JSON': (records) => ({ path: '/api/v1/otlp/v1/logs', headers: JSON_TYPE, body: text(otlpRequest(records)) }),
  JSON: (records) => ({ path: '/v1/ingest/logs', headers: JSON_TYPE, body: text({ logs: records.map(jsonItem) }) }),
  NDJSON: (records) => ({
    path: '/v1/ingest/logs',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Buffer.from(records.map((record) => `${JSON.stringify(jsonItem(record))}\n`).join('')),
  }),
} satisfies Readonly<Record<string, Encode>>;

export type LogCarrier = keyof typeof LOG_CARRIERS;

function text(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function byStream(records: readonly MeantRecord[]): [MeantStream, MeantRecord[]][] {
  return [...Map.groupBy(records, ({ stream }) => stream)];
}

function labelsOf({ service, hostName }: MeantStream): [string, string][] {
  return [['service', service], ...(hostName === undefined ? [] : [['host_name', hostName] as [string, string]])];
}

const SEVERITY_NUMBERS: Readonly<Partial<Record<LogSeverity, number>>> = { info: 9, warn: 14, error: 17 };

function otlpRequest(records: readonly MeantRecord[]): Json {
  const resourceLogs = byStream(records).map(([{ service, hostName }, own]) => ({
    resource: {
      attributes: attributes({
        'service.name': service,
        'process.pid': { intValue: '7' },
        ...(hostName !== undefined && { 'host.name': hostName }),
      }),
    },
    scopeLogs: [
      {
        logRecords: own.map(({ timestampMs, nanos, severity, line }) => ({
          timeUnixNano: nanoseconds(timestampMs, nanos),
          severityNumber: SEVERITY_NUMBERS[severity],
          body: { stringValue: line },
        })),
      },
    ],
  }));
  return { resourceLogs };
}

function jsonItem({ stream, timestampMs, nanos, severity, line }: MeantRecord): Json {
  const timestamp = new Date(timestampMs).toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`);
  return { labels: Object.fromEntries(labelsOf(stream)), timestamp, severity, message: line };
}
