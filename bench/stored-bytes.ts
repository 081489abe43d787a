import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface StoredBytes {
  /** Everything in the data directory. */
  readonly totalBytes: number;
  /** Of the database file: free, to be written again. */
  readonly freeBytes: number;
  readonly segmentBytes: number;
  /** History chunks of all resolutions. */
  readonly archiveBytes: number;
  readonly archiveBytesByResolution: { readonly raw: number; readonly '5m': number; readonly '1h': number };
  readonly stateBytes: number;
  readonly checkpointBytes: number;
  /** Rows of the table: keys and bodies, without SQLite's own. */
  readonly tableBytes: number;
}

/** What a stopped service has left in its data directory. */
export function readStoredBytes(directory: string): StoredBytes {
  const database = new DatabaseSync(join(directory, 'store.sqlite'), { readOnly: true });
  const numberOf = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  const objects = (pattern: string): number =>
    numberOf(`SELECT sum(size_bytes) FROM objects WHERE key GLOB '${pattern}'`);
  try {
    return {
      totalBytes: directoryBytes(directory),
      freeBytes: numberOf('PRAGMA freelist_count') * numberOf('PRAGMA page_size'),
      segmentBytes: objects('seg/*'),
      archiveBytes: objects('history/*'),
      archiveBytesByResolution: {
        raw: objects('history/*/raw/*'),
        '5m': objects('history/*/5m/*'),
        '1h': objects('history/*/1h/*'),
      },
      stateBytes: objects('state/*'),
      checkpointBytes: objects('checkpoint/*'),
      tableBytes: numberOf(
        "SELECT sum(octet_length(partition || sort || ifnull(index_partition || index_sort, '') || body)) FROM items",
      ),
    };
  } finally {
    database.close();
  }
}

function directoryBytes(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
