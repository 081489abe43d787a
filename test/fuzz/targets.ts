import { decodeSegmentPart, encodeSegment } from '../../data/segments/segment.ts';
import { decodeShardState, encodeShardState } from '../../data/state/codec.ts';
import { createShardState } from '../../data/state/shard-state.ts';
import { decodeChange } from '../../functions/ingest/changes-json.ts';
import { FirehoseDecoder } from '../../functions/ingest/firehose-records.ts';
import { decodeLogsJson } from '../../functions/ingest/logs-json.ts';
import { decodeLokiJson } from '../../functions/ingest/loki-json.ts';
import { decodeLokiProtobuf } from '../../functions/ingest/loki-protobuf.ts';
import { decodeMetricsCsv } from '../../functions/ingest/metrics-csv.ts';
import { decodeMetricsJson } from '../../functions/ingest/metrics-json.ts';
import { decodeOtlpLogsJson } from '../../functions/ingest/otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from '../../functions/ingest/otlp-logs-protobuf.ts';
import { decodeOtlpMetricsJson } from '../../functions/ingest/otlp-metrics-json.ts';
import { decodeOtlpMetricsProtobuf } from '../../functions/ingest/otlp-metrics-protobuf.ts';
import { createRecentIds } from '../../functions/ingest/recent-ids.ts';
import { decodeRemoteWrite } from '../../functions/ingest/remote-write.ts';
import { decodeRemoteWrite2 } from '../../functions/ingest/remote-write-2.ts';
import type { DecodeContext } from '../../functions/ingest/validate.ts';
import {
  lengthPrefixed,
  logEvent,
  logPayload,
  METRIC_LINE,
  metricMessage,
} from '../functions/ingest/firehose-fixtures.ts';
import { PROMTAIL_PUSH, packed, pushMessage } from '../functions/ingest/loki-fixtures.ts';
import { EVERY_KIND_OF_LOG, EVERY_KIND_OF_METRIC, encodeMessage } from '../functions/ingest/otlp-request.ts';
import { body, decodeContext, NOW_MS, series } from '../functions/ingest/write-request.ts';
import { body2, HISTOGRAM, series2, UP } from '../functions/ingest/write-request-2.ts';

/** One reader of bytes that come from outside, or that time may have damaged. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, from which damaged ones are made. */
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array, context: DecodeContext) => unknown;
}

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');
const json = (value: unknown): Uint8Array => text(JSON.stringify(value));

const METRIC = { name: 'queue_depth', labels: { queue: 'orders', ü: '\n' }, timestamp: NOW_MS, value: 1.5e-3 };
const METRICS = { metrics: [METRIC, { ...METRIC, type: 'counter', samples: [[NOW_MS - 1, 1]] }] };
const LOG = {
  timestamp: '2026-11-21T09:00:00+01:00',
  level: 'warn',
  message: 'slow query',
  labels: { service: 'web' },
};
const LOKI = {
  streams: [{ stream: { app: 'web', ü: '\n' }, values: [[`${NOW_MS}000001`, 'level=warn', { trace_id: 'a' }]] }],
};
const CHANGE = {
  summary: 'Deploy web 2.1.0',
  source: 'pipeline',
  kind: 'deploy',
  service: 'web',
  timestamp: '2026-11-21T09:00:00Z',
  custom_details: { version: '2.1.0' },
  links: [{ href: 'https://example.com/1', text: 'build' }],
};

const REMOTE_WRITE = [
  body(
    series([
      ['__name__', 'up'],
      ['job', 'api'],
    ]),
    series(
      [
        ['__name__', 'requests_total'],
        ['instance', 'a:9100'],
      ],
      [
        [NOW_MS - 15_000, 12],
        [NOW_MS, Number.NaN],
      ],
    ),
  ),
  body(),
];

const EXEMPLARS = [{ labelsRefs: [1, 2], value: 1, timestamp: NOW_MS }];
const REMOTE_WRITE_2 = [
  body2(
    series2(UP, { exemplars: EXEMPLARS, metadata: { type: 2 }, createdTimestamp: NOW_MS - 1_000 }),
    series2([['__name__', 'latency_seconds']], { histograms: [HISTOGRAM] }),
  ),
  body2(),
];

