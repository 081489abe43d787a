import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { createSegmentEncoder, encodeSegment } from '../data/segments/segment.ts';
import { DEFAULT_INGEST_LIMITS } from '../functions/ingest/limits.ts';
import { decodeLokiProtobuf } from '../functions/ingest/loki-protobuf.ts';
import { decodeOtlpMetricsProtobuf } from '../functions/ingest/otlp-metrics-protobuf.ts';
import { decodeRemoteWrite } from '../functions/ingest/remote-write.ts';
import { decodeRemoteWrite2 } from '../functions/ingest/remote-write-2.ts';
import { createSeriesIdentity } from '../functions/ingest/series-identity.ts';
import type { DecodeContext, MetricsBatch } from '../functions/ingest/validate.ts';
import { lokiPushBody } from './loki-push.ts';
import { otlpMetricsBody } from './otlp-metrics.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10);
const WORKSPACE = 'benchbenchbench';
const ROUNDS = 6;
const ROUND_MS = 250;
const SHARDS = 4;

const messages = protobuf.parse(`
syntax = "proto3";
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message WriteRequest { repeated TimeSeries timeseries = 1; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata metadata = 5; }
message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }
`).root;

type Pairs = readonly (readonly [name: string, value: string])[];

/** What a Prometheus with Kubernetes targets sends: 8 labels a series, one sample each, all of one scrape. */
function labelsOf(i: number): Pairs {
  return [
    ['__name__', `http_requests_${i % 50}_total`],
    ['cluster', 'eu-central-1'],
    ['container', `checkout-${i % 20}`],
    ['instance', `10.0.${(i >> 8) & 255}.${i & 255}:9100`],
    ['job', 'kubernetes-pods'],
    ['namespace', 'shop'],
    ['pod', `checkout-7d4f9c-${(i * 7919).toString(36)}`],
    ['status', `${200 + (i % 5)}`],
  ];
}

function samplesOf(i: number) {
  return [{ value: Math.round(Math.abs(Math.sin(i)) * 1e9) / 8, timestamp: NOW_MS + (i % 100) }];
}

function body(type: string, message: object): Uint8Array {
  return compress(new Uint8Array(messages.lookupType(type).encode(message).finish()));
}

function remoteWriteBody(seriesCount: number): Uint8Array {
  const timeseries = Array.from({ length: seriesCount }, (_, i) => ({
    labels: labelsOf(i).map(([name, value]) => ({ name, value })),
    samples: samplesOf(i),
  }));
  return body('WriteRequest', { timeseries });
}

/** The same in version 2.0, each series with its type and its help, as Prometheus sends them. */
function remoteWrite2Body(seriesCount: number): Uint8Array {
  const places = new Map<string, number>([['', 0]]);
  const ref = (text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const timeseries = Array.from({ length: seriesCount }, (_, i) => ({
    labelsRefs: labelsOf(i).flat().map(ref),
    samples: samplesOf(i),
    metadata: { type: 1, helpRef: ref(`Requests of kind ${i % 50}, by status.`) },
  }));
  return body('Request', { symbols: [...places.keys()], timeseries });
}

/** Items per CPU second: the best of the rounds, since the machine may be shared. */
function rate(items: number, run: () => unknown): number {
  for (let i = 0; i < 10; i++) run();
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    let calls = 0;
    let cpuMicros = 0;
    while (cpuMicros < ROUND_MS * 1000) {
      run();
      calls++;
      const { user, system } = process.cpuUsage(before);
      cpuMicros = user + system;
    }
    best = Math.max(best, (calls * items * 1e6) / cpuMicros);
  }
  return Math.round(best);
}

function decodeContext(): DecodeContext {
  return {
    workspace: WORKSPACE,
    nowMs: NOW_MS,
    limits: DEFAULT_INGEST_LIMITS,
    identity: createSeriesIdentity(),
  };
}

interface Measured {
  readonly decode: number;
  readonly decode2: number;
  readonly decodeNew: number;
  readonly encodeSegment: number;
  readonly encodeAgain: number;
  readonly bytesPerSample: number;
}

function measure(seriesCount: number): Measured {
  const body1 = remoteWriteBody(seriesCount);
  const body2 = remoteWrite2Body(seriesCount);
  const context = decodeContext();
  const batch: MetricsBatch = decodeRemoteWrite(body1, context);
  const encode = () => encodeSegment(WORKSPACE, SHARDS, { series: batch.series, logs: [] });
  const encodeAgain = createSegmentEncoder();
  return {
    decode: rate(seriesCount, () => decodeRemoteWrite(body1, context)),
    decode2: rate(seriesCount, () => decodeRemoteWrite2(body2, context)),
    decodeNew: rate(seriesCount, () => decodeRemoteWrite(body1, decodeContext())),
    encodeSegment: rate(seriesCount, encode),
    encodeAgain: rate(seriesCount, () => encodeAgain(WORKSPACE, SHARDS, { series: batch.series, logs: [] })),
    bytesPerSample: Math.round((encode().bytes.length / seriesCount) * 10) / 10,
  };
}

const LOKI_ENTRIES = 5_000;

/** Entries per CPU second. */
function measureLoki(): number {
  const body = lokiPushBody(LOKI_ENTRIES, NOW_MS);
  const context = decodeContext();
  return rate(LOKI_ENTRIES, () => decodeLokiProtobuf(body, context));
}

const OTLP_POINTS = 10_000;

/** Points per CPU second. */
function measureOtlp(): number {
  const bodies = [otlpMetricsBody(OTLP_POINTS, NOW_MS)];
  const context = decodeContext();
  return rate(OTLP_POINTS, () => decodeOtlpMetricsProtobuf(bodies, context));
}

/**
 * How fast the wire formats are read, and segments written: `remoteWrite1` and `remoteWrite2` are samples, `loki` entries
 * and `otlp` points per CPU second, decompression included.
 */
export const decodeBench = {
  name: 'decode',
  describe: 'bodies of remote write, OTLP and Loki decoded, and segments encoded, per CPU second',
  run(): Promise<Record<string, unknown>> {
    const large = measure(10_000);
    const small = measure(2_000);
    return Promise.resolve({
      protocol:
        'fixed: 8 labels a series, one sample each, series known, snappy included, best of 6 rounds; remoteWrite1 and remoteWrite2 at 10,000 samples a body, remoteWrite1Of2000 and remoteWrite2Of2000 at 2,000; remoteWrite1NewSeriesOf2000 with nothing known; encodeSegment over 4 shards, encodeSegmentAgainOf2000 of series that came in this order before; loki at 5,000 entries of 110 bytes a body in 20 streams; otlp as protobuf, not packed, 10,000 points of 6 attributes a body in 50 sums',
      remoteWrite1: large.decode,
      remoteWrite1Of2000: small.decode,
      remoteWrite1NewSeriesOf2000: small.decodeNew,
      remoteWrite2: large.decode2,
      remoteWrite2Of2000: small.decode2,
      encodeSegment: large.encodeSegment,
      encodeSegmentOf2000: small.encodeSegment,
      encodeSegmentAgainOf2000: small.encodeAgain,
      encodeSegmentCpuMicrosPerSample: Math.round(1e8 / large.encodeSegment) / 100,
      loki: measureLoki(),
      otlp: measureOtlp(),
      segmentBytesPerSample: large.bytesPerSample,
    });
  },
};
