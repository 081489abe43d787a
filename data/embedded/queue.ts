import type { Queue, ReceivedMessage } from '../contracts.ts';
import { assertDelay, assertMessage, assertReceiveOptions, DEFAULT_MAX_RECEIVES } from '../queue-message.ts';
import type { Connection } from './connection.ts';
import type { QueueReceive, QueueReceived } from './protocol.ts';

export interface EmbeddedQueueOptions {
  readonly nowMs: () => number;
  /** A message received this often without being deleted goes to the dead letters; 5 unless told. */
  readonly maxReceives?: number;
}

/** The longest a timer may run; a visibility timeout further away is looked at again before. */
const MAX_SLEEP_MS = 60_000;

/** The queue in the embedded store: time is the caller's clock, sleeping is real. */
export function createEmbeddedQueue(connection: Connection, options: EmbeddedQueueOptions): Queue {
  const { nowMs, maxReceives = DEFAULT_MAX_RECEIVES } = options;
  return {
    send: async (messages) => {
      for (const message of messages) assertMessage(message);
      if (messages.length === 0) return;
      const copies = messages.map(({ group, dedupId, body }) => ({ group, dedupId, body }));
      await connection.ask('queue/send', { nowMs: nowMs(), messages: copies });
    },
    receive: async ({ maxMessages, visibilityMs, waitMs }) => {
      assertReceiveOptions({ maxMessages, visibilityMs, waitMs });
      const ask = (waits: boolean): QueueReceive => ({ nowMs: nowMs(), maxMessages, maxReceives, visibilityMs, waits });
      if (waitMs === 0) return (await connection.ask('queue/receive', ask(false))).messages;
      return waitForMessages(connection, ask, nowMs, waitMs);
    },
    delete: async (receipts) => {
      if (receipts.length > 0) await connection.ask('queue/delete', { nowMs: nowMs(), receipts });
    },
    release: async (receipts, delayMs) => {
      assertDelay(delayMs, 'delayMs');
      if (receipts.length > 0) await connection.ask('queue/release', { nowMs: nowMs(), receipts, delayMs });
    },
    depth: () => connection.ask('queue/depth', { nowMs: nowMs() }),
  };
}

/** Asks again whenever the queue changed or a message in flight timed out, until the wait is over. */
async function waitForMessages(
  connection: Connection,
  ask: (waits: boolean) => QueueReceive,
  nowMs: () => number,
  waitMs: number,
): Promise<readonly ReceivedMessage[]> {
  let isOver = false;
  const over = sleep(waitMs);
  const end = over.promise.then(() => {
    isOver = true;
  });
  try {
    for (;;) {
      const change = connection.queueChange();
      const received: QueueReceived = await connection.ask('queue/receive', ask(!isOver));
      if (received.messages.length > 0 || isOver) return received.messages;
      const timeout = sleep(Math.min((received.nextVisibleMs ?? Number.POSITIVE_INFINITY) - nowMs(), MAX_SLEEP_MS));
      await Promise.race([change, end, timeout.promise]);
      timeout.cancel();
    }
  } finally {
    over.cancel();
  }
}

function sleep(delayMs: number): { readonly promise: Promise<void>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(1, delayMs));
  return { promise, cancel: () => clearTimeout(timer) };
}
