import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ServiceError } from '../../functions/platform/errors.ts';
import { applySchema } from './schema.ts';
import { sqliteErrorNumber } from './wire-error.ts';

export const OBJECTS_FOLDER = 'objects';

const DATABASE_FILE = 'store.sqlite';
const OWNER_FILE = 'owner.pid';
const SQLITE_BUSY = 5;

/**
 * Opens the directory for this process alone. The lock is SQLite's own exclusive file lock: the system drops it when the
 * process ends, however it ends, so a dead owner never blocks.
 */
export function openDatabase(directory: string, nowMs: number): DatabaseSync {
  prepareDirectory(directory);
  const path = join(directory, DATABASE_FILE);
  makeDatabaseFile(path);
  const database = new DatabaseSync(path);
  try {
    lock(database, directory);
    applySchema(database, resolve(directory), nowMs);
    releaseInFlight(database);
    removeOrphans(database, join(directory, OBJECTS_FOLDER));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareDirectory(directory: string): void {
  const created = mkdirSync(join(directory, OBJECTS_FOLDER), { recursive: true, mode: 0o700 });
  if (created === undefined) return;
  syncDirectory(directory);
  syncDirectory(dirname(resolve(created)));
}

/**
 * For the owner's eyes only, also in a directory that others may look into: SQLite gives its log the same mode. A file that
 * is there is left alone: closing it would drop the lock that this process may have on it.
 */
function makeDatabaseFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
}

function lock(database: DatabaseSync, directory: string): void {
  try {
    // Exclusive before the first read: then the index of the write-ahead log stays in memory and needs no shared file.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
  } catch (cause) {
    if (sqliteErrorNumber(cause) !== SQLITE_BUSY) throw cause;
    throw lockedError(directory, cause);
  }
  writeFileSync(join(directory, OWNER_FILE), `${process.pid}\n`, { mode: 0o600 });
  database.exec('PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;');
}

function lockedError(directory: string, cause: unknown): ServiceError {
  const owner = readOwner(directory);
  const who = owner === undefined ? 'another process' : `process ${owner}`;
  return new ServiceError(
    'store/locked',
    `data directory ${resolve(directory)} is in use by ${who}: stop it first, or choose another directory`,
    { details: { directory: resolve(directory), pid: owner }, cause },
  );
}

/** Written after the lock was taken, so it may be missing for a moment. */
function readOwner(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, OWNER_FILE), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Who had received them is dead, since the directory is ours: waiting for their time to run out would blind their shards.
 * That receive was no failure of theirs, as processes end for many reasons; it is counted apart, since it may have been.
 */
function releaseInFlight(database: DatabaseSync): void {
  database.exec(`UPDATE messages SET visible_at_ms = NULL, is_in_hand = 0, receive_count = receive_count - is_in_hand,
    crash_count = crash_count + is_in_hand WHERE visible_at_ms IS NOT NULL`);
}

/** Files that no row names: their put was cut off before the row, or their replacement before the removal. */
function removeOrphans(database: DatabaseSync, objectsDirectory: string): void {
  const named = database.prepare('SELECT file FROM objects WHERE file IS NOT NULL').all();
  const kept = new Set(named.map((row) => row.file));
  for (const file of readdirSync(objectsDirectory)) {
    if (!kept.has(file)) rmSync(join(objectsDirectory, file));
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
