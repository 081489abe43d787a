import { HOUR_MS } from '../../models/domain/rollup.ts';
import type { ItemKey, Table } from '../contracts.ts';

/** When keys were last used, to the hour. Apart from the keys themselves, which those who only tell them may not write. */
export interface KeyUses {
  /** Returns at once: a request does not wait for this. Written once an hour for a key. */
  note(workspace: string, keyId: string): void;
  /** Start of the hour of each key's last use; those never used are left out. */
  read(workspace: string, keyIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Resolves when everything noted so far is written, or could not be. */
  flush(): Promise<void>;
}

export interface KeyUsesDependencies {
  readonly table: Pick<Table, 'get' | 'put' | 'batchGet'>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

export function createKeyUses({ table, nowMs, onError }: KeyUsesDependencies): KeyUses {
  const notedHours = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  async function write(workspace: string, keyId: string, hourMs: number): Promise<void> {
    const place = placeOf(workspace, keyId);
    const stored = await table.get(place);
    // Another process may have written it in this hour.
    if (Number(stored?.body.lastUsedAtMs ?? 0) >= hourMs) return;
    await table.put({ ...place, body: { keyId, lastUsedAtMs: hourMs } });
  }

  return {
    note(workspace, keyId) {
      const hourMs = Math.floor(nowMs() / HOUR_MS) * HOUR_MS;
      if (notedHours.get(keyId) === hourMs) return;
      notedHours.set(keyId, hourMs);
      const written = write(workspace, keyId, hourMs)
        .catch((error: unknown) => {
          notedHours.delete(keyId);
          onError(error);
        })
        .finally(() => writing.delete(written));
      writing.add(written);
    },
    async read(workspace, keyIds) {
      const items = await table.batchGet(keyIds.map((keyId) => placeOf(workspace, keyId)));
      return new Map(items.map(({ body }) => [String(body.keyId), Number(body.lastUsedAtMs)]));
    },
    async flush() {
      await Promise.all(writing);
    },
  };
}

function placeOf(workspace: string, keyId: string): ItemKey {
  return { partition: `${workspace}#usage`, sort: `key#${keyId}` };
}
