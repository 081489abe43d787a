import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface StoredBytes {
  /** Everything in the data directory. */
  readonly totalBytes: number;
  readonly segmentBytes: number;
  readonly historyBytes: number;
  readonly stateBytes: number;
  readonly checkpointBytes: number;
}

/** What a stopped service has left in its data directory, by the first word of the objects' keys. */
export function readStoredBytes(directory: string): StoredBytes {
  const database = new DatabaseSync(join(directory, 'store.sqlite'), { readOnly: true });
  const rows = database
    .prepare(`SELECT substr(key, 1, instr(key, '/') - 1) AS kind, sum(size_bytes) AS bytes FROM objects GROUP BY kind`)
    .all();
  database.close();
  const bytesOf = (kind: string): number => Number(rows.find((row) => row.kind === kind)?.bytes ?? 0);
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const totalBytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  return {
    totalBytes,
    segmentBytes: bytesOf('seg'),
    historyBytes: bytesOf('history'),
    stateBytes: bytesOf('state'),
    checkpointBytes: bytesOf('checkpoint'),
  };
}
