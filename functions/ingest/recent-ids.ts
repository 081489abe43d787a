/** Remembers names of things that were stored, as long as there is room. */
export interface RecentIds {
  has(workspace: string, id: string): boolean;
  /** Only for what is stored: what is known here is not taken again. */
  add(workspace: string, ids: Iterable<string>): void;
}

/** Some 30 MB where it is full; a delivery is repeated within minutes. */
const DEFAULT_ENTRIES = 200_000;

/** Two generations, each of half the room: the older one is forgotten as a whole. */
export function createRecentIds(maxEntries = DEFAULT_ENTRIES): RecentIds {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has(workspace, id) {
      const name = `${workspace} ${id}`;
      return young.has(name) || old.has(name);
    },
    add(workspace, ids) {
      for (const id of ids) {
        if (young.size * 2 >= maxEntries) {
          old = young;
          young = new Set();
        }
        young.add(`${workspace} ${id}`);
      }
    },
  };
}
