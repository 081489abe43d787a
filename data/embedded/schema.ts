import type { DatabaseSync } from 'node:sqlite';
import { ServiceError } from '../../functions/platform/errors.ts';

export const FORMAT_VERSION = 3;

/** What may expire are the segments; the condition must stand in a query as it stands in the index. */
export const IS_SEGMENT = "key >= 'seg/' AND key < 'seg0'";

const SEGMENTS_BY_AGE = `CREATE INDEX segments_by_age ON objects (created_at_ms) WHERE ${IS_SEGMENT};`;

const SCHEMA = `
CREATE TABLE objects (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  file TEXT,
  body BLOB,
  created_at_ms INTEGER NOT NULL
);
${SEGMENTS_BY_AGE}
CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_group TEXT NOT NULL,
  receive_count INTEGER NOT NULL DEFAULT 0,
  is_in_hand INTEGER NOT NULL DEFAULT 0,
  crash_count INTEGER NOT NULL DEFAULT 0,
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
`;

/**
 * Brings the database to the format of this program: a new one is laid out, an older one is taken over in one transaction.
 * Throws `store/version-unknown` for one that a newer program wrote.
 */
export function applySchema(database: DatabaseSync, directory: string, nowMs: number): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found === FORMAT_VERSION) return;
  const changes = changesFrom(found, nowMs);
  if (changes === undefined) {
    throw new ServiceError(
      'store/version-unknown',
      `data directory ${directory} has format ${found}, this program knows ${FORMAT_VERSION}`,
    );
  }
  database.exec(`BEGIN IMMEDIATE; ${changes} PRAGMA user_version = ${FORMAT_VERSION}; COMMIT;`);
}

function changesFrom(version: number, nowMs: number): string | undefined {
  if (version === 0) return SCHEMA;
  if (version === 1) return `${addAges(nowMs)} ${ADD_CRASHES}`;
  if (version === 2) return ADD_CRASHES;
  return undefined;
}

const ADD_CRASHES = `
ALTER TABLE messages ADD COLUMN is_in_hand INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN crash_count INTEGER NOT NULL DEFAULT 0;
`;

/** Nobody knows the age of what is there: it counts from now on, as a default, so that no row has to be rewritten. */
function addAges(nowMs: number): string {
  return `ALTER TABLE objects ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT ${Math.floor(nowMs)}; ${SEGMENTS_BY_AGE}`;
}
