import type { Connection } from './connection.ts';
import { removeObjectFile } from './object-files.ts';
import type { AgePosition } from './protocol.ts';

export interface RemovedSegments {
  readonly segments: number;
  readonly sizeBytes: number;
  /** Old enough, and still named by a message. */
  readonly kept: number;
}

/** Removes what has grown old, in steps so small that nobody's request waits long behind one. */
export interface EmbeddedUpkeep {
  /** Removes dead letters that died before this time; says how many. */
  removeDead(diedBeforeMs: number): Promise<number>;
  /**
   * Removes the segments from before this time, but those that a message names: waiting, in flight or dead. A put that finds
   * its segment there makes it young again, so one may be named anew while this goes on.
   */
  removeSegments(createdBeforeMs: number, keyOf: (messageBody: string) => string | undefined): Promise<RemovedSegments>;
}

const PAGE_ROWS = 500;
/** The largest rows are 32 pages to free each: this many of them take some ten milliseconds. */
const REMOVED_AT_ONCE = 32;

export function createEmbeddedUpkeep(connection: Connection): EmbeddedUpkeep {
  return {
    removeDead: async (diedBeforeMs) => {
      let removed = 0;
      for (let last = PAGE_ROWS; last === PAGE_ROWS; removed += last) {
        last = await connection.ask('queue/forget', { diedBeforeMs, limit: PAGE_ROWS });
      }
      return removed;
    },
    removeSegments: async (createdBeforeMs, keyOf) => {
      const named = await readNamed(connection, keyOf);
      const total = { segments: 0, sizeBytes: 0, kept: 0 };
      let after: AgePosition | undefined;
      for (;;) {
        const page = await connection.ask('objects/aged', { createdBeforeMs, after, limit: PAGE_ROWS });
        const versions = page.filter(({ key }) => !named.has(key)).map(({ version }) => version);
        total.kept += page.length - versions.length;
        for (let at = 0; at < versions.length; at += REMOVED_AT_ONCE) {
          const removed = await expire(connection, versions.slice(at, at + REMOVED_AT_ONCE), createdBeforeMs);
          total.segments += removed.segments;
          total.sizeBytes += removed.sizeBytes;
        }
        after = page.at(-1);
        if (page.length < PAGE_ROWS) return total;
      }
    },
  };
}

async function expire(
  connection: Connection,
  versions: readonly number[],
  createdBeforeMs: number,
): Promise<Pick<RemovedSegments, 'segments' | 'sizeBytes'>> {
  const { objects, sizeBytes, files } = await connection.ask('objects/expire', { versions, createdBeforeMs });
  const directory = await connection.objectsDirectory();
  await Promise.all(files.map((file) => removeObjectFile(directory, file)));
  return { segments: objects, sizeBytes };
}

/** Living messages before dead ones: one that dies meanwhile is found in one place or the other. */
async function readNamed(
  connection: Connection,
  keyOf: (messageBody: string) => string | undefined,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const from of ['living', 'dead'] as const) {
    let afterSequence = 0;
    for (;;) {
      const page = await connection.ask('queue/bodies', { from, afterSequence, limit: PAGE_ROWS });
      for (const { body } of page) {
        const key = keyOf(body);
        if (key !== undefined) named.add(key);
      }
      afterSequence = page.at(-1)?.sequence ?? afterSequence;
      if (page.length < PAGE_ROWS) break;
    }
  }
  return named;
}
