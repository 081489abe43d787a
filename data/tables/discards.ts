import type { Table } from '../contracts.ts';

/** How many items ingest refused, by reason, since the workspace began. What was left out later is in the shards. */
export interface Discards {
  /** Counts at once and writes soon: refusing must not wait for a write. */
  count(workspace: string, reason: string, items: number): void;
  /** Resolves when everything counted so far is written, or is kept for the next try because it could not be. */
  flush(): Promise<void>;
  read(workspace: string): Promise<Readonly<Record<string, number>>>;
}

const MAX_TRIES = 5;

export function createDiscards(table: Table, onError: (error: unknown) => void): Discards {
  const waiting = new Map<string, Map<string, number>>();
  let writing: Promise<void> | undefined;

  function count(workspace: string, reason: string, items: number): void {
    const reasons = waiting.get(workspace) ?? new Map<string, number>();
    waiting.set(workspace, reasons);
    reasons.set(reason, (reasons.get(reason) ?? 0) + items);
    void flush();
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
        await add(table, workspace, reasons);
      } catch (error) {
        const later = waiting.get(workspace) ?? new Map<string, number>();
        waiting.set(workspace, later);
        for (const [reason, items] of reasons) later.set(reason, (later.get(reason) ?? 0) + items);
        onError(error);
        return;
      }
    }
    if (waiting.size > 0) await writeAll();
  }

  return {
    count,
    flush,
    async read(workspace) {
      const item = await table.get(placeOf(workspace));
      return (item?.body ?? {}) as Readonly<Record<string, number>>;
    },
  };
}

function placeOf(workspace: string) {
  return { partition: `${workspace}#usage`, sort: 'discarded' };
}

async function add(table: Table, workspace: string, reasons: ReadonlyMap<string, number>): Promise<void> {
  const place = placeOf(workspace);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const item = await table.get(place);
    const body: Record<string, unknown> = { ...item?.body };
    for (const [reason, items] of reasons) body[reason] = Number(body[reason] ?? 0) + items;
    const condition =
      item === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'revision', revision: item.revision } as const);
    if ((await table.put({ ...place, body }, condition)).kind === 'stored') return;
  }
  throw new Error(`discards of ${workspace}: overtaken ${MAX_TRIES} times`);
}