function segmentPart(): Uint8Array {
  const context = decodeContext();
  const metrics = decodeRemoteWrite(REMOTE_WRITE[0]!, context);
  const { logs } = decodeLogsJson(json([LOG]), 'application/json', context);
  const { bytes, parts } = encodeSegment('abcdefghijkl', 1, { series: metrics.series, logs });
  return bytes.subarray(0, parts[0]!.length);
}

function shardState(): Uint8Array {
  const layout = { detector: 'none', detectorVersion: 1, counterWords: 1, detectorWords: 2, trackerWords: 3 };
  return encodeShardState(createShardState('abcdefghijkl', 0, layout));
}

/** Reads everything, so that what is decoded only when asked for is decoded. */
function readPart(bytes: Uint8Array): unknown {
  const part = decodeSegmentPart(bytes);
  return [part.logs, Array.from({ length: part.seriesCount }, (_, i) => part.labelsAt(i))];
}

function readRecord(bytes: Uint8Array, context: DecodeContext): unknown {
  const decoder = new FirehoseDecoder(context, [], createRecentIds());
  decoder.record(0, { data: Buffer.from(bytes).toString('base64') });
  return decoder.finish();
}

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  { name: 'remote write 1.0', seeds: REMOTE_WRITE, read: decodeRemoteWrite },
  { name: 'remote write 2.0', seeds: REMOTE_WRITE_2, read: decodeRemoteWrite2 },
  {
    name: 'metrics as JSON',
    seeds: [json(METRICS), json([METRIC])],
    read: (bytes, context) => decodeMetricsJson(bytes, 'application/json', context),
  },
  {
    name: 'metrics as NDJSON',
    seeds: [text(`${JSON.stringify(METRIC)}\n${JSON.stringify(METRIC)}\n`)],
    read: (bytes, context) => decodeMetricsJson(bytes, 'application/x-ndjson', context),
  },
  {
    name: 'metrics as CSV',
    seeds: [text('timestamp,value,name,"host"\n2026-11-21T09:00:00Z,1.5,load,"a ""b"""\r\n')],
    read: decodeMetricsCsv,
  },
  {
    name: 'logs as JSON',
    seeds: [json({ logs: [LOG, LOG] })],
    read: (bytes, context) => decodeLogsJson(bytes, 'application/json', context),
  },
  {
    name: 'logs as NDJSON',
    seeds: [text(`${JSON.stringify(LOG)}\n`)],
    read: (bytes, context) => decodeLogsJson(bytes, 'application/x-ndjson', context),
  },
  { name: 'pushes of Loki', seeds: [packed(pushMessage(PROMTAIL_PUSH))], read: decodeLokiProtobuf },
  { name: 'pushes of Loki as JSON', seeds: [json(LOKI)], read: decodeLokiJson },
  {
    name: 'metrics of OTLP',
    seeds: [encodeMessage('MetricsRequest', EVERY_KIND_OF_METRIC)],
    read: (bytes, context) => decodeOtlpMetricsProtobuf([bytes], context),
  },
  { name: 'metrics of OTLP as JSON', seeds: [json(EVERY_KIND_OF_METRIC)], read: decodeOtlpMetricsJson },
  { name: 'logs of OTLP', seeds: [encodeMessage('LogsRequest', EVERY_KIND_OF_LOG)], read: decodeOtlpLogsProtobuf },
  { name: 'logs of OTLP as JSON', seeds: [json(EVERY_KIND_OF_LOG)], read: decodeOtlpLogsJson },
  {
    name: 'records of Firehose',
    seeds: [
      lengthPrefixed(metricMessage(), metricMessage()),
      json(METRIC_LINE),
      logPayload([logEvent('a'), logEvent('b')]),
    ],
    read: readRecord,
  },
  { name: 'changes', seeds: [json(CHANGE)], read: decodeChange },
  { name: 'segments', seeds: [segmentPart()], read: readPart },
  { name: 'shard state', seeds: [shardState()], read: (bytes) => decodeShardState(bytes) },
];
