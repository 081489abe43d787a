import type { LogSeverity } from '../../data/segments/batch.ts';
import { ServiceError } from '../platform/errors.ts';
import { LogCollector } from './log-collector.ts';
import { keepLine } from './log-line.ts';
import { normaliseSeverity } from './logs-json-severity.ts';
import { type AnyValue, lineText } from './otlp-any-value.ts';
import { type Attributes, streamLabels } from './otlp-labels.ts';
import { Warnings } from './otlp-warnings.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, LogsBatch, Refusal } from './validate.ts';
import { checkStreamLabels } from './validate-labels.ts';
import { RejectionTally } from './validate-rejections.ts';
import { checkTime } from './validate-samples.ts';

/** A record as it came, in whichever form. */
export interface OtlpLogRecord {
  readonly timestampMs: number;
  readonly restNanos: number;
  readonly observedMs: number;
  readonly observedRestNanos: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AnyValue;
  readonly attributes: Attributes | Refusal;
  /** Length of the identifiers in bytes; −1 where they are none. */
  readonly traceIdBytes: number;
  readonly spanIdBytes: number;
}

export interface OtlpLogsBatch extends LogsBatch {
  /** Left out without refusing anything, by reason: `duplicate`, `line_truncated`, `utf8_replaced`. */
  readonly discarded: ReadonlyMap<string, number>;
}

/** Four numbers for each word, from 1. */
const SEVERITIES: readonly LogSeverity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Resources and scopes without records cost time too. */
const CONTAINERS_PER_RECORD = 4;

/** Takes logs of OpenTelemetry, in whichever form they came, through the same rules. */
export class OtlpLogs {
  readonly warnings = new Warnings();
  readonly #context: DecodeContext;
  readonly #logs = new LogCollector();
  readonly #rejected = new RejectionTally();
  #truncated = 0;
  #replaced = 0;
  #containers = 0;
  #records = 0;
  #stream: Identity | Refusal = { code: 'item_invalid', detail: 'a record without a resource' };

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /** Counts a resource or a scope. */
  container(): void {
    this.#containers++;
    this.#checkCount(this.#containers, CONTAINERS_PER_RECORD, 'resources and scopes');
  }

  /** The records that follow come from this resource; the key stands for it as it came. */
  beginResource(key: string, resource: Attributes | Refusal): void {
    const stream = 'code' in resource ? resource : this.#identify(`P${key}`, resource);
    this.#stream = stream;
    if (!('code' in stream)) this.#logs.begin(stream);
  }

  record(record: OtlpLogRecord | Refusal, pointer: () => string): void {
    this.#records++;
    this.#checkCount(this.#records, 1, 'log records');
    const refusal = 'code' in this.#stream ? this.#stream : 'code' in record ? record : this.#add(record);
    if (refusal !== undefined) this.#rejected.add(this.#records - 1, refusal, 1, pointer);
  }

  finish(): OtlpLogsBatch {
    const { logs, records, duplicates } = this.#logs.finish();
    if (this.#truncated > 0) {
      const { logLineBytes } = this.#context.limits;
      this.warnings.add(`${this.#truncated} log lines were longer than ${logLineBytes} bytes and are cut`);
    }
    return {
      logs,
      acceptedRecords: records,
      rejected: this.#rejected,
      truncated: this.#truncated,
      discarded: new Map([
        ['duplicate', duplicates],
        ['line_truncated', this.#truncated],
        ['utf8_replaced', this.#replaced],
      ]),
      warnings: this.warnings.sentences,
    };
  }

  #identify(key: string, resource: Attributes): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const checked = checkStreamLabels(streamLabels(resource, limits), limits);
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels, 'gauge');
  }

  #add(record: OtlpLogRecord): Refusal | undefined {
    if ('code' in record.attributes) return record.attributes;
    const { nowMs, limits } = this.#context;
    const [timestampMs, restNanos] = this.#timeOf(record);
    const refusal = checkTime(timestampMs, nowMs, limits);
    if (refusal !== undefined) return refusal;
    const text = record.body === null ? record.eventName : lineText(record.body);
    const { line, truncated, replaced } = keepLine(text, limits.logLineBytes);
    if (truncated) this.#truncated++;
    if (replaced) this.#replaced++;
    this.#warnOfIds(record);
    this.#logs.add(timestampMs, restNanos, severityOf(record), line);
    return undefined;
  }

  /** Where nobody says when: now, each record apart from the others, so that equal lines stay as many as they are. */
  #timeOf(record: OtlpLogRecord): readonly [timestampMs: number, restNanos: number] {
    if (record.timestampMs > 0) return [record.timestampMs, record.restNanos];
    if (record.observedMs > 0) return [record.observedMs, record.observedRestNanos];
    return [this.#context.nowMs, this.#records];
  }

  #warnOfIds({ traceIdBytes, spanIdBytes }: OtlpLogRecord): void {
    if (traceIdBytes !== 0 && traceIdBytes !== TRACE_ID_BYTES) {
      this.warnings.add(`a traceId is not ${TRACE_ID_BYTES} bytes long and is dropped`);
    }
    if (spanIdBytes !== 0 && spanIdBytes !== SPAN_ID_BYTES) {
      this.warnings.add(`a spanId is not ${SPAN_ID_BYTES} bytes long and is dropped`);
    }
  }

  #checkCount(count: number, factor: number, what: string): void {
    const limit = this.#context.limits.logRecordsPerRequest * factor;
    if (count <= limit) return;
    throw new ServiceError('ingest/payload-too-large', `more than ${limit} ${what} in one request`, {
      details: { limit },
    });
  }
}

function severityOf({ severityNumber, severityText }: OtlpLogRecord): LogSeverity {
  const known = severityNumber >= 1 ? SEVERITIES[Math.ceil(severityNumber / 4) - 1] : undefined;
  return known ?? normaliseSeverity(severityText);
}
