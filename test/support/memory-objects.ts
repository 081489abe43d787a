import type { Objects, PutCondition } from '../../data/contracts.ts';

interface Kept {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Objects that are gone with the test; `keys` and `bytesOf` look behind the contract. */
export interface MemoryObjects extends Objects {
  keys(prefix: string): string[];
  bytesOf(key: string): Uint8Array | undefined;
}

export function createMemoryObjects(): MemoryObjects {
  const kept = new Map<string, Kept>();
  let puts = 0;
  const holds = (key: string, condition: PutCondition | undefined): boolean => {
    if (condition === undefined) return true;
    const etag = kept.get(key)?.etag;
    return condition.kind === 'absent' ? etag === undefined : etag === condition.etag;
  };
  const keys = (prefix: string): string[] => [...kept.keys()].filter((key) => key.startsWith(prefix)).sort();
  return {
    async put(key, bytes, condition) {
      if (!holds(key, condition)) return { kind: 'conflict' };
      puts++;
      kept.set(key, { bytes: bytes.slice(), etag: String(puts) });
      return { kind: 'stored', etag: String(puts) };
    },
    get: async (key) => {
      const found = kept.get(key);
      return found && { bytes: found.bytes.slice(), etag: found.etag };
    },
    async getRange(key, startByte, endByte) {
      const found = kept.get(key);
      return found && { bytes: found.bytes.slice(startByte, endByte), etag: found.etag };
    },
    async head(key) {
      const found = kept.get(key);
      return found && { key, sizeBytes: found.bytes.length, etag: found.etag };
    },
    list: async (prefix) => ({
      entries: keys(prefix).map((key) => {
        const { bytes, etag } = kept.get(key)!;
        return { key, sizeBytes: bytes.length, etag };
      }),
    }),
    async delete(key) {
      kept.delete(key);
    },
    keys,
    bytesOf: (key) => kept.get(key)?.bytes,
  };
}
