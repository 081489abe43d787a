/** Published: a revocation is in force everywhere after this time. */
const REMEMBER_MS = 60_000;
/** Short, so that a new key that somebody tried too early works soon. */
const REMEMBER_UNKNOWN_MS = 5_000;
/** Beyond it the oldest are forgotten: junk with a right checksum must not fill the memory. */
const MAX_REMEMBERED = 10_000;

export interface KeyCache<K> {
  readonly find: (keyId: string) => Promise<K | undefined>;
  readonly forget: (keyId: string) => void;
}

interface Remembered<K> {
  readonly found: Promise<K | undefined>;
  untilMs: number;
}

/**
 * Remembers what a key id was found to be. Many who ask at once cause one read; a read that failed is not remembered,
 * and what is remembered goes on being answered while the store is down.
 */
export function createKeyCache<K>(read: (keyId: string) => Promise<K | undefined>, nowMs: () => number): KeyCache<K> {
  const remembered = new Map<string, Remembered<K>>();

  const load = (keyId: string): Promise<K | undefined> => {
    const entry: Remembered<K> = { found: read(keyId), untilMs: nowMs() + REMEMBER_MS };
    remembered.delete(keyId);
    remembered.set(keyId, entry);
    entry.found.then(
      (key) => {
        if (key === undefined) entry.untilMs = nowMs() + REMEMBER_UNKNOWN_MS;
      },
      () => {
        if (remembered.get(keyId) === entry) remembered.delete(keyId);
      },
    );
    dropOldest(remembered);
    return entry.found;
  };

  return {
    find(keyId) {
      const entry = remembered.get(keyId);
      return entry !== undefined && nowMs() < entry.untilMs ? entry.found : load(keyId);
    },
    forget(keyId) {
      remembered.delete(keyId);
    },
  };
}

function dropOldest(remembered: Map<string, unknown>): void {
  for (const keyId of remembered.keys()) {
    if (remembered.size <= MAX_REMEMBERED) return;
    remembered.delete(keyId);
  }
}
