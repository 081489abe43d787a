import type { ItemKey, Table } from '../contracts.ts';

export interface MinuteOfUse {
  readonly requests: number;
  readonly samples: number;
  readonly logRecords: number;
}

/** What a workspace sent in the last full minute, all processes together. */
export interface UsageRates {
  /** Returns at once; a minute is written when the next one has begun. */
  count(workspace: string, what: keyof MinuteOfUse, amount: number): void;
  /** The last minute in which something was counted, where it is not longer ago than two. */
  read(workspace: string): Promise<MinuteOfUse>;
  /** Resolves when everything begun is written, or could not be. */
  flush(): Promise<void>;
}

export interface UsageRatesDependencies {
  readonly table: Pick<Table, 'get' | 'put'>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

const MINUTE_MS = 60_000;
const MAX_TRIES = 5;
const NOTHING: MinuteOfUse = { requests: 0, samples: 0, logRecords: 0 };

interface Minute {
  readonly startMs: number;
  use: MinuteOfUse;
}

export function createUsageRates({ table, nowMs, onError }: UsageRatesDependencies): UsageRates {
  const current = new Map<string, Minute>();
  const writing = new Set<Promise<void>>();

  function begin(workspace: string, startMs: number): Minute {
    const minute = { startMs, use: NOTHING };
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
      const startMs = Math.floor(nowMs() / MINUTE_MS) * MINUTE_MS;
      const running = current.get(workspace);
      if (running !== undefined && running.startMs !== startMs) finish(workspace, running);
      const minute = running?.startMs === startMs ? running : begin(workspace, startMs);
      minute.use = { ...minute.use, [what]: minute.use[what] + amount };
    },
    async read(workspace) {
      const item = await table.get(placeOf(workspace));
      if (item === undefined || Number(item.body.startMs) < nowMs() - 3 * MINUTE_MS) return NOTHING;
      return useOf(item.body);
    },
    async flush() {
      await Promise.all(writing);
    },
  };
}

function placeOf(workspace: string): ItemKey {
  return { partition: `${workspace}#usage`, sort: 'minute' };
}

function useOf(body: Readonly<Record<string, unknown>>): MinuteOfUse {
  return { requests: Number(body.requests), samples: Number(body.samples), logRecords: Number(body.logRecords) };
}

/** Adds to what other processes have written of the same minute; an older minute than the one stored is let go. */
async function write(
  table: UsageRatesDependencies['table'],
  workspace: string,
  { startMs, use }: Minute,
): Promise<void> {
  const place = placeOf(workspace);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await table.get(place);
    const storedMs = Number(item?.body.startMs ?? 0);
    if (storedMs > startMs) return;
    const others = item !== undefined && storedMs === startMs ? useOf(item.body) : NOTHING;
    const body = {
      startMs,
      requests: others.requests + use.requests,
      samples: others.samples + use.samples,
      logRecords: others.logRecords + use.logRecords,
    };
    const condition =
      item === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'revision', revision: item.revision } as const);
    if ((await table.put({ ...place, body }, condition)).kind === 'stored') return;
  }
  throw new Error(`minute of use of ${workspace}: overtaken ${MAX_TRIES} times`);
}
