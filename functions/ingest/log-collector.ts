import type { LogBatch, LogRecord, LogSeverity } from '../../data/segments/batch.ts';
import type { Identity } from './series-identity.ts';

/** A record of logs, with the part of its time that is finer than a millisecond. */
interface Entry extends LogRecord {
  readonly restNanos: number;
}

interface Stream {
  readonly identity: Identity;
  readonly entries: Entry[];
  inOrder: boolean;
}

export interface CollectedLogs {
  /** Streams in the order of their first record; records of each in the order of time. */
  readonly logs: LogBatch[];
  readonly records: number;
  readonly duplicates: number;
}

/**
 * Collects the records of a request, and hands them out by stream: in the order of time, and each once.
 *
 * The same line at the same nanosecond is the same record. Other lines of that nanosecond stay, in the order in which they
 * came.
 */
export class LogCollector {
  readonly #streams = new Map<string, Stream>();
  #stream: Stream | undefined;

  /** The records that follow belong to this stream; it may have come up before. */
  begin(identity: Identity): void {
    let stream = this.#streams.get(identity.seriesId);
    if (stream === undefined) {
      stream = { identity, entries: [], inOrder: true };
      this.#streams.set(identity.seriesId, stream);
    }
    this.#stream = stream;
  }

  /** Needs a stream that has begun. */
  add(timestampMs: number, restNanos: number, severity: LogSeverity, line: string): void {
    const stream = this.#stream;
    if (stream === undefined) throw new TypeError('a record without a stream');
    const { entries } = stream;
    const last = entries.at(-1);
    const entry = { timestampMs, severity, line, restNanos };
    if (last !== undefined && compareTime(last, entry) >= 0) stream.inOrder = false;
    entries.push(entry);
  }

  finish(): CollectedLogs {
    const logs: LogBatch[] = [];
    let records = 0;
    let duplicates = 0;
    for (const { identity, entries, inOrder } of this.#streams.values()) {
      if (entries.length === 0) continue;
      const kept = inOrder ? entries : withoutRepeats(entries.sort(compareTime));
      logs.push({ streamId: identity.seriesId, labels: identity.labels, records: kept.map(toRecord) });
      records += kept.length;
      duplicates += entries.length - kept.length;
    }
    return { logs, records, duplicates };
  }
}

function compareTime(a: Entry, b: Entry): number {
  return a.timestampMs - b.timestampMs || a.restNanos - b.restNanos;
}

/** Needs entries in the order of time. */
function withoutRepeats(entries: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  let linesNow = new Set<string>();
  let last: Entry | undefined;
  for (const entry of entries) {
    if (last === undefined || compareTime(last, entry) !== 0) linesNow = new Set();
    last = entry;
    if (linesNow.has(entry.line)) continue;
    linesNow.add(entry.line);
    kept.push(entry);
  }
  return kept;
}

function toRecord({ timestampMs, severity, line }: Entry): LogRecord {
  return { timestampMs, severity, line };
}
