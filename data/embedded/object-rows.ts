import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { ObjectEntry, PutCondition } from '../contracts.ts';
import type { FoundObject, Handlers, ObjectPutAnswer } from './protocol.ts';

type ObjectHandlers = Pick<
  Handlers,
  'objects/put' | 'objects/find' | 'objects/head' | 'objects/list' | 'objects/delete'
>;

/** The rows of the objects. An object's etag is its row number, which SQLite never gives out twice. */
export function createObjectRows(database: DatabaseSync): ObjectHandlers {
  const current = database.prepare('SELECT version, file FROM objects WHERE key = ?');
  // Replacing deletes the old row and makes a new one: a new version with every put.
  const replace = database.prepare(
    'INSERT OR REPLACE INTO objects (key, size_bytes, file, body, created_at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  // Whoever finds it there relies on it from now on, as if it had just been put.
  const renew = database.prepare('UPDATE objects SET created_at_ms = max(created_at_ms, ?) WHERE key = ?');
  const find = database.prepare('SELECT version, file, substr(body, ?, ?) AS body FROM objects WHERE key = ?');
  const head = database.prepare('SELECT key, size_bytes, version FROM objects WHERE key = ?');
  const list = database.prepare(
    'SELECT key, size_bytes, version FROM objects WHERE key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM objects WHERE key = ? RETURNING file');

  return {
    'objects/put': (put) => {
      const row = current.get(put.key);
      if (!holds(put.condition, row?.version)) {
        if (put.condition?.kind === 'absent') renew.run(put.nowMs, put.key);
        return { kind: 'conflict' };
      }
      const { lastInsertRowid } = replace.run(put.key, put.sizeBytes, put.file, put.body, put.nowMs);
      return stored(lastInsertRowid, row?.file);
    },
    'objects/find': ({ key, startByte, endByte }) => toFound(find.get(startByte + 1, endByte - startByte, key)),
    'objects/head': (key) => toEntry(head.get(key)),
    'objects/list': ({ from, to, after, limit }) => list.all(from, after ?? '', to, limit).map(asEntry),
    'objects/delete': (key) => ({ file: textOrNull(remove.get(key)?.file) }),
  };
}

type Row = Record<string, SQLOutputValue>;

function holds(condition: PutCondition | undefined, version: SQLOutputValue | undefined): boolean {
  if (condition === undefined) return true;
  if (condition.kind === 'absent') return version === undefined;
  return version !== undefined && String(version) === condition.etag;
}

function stored(version: number | bigint, replacedFile: SQLOutputValue | undefined): ObjectPutAnswer {
  const etag = String(version);
  return typeof replacedFile === 'string' ? { kind: 'stored', etag, replacedFile } : { kind: 'stored', etag };
}

function toFound(row: Row | undefined): FoundObject | undefined {
  if (row === undefined) return undefined;
  const file = textOrNull(row.file);
  const body = row.body instanceof Uint8Array ? row.body : new Uint8Array(0);
  return { etag: String(row.version), file, body: file === null ? body : null };
}

function toEntry(row: Row | undefined): ObjectEntry | undefined {
  return row === undefined ? undefined : asEntry(row);
}

function asEntry(row: Row): ObjectEntry {
  return { key: String(row.key), sizeBytes: Number(row.size_bytes), etag: String(row.version) };
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
