import type { DatabaseSync } from 'node:sqlite';
import type { Handlers } from './protocol.ts';
import { IS_SEGMENT } from './schema.ts';

type UpkeepHandlers = Pick<Handlers, 'objects/aged' | 'objects/expire' | 'queue/bodies' | 'queue/forget'>;

/** What is looked through and removed because of its age. Whoever asks says how much at once. */
export function createUpkeepRows(database: DatabaseSync): UpkeepHandlers {
  const aged = database.prepare(`SELECT version, key, created_at_ms FROM objects
    WHERE ${IS_SEGMENT} AND created_at_ms < ? AND (created_at_ms, version) > (?, ?)
    ORDER BY created_at_ms, version LIMIT ?`);
  const expire = database.prepare(
    'DELETE FROM objects WHERE version = ? AND created_at_ms < ? RETURNING size_bytes, file',
  );
  const bodies = {
    living: database.prepare('SELECT sequence, body FROM messages WHERE sequence > ? ORDER BY sequence LIMIT ?'),
    dead: database.prepare('SELECT sequence, body FROM dead_messages WHERE sequence > ? ORDER BY sequence LIMIT ?'),
  };
  const forget = database.prepare(`DELETE FROM dead_messages
    WHERE sequence IN (SELECT sequence FROM dead_messages WHERE dead_at_ms < ? LIMIT ?)`);

  return {
    'objects/aged': ({ createdBeforeMs, after, limit }) =>
      aged
        .all(createdBeforeMs, after?.createdAtMs ?? Number.MIN_SAFE_INTEGER, after?.version ?? 0, limit)
        .map((row) => ({
          version: Number(row.version),
          key: String(row.key),
          createdAtMs: Number(row.created_at_ms),
        })),
    'objects/expire': ({ versions, createdBeforeMs }) => {
      const removed = versions.flatMap((version) => expire.all(version, createdBeforeMs));
      return {
        objects: removed.length,
        sizeBytes: removed.reduce((sum, row) => sum + Number(row.size_bytes), 0),
        files: removed.flatMap(({ file }) => (typeof file === 'string' ? [file] : [])),
      };
    },
    'queue/bodies': ({ from, afterSequence, limit }) =>
      bodies[from]
        .all(afterSequence, limit)
        .map(({ sequence, body }) => ({ sequence: Number(sequence), body: String(body) })),
    'queue/forget': ({ diedBeforeMs, limit }) => Number(forget.run(diedBeforeMs, limit).changes),
  };
}
