import type { LogBatch, LogRecord } from '../../data/segments/batch.ts';
import { ServiceError } from '../platform/errors.ts';
import { keepLine } from './log-line.ts';
import { normaliseSeverity } from './logs-json-severity.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, LogsBatch, Refusal } from './validate.ts';
import { isObject, type JsonMediaType, ownField, readJsonItems } from './validate-json.ts';
import { readJsonLabels } from './validate-json-labels.ts';
import { checkStreamLabels } from './validate-labels.ts';
import { RejectionTally } from './validate-rejections.ts';
import { readTime, restOfIsoTime } from './validate-time.ts';

/**
 * Decodes logs as JSON: `{"logs": [record, …]}`, a bare array, or one record on each line.
 *
 * A record is `{timestamp, severity? | level?, message | line, labels?}`. What is wrong with one refuses only that one; a
 * line beyond the limit is cut and counted. Throws `ingest/payload-invalid` where the whole cannot be read and
 * `ingest/payload-too-large` above the limits. Decoding twice gives the same batch.
 */
export function decodeLogsJson(body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext): LogsBatch {
  const { logRecordsPerRequest } = context.limits;
  const { items, warnings } = readJsonItems(body, mediaType, { member: 'logs', limits: context.limits });
  const decoder = new LogsDecoder(context);
  let index = 0;
  for (const item of items) {
    if (index === logRecordsPerRequest) {
      throw new ServiceError('ingest/payload-too-large', `more than ${logRecordsPerRequest} records in one request`, {
        details: { limit: logRecordsPerRequest },
      });
    }
    decoder.item(index, 'unreadable' in item ? { code: 'json_invalid', detail: item.unreadable } : item);
    index++;
  }
  return { ...decoder.finish(), warnings };
}

class LogsDecoder {
  readonly #context: DecodeContext;
  readonly #rejected = new RejectionTally();
  readonly #streams = new Map<string, { readonly identity: Identity; readonly records: Required<LogRecord>[] }>();
  #accepted = 0;
  #truncated = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  item(index: number, item: { readonly value: unknown } | Refusal): void {
    const refusal = 'code' in item ? item : this.#record(item.value, index);
    if (refusal === undefined) this.#accepted++;
    else this.#rejected.add(index, refusal);
  }

  /** Records of a stream in order of time; of equal times in the order in which they came. */
  finish(): Omit<LogsBatch, 'warnings'> {
    const logs = [...this.#streams.values()].map(
      ({ identity, records }): LogBatch => ({
        streamId: identity.seriesId,
        labels: identity.labels,
        records: records.sort((a, b) => a.timestampMs - b.timestampMs || a.restNanos - b.restNanos),
      }),
    );
    return { logs, acceptedRecords: this.#accepted, rejected: this.#rejected, truncated: this.#truncated };
  }

  #record(raw: unknown, index: number): Refusal | undefined {
    if (!isObject(raw)) return { code: 'item_invalid', detail: 'expected an object' };
    const line = ownField(raw, 'message') ?? ownField(raw, 'line');
    if (typeof line !== 'string') return { code: 'line_missing', detail: '"message" or "line" must be a text' };
    if (!line.isWellFormed()) return { code: 'utf8_invalid', detail: 'the line holds half a surrogate pair' };
    const rawSeverity = ownField(raw, 'severity') ?? ownField(raw, 'level');
    if (rawSeverity !== undefined && rawSeverity !== null && typeof rawSeverity !== 'string') {
      return { code: 'severity_invalid', detail: '"severity" must be a text' };
    }
    const rawTime = ownField(raw, 'timestamp');
    const time = readTime(rawTime, this.#context);
    if ('refusal' in time) return time.refusal;
    const stream = this.#stream(ownField(raw, 'labels'));
    if ('code' in stream) return stream;
    const kept = keepLine(line, this.#context.limits.logLineBytes);
    if (kept.truncated) this.#truncated++;
    stream.records.push({
      timestampMs: time.timestampMs,
      restNanos: restNanosOf(rawTime, index),
      severity: normaliseSeverity(rawSeverity ?? ''),
      line: kept.line,
    });
    return undefined;
  }

  #stream(rawLabels: unknown): { readonly records: Required<LogRecord>[] } | Refusal {
    const { workspace, identity, limits } = this.#context;
    const pairs = readJsonLabels(rawLabels);
    if ('code' in pairs) return pairs;
    let key = 'l';
    for (const [name, value] of pairs) key += `${name.length}:${name}${value.length}:${value}`;
    let known = identity.find(workspace, key);
    if (known === undefined) {
      const checked = checkStreamLabels(pairs, limits);
      if ('refusal' in checked) return checked.refusal;
      known = identity.make(workspace, key, checked.labels, 'gauge');
    }
    const stream = this.#streams.get(known.seriesId) ?? { identity: known, records: [] };
    this.#streams.set(known.seriesId, stream);
    return stream;
  }
}

/** Records without a time have that of the request: their place keeps equal lines as many as they are. */
function restNanosOf(rawTime: unknown, index: number): number {
  if (typeof rawTime === 'string') return restOfIsoTime(rawTime);
  return typeof rawTime === 'number' ? 0 : index;
}
