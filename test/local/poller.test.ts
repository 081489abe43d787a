import { expect, test } from 'vitest';
import type { Queue, ReceivedMessage } from '../../data/contracts.ts';
import { createLog } from '../../functions/platform/log.ts';
import { startPoller } from '../../local/poller.ts';

const LOG = createLog({ room: 'test', level: 'error', nowMs: () => 0, write: () => undefined });

function message(messageId: string, receiveCount: number): ReceivedMessage {
  return { messageId, receiveCount, group: 'g', body: '{}', receipt: `receipt ${messageId}` };
}

/** Gives out one batch, then nothing; says what became of it. */
async function pollOnce(batch: readonly ReceivedMessage[], failed: readonly string[]) {
  const seen: string[] = [];
  const { promise: isIdle, resolve: idle } = Promise.withResolvers<void>();
  let isGiven = false;
  const queue: Queue = {
    send: () => Promise.resolve(),
    receive: () => {
      if (isGiven) {
        idle();
        return new Promise((resolve) => setTimeout(() => resolve([]), 1));
      }
      isGiven = true;
      return Promise.resolve(batch);
    },
    delete: async (receipts) => void seen.push(`delete ${receipts.join()}`),
    release: async (receipts, delayMs) => void seen.push(`release ${receipts.join()} for ${delayMs / 1_000} s`),
    depth: () => Promise.resolve({ waiting: 0, inFlight: 0, dead: 0 }),
  };
  const handler = async () => ({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
  const poller = startPoller({ queue, handler, log: LOG, maxMessages: 10 });
  await isIdle;
  await poller.stop();
  return seen;
}

test('what succeeded is deleted, what failed comes back soon', async () => {
  expect(await pollOnce([message('a', 1), message('b', 1)], ['b'])).toEqual([
    'delete receipt a',
    'release receipt b for 2 s',
  ]);
});

test('what has failed before comes back later and later, so that a short outage buries nothing', async () => {
  const batch = [1, 2, 3, 4, 5].map((receiveCount) => message(`m${receiveCount}`, receiveCount));

  expect(
    await pollOnce(
      batch,
      batch.map(({ messageId }) => messageId),
    ),
  ).toEqual([
    'delete ',
    'release receipt m1 for 2 s',
    'release receipt m2 for 15 s',
    'release receipt m3 for 60 s',
    'release receipt m4 for 300 s',
    'release receipt m5 for 300 s',
  ]);
});
