import { constants, gunzipSync } from 'node:zlib';
import { ServiceError } from '../platform/errors.ts';
import { CloudWatchLogs } from './cloudwatch-logs.ts';
import { readCloudWatchMetric } from './cloudwatch-metric-json.ts';
import { readCloudWatchOtlp } from './cloudwatch-metric-otlp.ts';
import { CloudWatchMetrics, type CloudWatchPoint } from './cloudwatch-metrics.ts';
import { FieldReader } from './protobuf-fields.ts';
import type { RecentIds } from './recent-ids.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { isObject, ownField, readJsonItems } from './validate-json.ts';
import type { LabelPair } from './validate-labels.ts';

/** A record of which something could not be taken: for people to look at. */
export interface BadRecord {
  readonly index: number;
  readonly reason: string;
  readonly detail: string;
  /** As it came; of several messages in one record what follows the last good one. */
  readonly data: unknown;
}

export interface FirehoseBatch {
  readonly metrics: ReturnType<CloudWatchMetrics['finish']>;
  readonly logs: ReturnType<CloudWatchLogs['finish']>;
  readonly logIds: ReadonlySet<string>;
  readonly bad: readonly BadRecord[];
  /** Items that were refused or dropped, by reason. */
  readonly left: ReadonlyMap<string, number>;
}

/** Firehose gathers packed lines for a minute: many times what other senders put into a request. */
const LOG_EVENTS_FACTOR = 10;

/** Reads the records of a delivery, whichever of the three formats each has. What is wrong with one leaves the others be. */
export class FirehoseDecoder {
  readonly #context: DecodeContext;
  readonly #metrics: CloudWatchMetrics;
  readonly #logs: CloudWatchLogs;
  readonly #bad: BadRecord[] = [];
  readonly #left = new Map<string, number>();
  /** Bytes that records came to, unpacked. */
  #unpackedBytes = 0;
  #index = 0;
  #data: unknown;
  #isBad = false;

  constructor(context: DecodeContext, common: readonly LabelPair[], recent: RecentIds) {
    this.#context = context;
    this.#metrics = new CloudWatchMetrics(context, common);
    this.#logs = new CloudWatchLogs(context, common, recent);
  }

  record(index: number, raw: unknown): void {
    this.#index = index;
    this.#data = isObject(raw) ? ownField(raw, 'data') : raw;
    this.#isBad = false;
    if (typeof this.#data !== 'string' || !isBase64(this.#data)) {
      this.#refuse({ code: 'record_invalid', detail: '"data" must be a text in base64' });
      return;
    }
    try {
      this.#open(Buffer.from(this.#data, 'base64'));
    } catch (error) {
      if (!(error instanceof ServiceError) || error.details.limit !== undefined) throw error;
      this.#refuse({ code: 'record_unreadable', detail: error.message });
    }
  }

  finish(): FirehoseBatch {
    return {
      metrics: this.#metrics.finish(),
      logs: this.#logs.finish(),
      logIds: this.#logs.ids,
      bad: this.#bad,
      left: this.#left,
    };
  }

  #open(bytes: Buffer): void {
    const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? this.#unpack(bytes) : bytes;
    this.#charge(content.length);
    if (isJson(content)) this.#lines(content);
    else this.#messages(content);
  }

  /** Half of what a request may come to: what goes beyond is no record that CloudWatch would send. */
  #unpack(bytes: Buffer): Buffer {
    const maxOutputLength = this.#context.limits.decodedBodyBytes / 2;
    try {
      return gunzipSync(bytes, { maxOutputLength, finishFlush: constants.Z_FINISH });
    } catch (error) {
      const isBomb = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      // It costs as much as if it had been read.
      if (isBomb) this.#charge(maxOutputLength);
      const what = isBomb ? `unpacks to more than ${maxOutputLength} bytes` : 'cannot be unpacked';
      throw new ServiceError('ingest/payload-invalid', `gzip: ${what}`, { cause: error });
    }
  }

  #charge(sizeBytes: number): void {
    this.#unpackedBytes += sizeBytes;
    this.#check(this.#unpackedBytes, this.#context.limits.decodedBodyBytes, 'bytes of records, unpacked');
  }

  /** Objects, one on a line: metrics, or the payload of a log subscription. */
  #lines(content: Buffer): void {
    const { limits } = this.#context;
    const { items } = readJsonItems(content, 'application/x-ndjson', { member: '', limits });
    for (const item of items) {
      if ('unreadable' in item) this.#refuse({ code: 'json_invalid', detail: item.unreadable });
      else if (!isObject(item.value)) this.#refuse({ code: 'payload_unknown', detail: 'expected an object' });
      else if (ownField(item.value, 'messageType') !== undefined) this.#logPayload(item.value);
      else this.#point(readCloudWatchMetric(item.value));
    }
  }

  #logPayload(payload: Readonly<Record<string, unknown>>): void {
    this.#logs.payload(payload, (refusal) => this.#refuse(refusal));
    const { logRecordsPerRequest } = this.#context.limits;
    this.#check(this.#logs.events, logRecordsPerRequest * LOG_EVENTS_FACTOR, 'log events');
  }

  /** Messages of OpenTelemetry, each after its length. */
  #messages(content: Buffer): void {
    const reader = new FieldReader(content);
    while (reader.at < content.length) {
      const start = reader.at;
      try {
        const end = reader.readEnd(content.length);
        const message = content.subarray(reader.at, end);
        readCloudWatchOtlp(message, this.#context.limits, (point) => this.#point(point));
        reader.at = end;
      } catch (error) {
        if (!(error instanceof ServiceError) || error.details.limit !== undefined) throw error;
        this.#data = content.toString('base64', start);
        this.#refuse({ code: 'record_unreadable', detail: error.message });
        return;
      }
    }
  }

  #point(point: CloudWatchPoint | Refusal): void {
    const answer = 'code' in point ? point : this.#metrics.add(point);
    const { samplesPerRequest } = this.#context.limits;
    this.#check(this.#metrics.points, samplesPerRequest, 'points');
    if (answer === undefined) return;
    if ('dropped' in answer) this.#leave(answer.dropped);
    else this.#refuse(answer);
  }

  /** The record goes aside once, with the first reason; every reason is counted. */
  #refuse({ code, detail }: Refusal): void {
    this.#leave(code);
    if (this.#isBad) return;
    this.#isBad = true;
    this.#bad.push({ index: this.#index, reason: code, detail, data: this.#data });
  }

  #leave(reason: string): void {
    this.#left.set(reason, (this.#left.get(reason) ?? 0) + 1);
  }

  /** Beyond the limits the whole is refused: Firehose then keeps it in its own backup. */
  #check(value: number, limit: number, what: string): void {
    if (value <= limit) return;
    throw new ServiceError('ingest/payload-too-large', `firehose: more than ${limit} ${what}`, { details: { limit } });
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const SPACES: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/**
 * Whether these are lines of JSON. A message of OpenTelemetry that is 123 bytes long begins with the same byte as an object,
 * and then with the one of a newline, where none of ours has any.
 */
function isJson(content: Buffer): boolean {
  let at = 0;
  while (at < content.length && SPACES.has(content[at]!)) at++;
  return content[at] === OPEN_BRACE && content[at + 1] !== NEWLINE;
}
