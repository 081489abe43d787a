import type { LogBatch, LogSeverity } from '../../data/segments/batch.ts';
import { labelValue } from '../../models/domain/series.ts';
import { ServiceError } from '../platform/errors.ts';
import { LogCollector } from './log-collector.ts';
import type { KeptLine } from './log-line.ts';
import { LEVEL_NAMES, severityOfLine } from './log-severity.ts';
import { normaliseSeverity } from './logs-json-severity.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, Refusal, Rejections } from './validate.ts';
import { checkStreamLabels, type LabelPair } from './validate-labels.ts';
import { RejectionTally } from './validate-rejections.ts';
import { checkTime } from './validate-samples.ts';

/** What a push holds. */
export interface LokiPush {
  readonly logs: LogBatch[];
  readonly acceptedRecords: number;
  readonly rejected: Rejections;
  /** Left out without refusing anything, by reason: `duplicate`, `line_truncated`, `utf8_replaced`, `structured_metadata`. */
  readonly discarded: ReadonlyMap<string, number>;
}

export interface LokiEntry {
  readonly timestampMs: number;
  readonly restNanos: number;
  readonly kept: KeptLine;
  /** What the entry's structured metadata says of its level. */
  readonly level: string | undefined;
  readonly hasMetadata: boolean;
}

/** Takes streams and their entries, in whichever form they came, through the same checks. */
export class LokiCollector {
  readonly #context: DecodeContext;
  readonly #logs = new LogCollector();
  readonly #rejected = new RejectionTally();
  readonly #discarded = new Map<string, number>();
  #streams = 0;
  #entries = 0;
  #stream: Identity | Refusal | undefined;
  #entriesOfStream = 0;
  /** Of the stream's labels; undefined where they do not tell. */
  #severity: LogSeverity | undefined;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /** The entries that follow belong to this stream. The key stands for the labels as they came. */
  begin(key: string, readLabels: () => LabelPair[] | Refusal): void {
    this.#streams++;
    this.#checkCount(this.#streams, 'streams');
    this.#entriesOfStream = 0;
    const stream = this.#identify(key, readLabels);
    this.#stream = stream;
    if ('code' in stream) return;
    this.#logs.begin(stream);
    const level = LEVEL_NAMES.map((name) => labelValue(stream.labels, name)).find((word) => word !== undefined);
    this.#severity = level === undefined ? undefined : knownSeverity(level);
  }

  entry(entry: LokiEntry | Refusal): void {
    this.#entries++;
    this.#entriesOfStream++;
    this.#checkCount(this.#entries, 'entries');
    const stream = this.#stream;
    if (stream === undefined || 'code' in stream) return;
    const refusal = 'code' in entry ? entry : this.#add(entry);
    if (refusal !== undefined) this.#rejected.add(this.#streams - 1, refusal);
  }

  /** No entry of this stream comes any more. */
  end(): void {
    const stream = this.#stream;
    if (stream === undefined || !('code' in stream)) return;
    this.#rejected.add(this.#streams - 1, stream, Math.max(1, this.#entriesOfStream));
  }

  finish(): LokiPush {
    if (this.#streams === 0) throw new ServiceError('ingest/payload-invalid', 'the push holds no streams');
    const { logs, records, duplicates } = this.#logs.finish();
    this.#discard('duplicate', duplicates);
    return { logs, acceptedRecords: records, rejected: this.#rejected, discarded: this.#discarded };
  }

  #identify(key: string, readLabels: () => LabelPair[] | Refusal): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const pairs = readLabels();
    if ('code' in pairs) return pairs;
    const checked = checkStreamLabels(pairs, limits);
    if ('refusal' in checked) return checked.refusal;
    if (checked.labels.length === 0) return { code: 'labels_empty', detail: 'a stream needs at least one label' };
    return identity.make(workspace, key, checked.labels, 'gauge');
  }

  #add({ timestampMs, restNanos, kept, level, hasMetadata }: LokiEntry): Refusal | undefined {
    const refusal = checkTime(timestampMs, this.#context.nowMs, this.#context.limits);
    if (refusal !== undefined) return refusal;
    const { line, truncated, replaced } = kept;
    const ownSeverity = level === undefined ? undefined : knownSeverity(level);
    this.#logs.add(timestampMs, restNanos, ownSeverity ?? this.#severity ?? severityOfLine(line), line);
    if (truncated) this.#discard('line_truncated', 1);
    if (replaced) this.#discard('utf8_replaced', 1);
    if (hasMetadata) this.#discard('structured_metadata', 1);
    return undefined;
  }

  #discard(reason: string, count: number): void {
    if (count > 0) this.#discarded.set(reason, (this.#discarded.get(reason) ?? 0) + count);
  }

  #checkCount(count: number, what: string): void {
    const { logRecordsPerRequest } = this.#context.limits;
    if (count <= logRecordsPerRequest) return;
    throw new ServiceError('ingest/payload-invalid', `more than ${logRecordsPerRequest} ${what} in one push`, {
      details: { limit: logRecordsPerRequest },
    });
  }
}

function knownSeverity(word: string): LogSeverity | undefined {
  const severity = normaliseSeverity(word);
  return severity === 'unknown' ? undefined : severity;
}
