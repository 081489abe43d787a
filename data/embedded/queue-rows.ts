import type { DatabaseSync } from 'node:sqlite';
import type { ReceivedMessage } from '../contracts.ts';
import { DEDUP_WINDOW_MS } from '../queue-message.ts';
import type { Handlers, QueueReceive } from './protocol.ts';

type QueueHandlers = Pick<Handlers, 'queue/send' | 'queue/receive' | 'queue/delete' | 'queue/release' | 'queue/depth'>;

/** A message in whose hands so many processes have ended comes alone, so that no other is blamed with it. */
const SUSPECT_CRASHES = 3;
/** Far more than an operator's restarts, and few enough that a message that ends every process is put aside in a minute. */
const MAX_CRASHES = 20;

/**
 * Groups with a message waiting and none in flight, the one whose first message is oldest first. Groups are found by
 * stepping through the index from one to the next, so a long backlog in few groups costs nothing.
 */
const FREE_GROUPS = `
WITH RECURSIVE groups (name) AS (
  SELECT min(message_group) FROM messages
  UNION ALL
  SELECT (SELECT min(message_group) FROM messages WHERE message_group > groups.name) FROM groups WHERE groups.name IS NOT NULL
)
SELECT name FROM groups
WHERE name IS NOT NULL AND name NOT IN (SELECT message_group FROM messages WHERE visible_at_ms > ?)
ORDER BY (SELECT min(sequence) FROM messages WHERE message_group = name)
`;

/** The rows of the queue. A receipt names a message and one of its receives. */
export function createQueueRows(database: DatabaseSync): QueueHandlers {
  const send = prepareSend(database);
  const receive = prepareReceive(database);
  const nextVisible = database.prepare('SELECT min(visible_at_ms) AS ms FROM messages WHERE visible_at_ms > ?');
  const remove = database.prepare(
    'DELETE FROM messages WHERE sequence = ? AND receive_count = ? AND visible_at_ms > ?',
  );
  const release = database.prepare(
    'UPDATE messages SET is_in_hand = 0, visible_at_ms = ? WHERE sequence = ? AND receive_count = ? AND visible_at_ms > ?',
  );
  const depth = database.prepare(`SELECT (SELECT count(*) FROM messages) AS kept,
    (SELECT count(*) FROM messages WHERE visible_at_ms > ?) AS in_flight, (SELECT count(*) FROM dead_messages) AS dead`);

  return {
    'queue/send': send,
    'queue/receive': (options) => {
      const messages = receive(options);
      const ms = messages.length === 0 && options.waits ? nextVisible.get(options.nowMs)?.ms : undefined;
      return { messages, nextVisibleMs: typeof ms === 'number' ? ms : undefined };
    },
    'queue/delete': ({ receipts, nowMs }) => {
      for (const [sequence, count] of receipts.map(parseReceipt)) remove.run(sequence, count, nowMs);
      return undefined;
    },
    'queue/release': ({ receipts, nowMs, delayMs }) => {
      for (const [sequence, count] of receipts.map(parseReceipt)) release.run(nowMs + delayMs, sequence, count, nowMs);
      return undefined;
    },
    'queue/depth': ({ nowMs }) => {
      const row = depth.get(nowMs);
      const inFlight = Number(row?.in_flight);
      return { waiting: Number(row?.kept) - inFlight, inFlight, dead: Number(row?.dead) };
    },
  };
}

function prepareSend(database: DatabaseSync): QueueHandlers['queue/send'] {
  const forget = database.prepare('DELETE FROM sent_ids WHERE sent_at_ms <= ?');
  const remember = database.prepare('INSERT INTO sent_ids (dedup_id, sent_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const append = database.prepare('INSERT INTO messages (message_group, body) VALUES (?, ?)');
  return ({ messages, nowMs }) => {
    forget.run(nowMs - DEDUP_WINDOW_MS);
    for (const { group, dedupId, body } of messages) {
      if (remember.run(dedupId, nowMs).changes === 1) append.run(group, body);
    }
    return undefined;
  };
}

function prepareReceive(database: DatabaseSync): (options: QueueReceive) => ReceivedMessage[] {
  const freeGroups = database.prepare(FREE_GROUPS);
  const first = database.prepare(
    'SELECT sequence, receive_count, crash_count, body FROM messages WHERE message_group = ? AND sequence > ? ORDER BY sequence LIMIT 1',
  );
  const take = database.prepare(
    'UPDATE messages SET receive_count = receive_count + 1, is_in_hand = 1, visible_at_ms = ? WHERE sequence = ?',
  );
  const bury = database.prepare(`INSERT INTO dead_messages (sequence, message_group, receive_count, dead_at_ms, body)
    SELECT sequence, message_group, receive_count + crash_count, ?, body FROM messages WHERE sequence = ?`);
  const remove = database.prepare('DELETE FROM messages WHERE sequence = ?');

  return ({ nowMs, maxMessages, maxReceives, visibilityMs }) => {
    const taken: ReceivedMessage[] = [];
    for (const { name } of freeGroups.all(nowMs)) {
      let sequence = 0;
      while (taken.length < maxMessages) {
        const row = first.get(String(name), sequence);
        if (row === undefined) break;
        const isSuspect = Number(row.crash_count) >= SUSPECT_CRASHES;
        if (isSuspect && taken.length > 0) break;
        sequence = Number(row.sequence);
        const receiveCount = Number(row.receive_count) + 1;
        if (receiveCount > maxReceives || Number(row.crash_count) > MAX_CRASHES) {
          bury.run(nowMs, sequence);
          remove.run(sequence);
          continue;
        }
        take.run(nowMs + visibilityMs, sequence);
        taken.push({
          messageId: String(sequence),
          group: String(name),
          body: String(row.body),
          receiveCount,
          receipt: `${sequence}.${receiveCount}`,
        });
        if (isSuspect) return taken;
      }
      if (taken.length === maxMessages) break;
    }
    return taken;
  };
}

function parseReceipt(receipt: string): readonly [number, number] {
  const [sequence, receiveCount] = receipt.split('.', 2).map(Number);
  return Number.isSafeInteger(sequence) && Number.isSafeInteger(receiveCount)
    ? [sequence ?? 0, receiveCount ?? 0]
    : [0, 0];
}
