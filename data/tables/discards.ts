import type { ItemBody, Table } from '../contracts.ts';

/** What was left out for one reason. */
export interface Discarded {
  readonly count: number;
  /** Null where it was not noted. */
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
}

/** How many items ingest refused, by reason, since the workspace began. What was left out later is in the shards. */
export interface Discards {
  /** Counts at once and writes soon: refusing must not wait for a write. */
  count(workspace: string, reason: string, items: number): void;
  /** Resolves when everything counted so far is written, or is kept for the next try because it could not be. */
  flush(): Promise<void>;
  read(workspace: string): Promise<ReadonlyMap<string, Discarded>>;
}

export interface DiscardsDependencies {
  readonly table: Pick<Table, 'get' | 'put'>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

const MAX_TRIES = 5;

export function createDiscards({ table, nowMs, onError }: DiscardsDependencies): Discards {
  const waiting = new Map<string, Map<string, Discarded>>();
  let writing: Promise<void> | undefined;

  function add(workspace: string, reason: string, more: Discarded): void {
    const reasons = waiting.get(workspace) ?? new Map<string, Discarded>();
    waiting.set(workspace, reasons);
    reasons.set(reason, joined(reasons.get(reason), more));
  }

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    const begun = new Map(waiting);
    for (const [workspace, reasons] of begun) {
      waiting.delete(workspace);
      try {
        await write(table, workspace, reasons);
      } catch (error) {
        for (const [reason, counted] of reasons) add(workspace, reason, counted);
        onError(error);
        return;
      }
    }
    if (waiting.size > 0) await writeAll();
  }

  return {
    count(workspace, reason, items) {
      const atMs = nowMs();
      add(workspace, reason, { count: items, firstAtMs: atMs, lastAtMs: atMs });
      void flush();
    },
    flush,
    async read(workspace) {
      const item = await table.get(placeOf(workspace));
      return new Map(Object.entries(item?.body ?? {}).map(([reason, stored]) => [reason, toDiscarded(stored)]));
    },
  };
}

/** Both together. */
export function joined(known: Discarded | undefined, more: Discarded): Discarded {
  if (known === undefined) return more;
  const times = [known.firstAtMs, known.lastAtMs, more.firstAtMs, more.lastAtMs].filter((atMs) => atMs !== null);
  return {
    count: known.count + more.count,
    firstAtMs: times.length === 0 ? null : Math.min(...times),
    lastAtMs: times.length === 0 ? null : Math.max(...times),
  };
}

function placeOf(workspace: string) {
  return { partition: `${workspace}#usage`, sort: 'discarded' };
}

/** Before times were noted, the count stood alone. */
function toDiscarded(stored: unknown): Discarded {
  if (typeof stored === 'number') return { count: stored, firstAtMs: null, lastAtMs: null };
  return stored as Discarded; // written by `write`
}

async function write(
  table: DiscardsDependencies['table'],
  workspace: string,
  reasons: ReadonlyMap<string, Discarded>,
): Promise<void> {
  const place = placeOf(workspace);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await table.get(place);
    const body: Record<string, unknown> = { ...item?.body };
    for (const [reason, more] of reasons) {
      const stored = body[reason];
      body[reason] = joined(stored === undefined ? undefined : toDiscarded(stored), more);
    }
    const condition =
      item === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'revision', revision: item.revision } as const);
    if ((await table.put({ ...place, body: body as ItemBody }, condition)).kind === 'stored') return;
  }
  throw new Error(`discards of ${workspace}: overtaken ${MAX_TRIES} times`);
}
