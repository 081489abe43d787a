import { createHash } from 'node:crypto';
import type { ItemKey, NewItem, Table } from '../contracts.ts';

/** An answer as it was given, to be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Beginning =
  | { readonly kind: 'begun'; readonly attempt: Attempt }
  | { readonly kind: 'done'; readonly answer: KeptAnswer }
  /** The key stands for another content. */
  | { readonly kind: 'other-content' }
  /** Somebody is at it. */
  | { readonly kind: 'in-flight' };

export interface Attempt {
  /** When the first try came: the same for all tries. */
  readonly receivedAtMs: number;
  /** Keeps the answer, for whoever comes with the same key and content. */
  finish(answer: KeptAnswer): Promise<void>;
  /** The next may try at once; the time of the first stays. */
  release(): Promise<void>;
  /** As if the key had never come. */
  forget(): Promise<void>;
}

/** What was sent under a key of the sender's own, for a day: so that it can be sent again and counts once. */
export interface Idempotency {
  begin(workspace: string, key: string, contentHash: string): Promise<Beginning>;
}

export interface IdempotencyDependencies {
  readonly table: Pick<Table, 'get' | 'put' | 'query' | 'delete'>;
  readonly nowMs: () => number;
}

const LIFE_MS = 86_400_000;
/** Longer than a request can be at work: its process has ended without a word. */
const LEASE_MS = 15_000;
const CLEAN_EVERY_MS = 60_000;
const CLEAN_EVERY_BEGINNINGS = 50;
/** More than have begun since, so that the expired never pile up. */
const CLEANED_AT_ONCE = 100;

interface Entry {
  readonly contentHash: string;
  readonly receivedAtMs: number;
  /** Until then somebody is at it; 0: nobody is. */
  readonly leasedUntilMs: number;
  readonly answer: KeptAnswer | null;
}

export function createIdempotency({ table, nowMs }: IdempotencyDependencies): Idempotency {
  const cleaned = new Map<string, { readonly atMs: number; beginnings: number }>();

  /** A few each time, so that nothing else has to look after them. */
  async function removeExpired(workspace: string): Promise<void> {
    const last = cleaned.get(workspace);
    if (last !== undefined && nowMs() - last.atMs < CLEAN_EVERY_MS && ++last.beginnings < CLEAN_EVERY_BEGINNINGS)
      return;
    cleaned.set(workspace, { atMs: nowMs(), beginnings: 0 });
    const to = new Date(nowMs() - LIFE_MS).toISOString();
    const { items } = await table.query({ ...indexOf(workspace), byIndex: true, to, limit: CLEANED_AT_ONCE });
    await Promise.all(items.map(({ partition, sort }) => table.delete({ partition, sort })));
  }

  function attemptOf(workspace: string, place: ItemKey, entry: Entry, revision: number): Attempt {
    const replace = async (next: Entry): Promise<void> => {
      // Overtaken, it is another one's: what that one writes is the same.
      await table.put(itemOf(workspace, place, next), { kind: 'revision', revision });
    };
    return {
      receivedAtMs: entry.receivedAtMs,
      finish: (answer) => replace({ ...entry, leasedUntilMs: 0, answer }),
      release: () => replace({ ...entry, leasedUntilMs: 0 }),
      forget: () => table.delete(place),
    };
  }

  /** Undefined where another one was faster. */
  async function claim(
    workspace: string,
    place: ItemKey,
    entry: Entry,
    known: number | undefined,
  ): Promise<Beginning | undefined> {
    const condition =
      known === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'revision', revision: known } as const);
    const result = await table.put(itemOf(workspace, place, entry), condition);
    if (result.kind === 'conflict') return undefined;
    return { kind: 'begun', attempt: attemptOf(workspace, place, entry, result.revision) };
  }

  return {
    async begin(workspace, key, contentHash) {
      await removeExpired(workspace);
      const place = placeOf(workspace, key);
      const now = nowMs();
      const leasedUntilMs = now + LEASE_MS;
      const fresh = { contentHash, receivedAtMs: now, leasedUntilMs, answer: null };
      const first = await claim(workspace, place, fresh, undefined);
      if (first !== undefined) return first;
      const item = await table.get(place);
      if (item === undefined) return { kind: 'in-flight' }; // forgotten in this moment: the next try will find it free
      const entry = item.body as unknown as Entry; // written by itemOf
      const isExpired = now - entry.receivedAtMs >= LIFE_MS;
      if (!isExpired && entry.contentHash !== contentHash) return { kind: 'other-content' };
      if (!isExpired && entry.answer !== null) return { kind: 'done', answer: entry.answer };
      if (!isExpired && now < entry.leasedUntilMs) return { kind: 'in-flight' };
      const again = isExpired ? fresh : { ...entry, leasedUntilMs };
      return (await claim(workspace, place, again, item.revision)) ?? { kind: 'in-flight' };
    },
  };
}

/** Keys are the sender's: any text, so it is their hash that is kept. */
function placeOf(workspace: string, key: string): ItemKey {
  return { partition: `${workspace}#idempotency`, sort: createHash('sha256').update(key).digest('hex') };
}

function indexOf(workspace: string): Pick<ItemKey, 'partition'> {
  return { partition: `${workspace}#idempotency#received` };
}

function itemOf(workspace: string, place: ItemKey, entry: Entry): NewItem {
  const sort = `${new Date(entry.receivedAtMs).toISOString()}#${place.sort}`;
  return { ...place, body: { ...entry }, index: { ...indexOf(workspace), sort } };
}
