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
import { sqliteErrorNumber } from './wire-error.ts';

export const OBJECTS_FOLDER = 'objects';

const DATABASE_FILE = 'store.sqlite';
const OWNER_FILE = 'owner.pid';
const FORMAT_VERSION = 1;
const SQLITE_BUSY = 5;

const SCHEMA = `
CREATE TABLE objects (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  file TEXT,
  body BLOB
);
CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_group TEXT NOT NULL,
  receive_count INTEGER NOT NULL DEFAULT 0,
  visible_at_ms INTEGER,
  body TEXT NOT NULL
);
CREATE INDEX messages_by_group ON messages (message_group, sequence);
CREATE INDEX messages_received ON messages (visible_at_ms, message_group) WHERE visible_at_ms IS NOT NULL;
CREATE TABLE dead_messages (
  sequence INTEGER PRIMARY KEY,
  message_group TEXT NOT NULL,
  receive_count INTEGER NOT NULL,
  dead_at_ms INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE sent_ids (dedup_id TEXT PRIMARY KEY, sent_at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sent_ids_by_time ON sent_ids (sent_at_ms);
CREATE TABLE items (
  partition TEXT NOT NULL,
  sort TEXT NOT NULL,
  revision INTEGER NOT NULL,
  index_partition TEXT,
  index_sort TEXT,
  body TEXT NOT NULL,
  UNIQUE (partition, sort)
);
CREATE INDEX items_by_index ON items (index_partition, index_sort, partition, sort) WHERE index_partition IS NOT NULL;
PRAGMA user_version = ${FORMAT_VERSION};
`;

/**
 * Opens the directory for this process alone. The lock is SQLite's own exclusive file lock: the system drops it when the
 * process ends, however it ends, so a dead owner never blocks.
 */
export function openDatabase(directory: string): DatabaseSync {
  prepareDirectory(directory);
  const path = join(directory, DATABASE_FILE);
  makeDatabaseFile(path);
  const database = new DatabaseSync(path);
  try {
    lock(database, directory);
    applySchema(database, directory);
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

function applySchema(database: DatabaseSync, directory: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found === FORMAT_VERSION) return;
  if (found !== 0) {
    throw new ServiceError(
      'store/version-unknown',
      `data directory ${resolve(directory)} has format ${found}, this program knows ${FORMAT_VERSION}`,
    );
  }
  database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
}

/** Who had received them is dead, since the directory is ours: waiting for their time to run out would blind their shards. */
function releaseInFlight(database: DatabaseSync): void {
  database.exec('UPDATE messages SET visible_at_ms = NULL WHERE visible_at_ms IS NOT NULL');
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
