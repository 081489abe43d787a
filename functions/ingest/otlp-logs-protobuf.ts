import { keepLineBytes } from './log-line.ts';
import type { AnyValue } from './otlp-any-value.ts';
import { digestOf } from './otlp-digest.ts';
import { type OtlpLogRecord, OtlpLogs, type OtlpLogsBatch } from './otlp-logs.ts';
import { AttributeList, readAnyValue, readResource } from './otlp-protobuf-values.ts';
import { BYTES, FIXED64, FieldReader, VARINT } from './protobuf-fields.ts';
import type { DecodeContext, Refusal } from './validate.ts';

/** Field numbers of opentelemetry.proto.logs.v1 and of its collector's request. */
const REQUEST = { resourceLogs: 1 } as const;
const RESOURCE_LOGS = { resource: 1, scopeLogs: 2 } as const;
const SCOPE_LOGS = { records: 2 } as const;
const RECORD = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  traceId: 9,
  spanId: 10,
  observedTime: 11,
  eventName: 12,
} as const;

const NOT_UTF8: Refusal = { code: 'utf8_invalid', detail: 'the body is not UTF-8' };
const NO_BYTES = Buffer.alloc(0);

/**
 * Decodes an ExportLogsServiceRequest of OTLP as protobuf.
 *
 * What is wrong with one record refuses only that. What cannot be read refuses the request with `ingest/payload-invalid`,
 * what is too much with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes. Decoding twice gives the
 * same batch, apart from records that say no time.
 */
export function decodeOtlpLogsProtobuf(body: Uint8Array, context: DecodeContext): OtlpLogsBatch {
  const logs = new OtlpLogs(context);
  new LogsReader(body, context, logs).read();
  return logs.finish();
}

class LogsReader {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #logs: OtlpLogs;
  readonly #place = { resource: -1, scope: -1, record: -1 };
  readonly #pointer = (): string => {
    const { resource, scope, record } = this.#place;
    return `resourceLogs[${resource}].scopeLogs[${scope}].logRecords[${record}]`;
  };

  constructor(body: Uint8Array, context: DecodeContext, logs: OtlpLogs) {
    this.#reader = new FieldReader(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    this.#context = context;
    this.#logs = logs;
  }

  read(): void {
    const place = this.#place;
    this.#each(this.#reader.bytes.length, REQUEST.resourceLogs, (end) => {
      place.resource++;
      place.scope = -1;
      this.#logs.container();
      const resource = this.#findResource(end);
      this.#logs.beginResource(digestOf(resource), readResource(resource, this.#context.limits));
      this.#each(end, RESOURCE_LOGS.scopeLogs, (scopeEnd) => {
        place.scope++;
        place.record = -1;
        this.#logs.container();
        this.#each(scopeEnd, SCOPE_LOGS.records, (recordEnd) => {
          place.record++;
          this.#logs.record(this.#record(recordEnd), this.#pointer);
        });
      });
    });
  }

  /** Reads every occurrence of a field that is a message, and passes over all others. */
  #each(end: number, field: number, read: (end: number) => void): void {
    const reader = this.#reader;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field !== field) {
        reader.skip(end);
        continue;
      }
      reader.expect(BYTES);
      const until = reader.readEnd(end);
      read(until);
      reader.at = until;
    }
  }

  /** The resource may stand behind its logs; the place of the reader stays. */
  #findResource(end: number): Buffer {
    const reader = this.#reader;
    const start = reader.at;
    let found: Buffer = NO_BYTES;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === RESOURCE_LOGS.resource) found = reader.readBytes(end);
      else reader.skip(end);
    }
    reader.at = start;
    return found;
  }

  #record(end: number): OtlpLogRecord | Refusal {
    const reader = this.#reader;
    const attributes = new AttributeList(this.#context.limits);
    const time = { timestampMs: 0, restNanos: 0, observedMs: 0, observedRestNanos: 0 };
    const ids = { traceIdBytes: 0, spanIdBytes: 0 };
    let severityNumber = 0;
    let severityText = '';
    let eventName = '';
    let body: AnyValue | undefined = null;
    while (reader.at < end) {
      reader.readTag(end);
      switch (reader.field) {
        case RECORD.time:
          reader.expect(FIXED64);
          time.timestampMs = reader.readNanosAsMs(end);
          time.restNanos = reader.restNanos;
          break;
        case RECORD.observedTime:
          reader.expect(FIXED64);
          time.observedMs = reader.readNanosAsMs(end);
          time.observedRestNanos = reader.restNanos;
          break;
        case RECORD.severityNumber:
          reader.expect(VARINT);
          severityNumber = reader.readInt32(end);
          break;
        case RECORD.severityText:
          severityText = this.#shortText(end);
          break;
        case RECORD.eventName:
          eventName = this.#shortText(end);
          break;
        case RECORD.body:
          reader.expect(BYTES);
          body = readAnyValue(reader, reader.readEnd(end));
          break;
        case RECORD.attributes:
          attributes.read(reader, end);
          break;
        case RECORD.traceId:
          ids.traceIdBytes = reader.readBytes(end).length;
          break;
        case RECORD.spanId:
          ids.spanIdBytes = reader.readBytes(end).length;
          break;
        default:
          reader.skip(end);
      }
    }
    if (body === undefined) return NOT_UTF8;
    return { ...time, ...ids, severityNumber, severityText, eventName, body, attributes: attributes.result };
  }

  /** A text that is only looked at, or stands in for a line: kept whatever it holds. */
  #shortText(end: number): string {
    const bytes = this.#reader.readBytes(end);
    return keepLineBytes(bytes, 0, bytes.length, this.#context.limits.logLineBytes).line;
  }
}
