import type { LogBatch, LogRecord, LogSeverity } from '../../data/segments/batch.ts';
import type { Identity } from './series-identity.ts';

type Entry = Required<LogRecord>;

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
 * The same line of the same severity at the same nanosecond is the same record. Other lines of that nanosecond stay, in the
 * order in which they came.
 */
export class LogCollector {
  readonly #compare: (a: Entry, b: Entry) => number;
  readonly #streams = new Map<string, Stream>();
  #stream: Stream | undefined;

  /** The rest is part of the time, unless it is a `name`: then records of one millisecond stay in the order in which they came. */
  constructor(rest: 'time' | 'name' = 'time') {
    this.#compare = rest === 'time' ? compareTime : (a, b) => a.timestampMs - b.timestampMs;
  }

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
    if (last !== undefined && this.#compare(last, entry) >= 0) stream.inOrder = false;
    entries.push(entry);
  }

  finish(): CollectedLogs {
    const logs: LogBatch[] = [];
    let records = 0;
    let duplicates = 0;
    for (const { identity, entries, inOrder } of this.#streams.values()) {
      if (entries.length === 0) continue;
      const kept = inOrder ? entries : withoutRepeats(entries.sort(this.#compare));
      logs.push({ streamId: identity.seriesId, labels: identity.labels, records: kept });
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
  let seenNow = new Set<string>();
  let nowMs = Number.NaN;
  for (const entry of entries) {
    if (entry.timestampMs !== nowMs) seenNow = new Set();
    nowMs = entry.timestampMs;
    const what = `${entry.restNanos} ${entry.severity} ${entry.line}`;
    if (seenNow.has(what)) continue;
    seenNow.add(what);
    kept.push(entry);
  }
  return kept;
}
