import type { ItemBody, ItemKey, Table } from '../contracts.ts';

export interface MinuteOfUse {
  readonly requests: number;
  readonly samples: number;
  readonly logRecords: number;
  readonly logBytes: number;
  readonly newSeries: number;
}

/** Of the last full minute, and of the streams of logs that are in use. */
export interface RecentUse extends MinuteOfUse {
  /** Streams of logs with a record within the hour, as the process knew them that knew the most. */
  readonly logStreams: number;
}

/** What a workspace sent in the last full minute, all processes together. */
export interface UsageRates {
  /** Returns at once; a minute is written when the next one has begun. */
  count(workspace: string, what: keyof MinuteOfUse, amount: number): void;
  /** The same, of how many streams of logs are in use. */
  noteStreams(workspace: string, streams: number): void;
  /** The last minute in which something was counted, where it is not longer ago than two; streams of the last hour. */
  read(workspace: string): Promise<RecentUse>;
  /** Resolves when everything begun is written, or could not be. */
  flush(): Promise<void>;
}

export interface UsageRatesDependencies {
  readonly table: Pick<Table, 'get' | 'put'>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MAX_TRIES = 5;
const NOTHING: MinuteOfUse = { requests: 0, samples: 0, logRecords: 0, logBytes: 0, newSeries: 0 };

interface Minute {
  readonly startMs: number;
  use: MinuteOfUse;
  logStreams: number;
}

export function createUsageRates({ table, nowMs, onError }: UsageRatesDependencies): UsageRates {
  const current = new Map<string, Minute>();
  const writing = new Set<Promise<void>>();

  function minuteOf(workspace: string): Minute {
    const startMs = Math.floor(nowMs() / MINUTE_MS) * MINUTE_MS;
    const running = current.get(workspace);
    if (running?.startMs === startMs) return running;
    if (running !== undefined) finish(workspace, running);
    const minute = { startMs, use: NOTHING, logStreams: 0 };
    current.set(workspace, minute);
    return minute;
  }

  function finish(workspace: string, minute: Minute): void {
    const written = write(table, workspace, minute)
      .catch(onError)
      .finally(() => writing.delete(written));
    writing.add(written);
  }

  return {
    count(workspace, what, amount) {
      const minute = minuteOf(workspace);
      minute.use = { ...minute.use, [what]: minute.use[what] + amount };
    },
    noteStreams(workspace, streams) {
      const minute = minuteOf(workspace);
      minute.logStreams = Math.max(minute.logStreams, streams);
    },
    async read(workspace) {
      const body = (await table.get(placeOf(workspace)))?.body ?? {};
      const streams = streamsOf(body);
      return {
        ...(numberOf(body.startMs) < nowMs() - 3 * MINUTE_MS ? NOTHING : useOf(body)),
        logStreams: streams.logStreamsAtMs < nowMs() - HOUR_MS ? 0 : streams.logStreams,
      };
    },
    async flush() {
      await Promise.all(writing);
    },
  };
}

function placeOf(workspace: string): ItemKey {
  return { partition: `${workspace}#usage`, sort: 'minute' };
}

/** What an earlier release did not write is 0. */
function numberOf(stored: unknown): number {
  return Number(stored ?? 0);
}

function useOf(body: ItemBody): MinuteOfUse {
  return {
    requests: numberOf(body.requests),
    samples: numberOf(body.samples),
    logRecords: numberOf(body.logRecords),
    logBytes: numberOf(body.logBytes),
    newSeries: numberOf(body.newSeries),
  };
}

function streamsOf(body: ItemBody) {
  return { logStreams: numberOf(body.logStreams), logStreamsAtMs: numberOf(body.logStreamsAtMs) };
}

/** Adds to what other processes have written of the same minute; an older minute than the one stored is let go. */
async function write(
  table: UsageRatesDependencies['table'],
  workspace: string,
  { startMs, use, logStreams }: Minute,
): Promise<void> {
  const place = placeOf(workspace);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await table.get(place);
    const stored = item?.body ?? {};
    const storedMs = numberOf(stored.startMs);
    if (storedMs > startMs) return;
    const others = storedMs === startMs ? useOf(stored) : NOTHING;
    const known = streamsOf(stored);
    const isMore = logStreams > 0 && (known.logStreamsAtMs < startMs || known.logStreams < logStreams);
    const body = {
      startMs,
      ...sumOf(others, use),
      ...(isMore ? { logStreams, logStreamsAtMs: startMs } : known),
    };
    const condition =
      item === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'revision', revision: item.revision } as const);
    if ((await table.put({ ...place, body }, condition)).kind === 'stored') return;
  }
  throw new Error(`minute of use of ${workspace}: overtaken ${MAX_TRIES} times`);
}

function sumOf(a: MinuteOfUse, b: MinuteOfUse): MinuteOfUse {
  return {
    requests: a.requests + b.requests,
    samples: a.samples + b.samples,
    logRecords: a.logRecords + b.logRecords,
    logBytes: a.logBytes + b.logBytes,
    newSeries: a.newSeries + b.newSeries,
  };
}
