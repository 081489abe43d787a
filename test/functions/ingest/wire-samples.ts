import { gzipSync } from 'node:zlib';
import { nanoseconds, packed, pushMessage } from './loki-fixtures.ts';
import { encodeMessage, gauge, logsRequest, metricsRequest, nanos } from './otlp-request.ts';
import { body, NOW_MS, series } from './write-request.ts';

export type ProtocolName =
  | 'remote write'
  | 'metrics'
  | 'logs'
  | 'changes'
  | 'loki'
  | 'loki as JSON'
  | 'otlp'
  | 'otlp as JSON';

/** One valid request of a protocol; no two are alike. */
export interface Sample {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const PROTOCOLS: readonly ProtocolName[] = [
  'remote write',
  'metrics',
  'logs',
  'changes',
  'loki',
  'loki as JSON',
  'otlp',
  'otlp as JSON',
];

/** Those that send protobuf in a snappy block. */
export function isSnappy(protocol: ProtocolName): boolean {
  return protocol === 'remote write' || protocol === 'loki';
}

/** What a stored request is answered. */
export function successOf(protocol: ProtocolName): 200 | 204 {
  return isSnappy(protocol) || protocol === 'loki as JSON' ? 204 : 200;
}

let made = 0;

export function validSample(protocol: ProtocolName): Sample {
  made++;
  const json = (path: string, value: unknown): Sample => ({
    path,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  });
  const timestamp = NOW_MS - 60_000;
  switch (protocol) {
    case 'remote write':
      return {
        path: '/api/v1/write',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
        body: Buffer.from(body(series([['__name__', 'up']], [[timestamp, made]]))),
      };
    case 'metrics':
      return json('/v1/ingest/metrics', [{ name: 'up', labels: { job: 'test' }, timestamp, value: made }]);
    case 'logs':
      return json('/v1/ingest/logs', [
        { timestamp, severity: 'info', message: `line ${made}`, labels: { job: 'test' } },
      ]);
    case 'changes':
      return json('/v1/changes', { summary: `deploy ${made}`, timestamp, kind: 'deploy' });
    case 'loki':
      return {
        path: '/loki/api/v1/push',
        headers: { 'content-type': 'application/x-protobuf' },
        body: packed(pushMessage([{ labels: '{job="test"}', entries: [{ atMs: timestamp, line: `line ${made}` }] }])),
      };
    case 'loki as JSON': {
      const values = [[nanoseconds(timestamp), `line ${made} as JSON`]];
      return json('/loki/api/v1/push', { streams: [{ stream: { job: 'test' }, values }] });
    }
    case 'otlp': {
      const up = gauge('up', [{ timeUnixNano: nanos(timestamp), asDouble: made }]);
      return {
        path: '/v1/metrics',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Buffer.from(encodeMessage('MetricsRequest', metricsRequest([up]))),
      };
    }
    case 'otlp as JSON': {
      const record = { timeUnixNano: nanos(timestamp), severityNumber: 9, body: { stringValue: `line ${made}` } };
      return json('/v1/logs', logsRequest([record]));
    }
  }
}

export function gzipped(sample: Sample, bytes: Uint8Array = gzipSync(sample.body)): Sample {
  return { ...sample, headers: { ...sample.headers, 'content-encoding': 'gzip' }, body: Buffer.from(bytes) };
}

/** A snappy block that compresses nothing, so that its size can be chosen. */
export function snappyLiterals(bytes: Uint8Array): Buffer {
  const chunks: Uint8Array[] = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const chunk = bytes.subarray(at, at + 65_536);
    chunks.push(Uint8Array.of(61 << 2, (chunk.length - 1) & 0xff, (chunk.length - 1) >> 8), chunk);
  }
  return Buffer.concat(chunks);
}

/** The same request, made as long as asked with something that its reader must pass over. */
export function paddedTo(protocol: ProtocolName, sample: Sample, sizeBytes: number, message: Uint8Array): Buffer {
  if (protocol === 'otlp') return withUnknownField(sample.body, sizeBytes);
  if (!isSnappy(protocol)) return Buffer.concat([sample.body, Buffer.alloc(sizeBytes - sample.body.length, ' ')]);
  // Field 100 is unknown; its length takes four bytes at this size.
  const padded = (paddingBytes: number): Buffer => snappyLiterals(Buffer.concat([message, unknownField(paddingBytes)]));
  const overheadBytes = padded(sizeBytes - 1_000).length - (sizeBytes - 1_000);
  return padded(sizeBytes - overheadBytes);
}

function withUnknownField(message: Buffer, sizeBytes: number): Buffer {
  const overheadBytes = unknownField(sizeBytes - 1_000).length - (sizeBytes - 1_000);
  return Buffer.concat([message, unknownField(sizeBytes - message.length - overheadBytes)]);
}

function unknownField(paddingBytes: number): Buffer {
  return Buffer.concat([varint((100 << 3) | 2), varint(paddingBytes), Buffer.alloc(paddingBytes)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
