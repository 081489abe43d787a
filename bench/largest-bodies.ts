import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { DEFAULT_INGEST_LIMITS } from '../functions/ingest/limits.ts';
import { createRandom } from '../models/numeric/random.ts';

/** What is sent, and where to. */
export interface Body {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

const SERIES = 20_000;
const { decodedBodyBytes, expandedLabelBytes, wireBodyBytes } = DEFAULT_INGEST_LIMITS;

const messages = protobuf.parse(`
syntax = "proto3";
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; }
message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }
`).root;

/** The largest requests that are allowed, one kind for each way to be large; with another number they differ. */
export const LARGEST_BODIES: Readonly<Record<string, (i: number) => Body>> = {
  'remote write 1.0, long labels': (i) => remoteWrite1(i, 'same'),
  'remote write 1.0, ever new series': (i) => remoteWrite1(i, `new-${i}`),
  'remote write 1.0, what does not compress': remoteWrite1Random,
  'remote write 2.0, one text in all labels': remoteWrite2,
  'metrics as JSON in gzip': metricsJson,
  'logs as JSON in gzip': logsJson,
};

const samplesOf = (i: number) => [{ value: i, timestamp: Date.now() - i * 1_000 }];

function remoteWrite1(i: number, text: string): Body {
  // What is left of the size for the value of the long label, after the other fields of a series.
  const long = 'x'.repeat(Math.floor(decodedBodyBytes / SERIES) - 120);
  const timeseries = Array.from({ length: SERIES }, (_, series) => ({
    labels: [
      { name: '__name__', value: 'large' },
      { name: 'a', value: `${text}-${series}` },
      { name: 'b', value: long },
    ],
    samples: samplesOf(i),
  }));
  return protobufBody('WriteRequest', { timeseries }, 'application/x-protobuf');
}

/** As large on the wire as may be. */
function remoteWrite1Random(i: number): Body {
  const random = createRandom(i + 1);
  const series = 2_400;
  const valueBytes = Math.floor(wireBodyBytes / series) - 80;
  const letter = (): string => String.fromCharCode(32 + Math.floor(95 * random.uniform()));
  const timeseries = Array.from({ length: series }, () => ({
    labels: [
      { name: '__name__', value: 'random' },
      { name: 'a', value: Array.from({ length: valueBytes }, letter).join('') },
    ],
    samples: samplesOf(i),
  }));
  return protobufBody('WriteRequest', { timeseries }, 'application/x-protobuf');
}

function remoteWrite2(i: number): Body {
  const perSeries = Math.floor(expandedLabelBytes / SERIES) - 100;
  const symbols = ['', '__name__', 'large2', 'a', 'b', 'c', 'x'.repeat(perSeries / 2)];
  const timeseries = Array.from({ length: SERIES }, (_, series) => {
    symbols.push(`${series}`);
    return { labelsRefs: [1, 2, 3, symbols.length - 1, 4, 6, 5, 6], samples: samplesOf(i) };
  });
  const type = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
  return protobufBody('Request', { symbols, timeseries }, type);
}

function protobufBody(type: string, message: object, contentType: string): Body {
  const plain = new Uint8Array(messages.lookupType(type).encode(message).finish());
  const headers = { 'content-type': contentType, 'content-encoding': 'snappy' };
  return { path: '/api/v1/write', headers, bytes: compress(plain) };
}

function metricsJson(i: number): Body {
  const long = 'x'.repeat(Math.floor(decodedBodyBytes / SERIES) - 160);
  const metrics = Array.from({ length: SERIES }, (_, series) => ({
    name: 'large3',
    labels: { a: `${series}`, b: long },
    timestamp: Date.now() - i * 1_000,
    value: i,
  }));
  return jsonBody('/v1/ingest/metrics', { metrics });
}

function logsJson(i: number): Body {
  const records = DEFAULT_INGEST_LIMITS.logRecordsPerRequest;
  const long = 'x'.repeat(Math.floor(decodedBodyBytes / records) - 160);
  const logs = Array.from({ length: records }, (_, record) => ({
    timestamp: Date.now() - i,
    severity: 'info',
    message: `${record} ${long}`,
    labels: { service: 'large' },
  }));
  return jsonBody('/v1/ingest/logs', { logs });
}

function jsonBody(path: string, value: unknown): Body {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  return { path, headers, bytes: gzipSync(JSON.stringify(value), { level: 1 }) };
}
