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
  const poller = startPoller({ queue, handler, log: LOG, maxMessages: 10, maxMessagesOfBacklog: 40 });
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

/** How many messages are asked for, one receive after another, where each brings so many and they take so long. */
async function sizesAsked(
  receives: readonly { readonly brings: number; readonly tookMs: number; readonly fails?: boolean }[],
): Promise<number[]> {
  const asked: number[] = [];
  const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
  let clockMs = 0;
  const queue: Queue = {
    send: () => Promise.resolve(),
    receive: ({ maxMessages }) => {
      asked.push(maxMessages);
      const found = receives[asked.length - 1];
      if (found === undefined) {
        over();
        return new Promise((resolve) => setTimeout(() => resolve([]), 1));
      }
      return Promise.resolve(Array.from({ length: found.brings }, (_, i) => message(`m${i}`, 1)));
    },
    delete: () => Promise.resolve(),
    release: () => Promise.resolve(),
    depth: () => Promise.resolve({ waiting: 0, inFlight: 0, dead: 0 }),
  };
  const handler = async () => {
    const { tookMs, fails } = receives[asked.length - 1]!;
    clockMs += tookMs;
    return { batchItemFailures: fails === true ? [{ itemIdentifier: 'm0' }] : [] };
  };
  const options = { queue, handler, log: LOG, maxMessages: 10, maxMessagesOfBacklog: 40, nowMs: () => clockMs };
  const poller = startPoller(options);
  await isOver;
  await poller.stop();
  return asked.slice(0, receives.length + 1);
}

test('of a backlog more and more is taken at once, up to a limit, and as before once it is worked off', async () => {
  const full = (brings: number) => ({ brings, tookMs: 100 });

  expect(await sizesAsked([full(10), full(20), full(40), full(40), full(39), full(3)])).toEqual([
    10, 20, 40, 40, 40, 10, 10,
  ]);
});

test('batches that take long do not grow, those that take very long shrink, and those that fail begin anew', async () => {
  const receives = [
    { brings: 10, tookMs: 100 },
    { brings: 20, tookMs: 100 },
    { brings: 40, tookMs: 5_000 },
    { brings: 40, tookMs: 30_000 },
    { brings: 20, tookMs: 100, fails: true },
  ];

  expect(await sizesAsked(receives)).toEqual([10, 20, 40, 40, 20, 10]);
});
