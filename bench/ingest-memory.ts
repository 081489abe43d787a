import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { DEFAULT_INGEST_LIMITS } from '../functions/ingest/limits.ts';
import { type Service, startService } from './service.ts';

const HEAP_MB = 256;
const REQUESTS = 200;
const SERIES = 20_000;
/** Of each kind so many requests differ; sent again they are replays. */
const DIFFERENT = 4;
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

interface Body {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** The largest requests that are allowed, one kind for each way to be large. */
const KINDS: Readonly<Record<string, (i: number) => Body>> = {
  'remote write 1.0, long labels': (i) => remoteWrite1(i, 'same'),
  'remote write 1.0, ever new series': (i) => remoteWrite1(i, `new-${i}`),
  'remote write 2.0, one text in all labels': remoteWrite2,
  'metrics as JSON in gzip': metricsJson,
  'logs as JSON in gzip': logsJson,
};

export const ingestMemoryBench = {
  name: 'ingest-memory',
  describe: `${REQUESTS} of the largest requests at once, with a heap of ${HEAP_MB} MB`,
  async run(): Promise<Record<string, unknown>> {
    const service = await startService({ FOREWARN_SAMPLE: 'off' }, [`--max-old-space-size=${HEAP_MB}`]);
    try {
      const answers: Record<string, Record<string, number>> = {};
      for (const [kind, create] of Object.entries(KINDS)) {
        process.stderr.write(`ingest-memory: ${kind}\n`);
        answers[kind] = await sendAtOnce(service, create);
        process.stdout.write(`${kind.padEnd(42)}${JSON.stringify(answers[kind])}\n`);
      }
      const { peakMb } = service.memory();
      process.stdout.write(`${'peakRssMb'.padEnd(42)}${peakMb}\n`);
      return {
        protocol: `fixed: of each kind ${REQUESTS} requests at once over connections of their own, each of at most ${wireBodyBytes} bytes that become up to ${decodedBodyBytes}; answers are counted by status`,
        answers,
        peakRssMb: peakMb,
        isAlive: await isAlive(service),
      };
    } finally {
      await service.stop();
      service.remove();
    }
  },
};

async function sendAtOnce(service: Service, create: (i: number) => Body): Promise<Record<string, number>> {
  const bodies = Array.from({ length: DIFFERENT }, (_, i) => create(i));
  const answered = await Promise.all(Array.from({ length: REQUESTS }, (_, i) => send(service, bodies[i % DIFFERENT]!)));
  const counts: Record<string, number> = {};
  for (const answer of answered) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

/** The status, or what became of the connection. */
function send({ baseUrl, keys }: Service, { path, headers, bytes }: Body): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const all = { ...headers, authorization: `Bearer ${keys.ingest}`, 'content-length': bytes.length };
  const outgoing = request(new URL(path, baseUrl), { method: 'POST', agent: false, headers: all }, (response) => {
    response.resume().once('end', () => resolve(`${response.statusCode}`));
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  outgoing.end(bytes);
  return promise;
}

async function isAlive({ baseUrl, keys }: Service): Promise<boolean> {
  const response = await fetch(`${baseUrl}/v1/usage`, { headers: { authorization: `Bearer ${keys.read}` } });
  return response.ok;
}

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
