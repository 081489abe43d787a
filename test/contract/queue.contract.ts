import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutgoingMessage, Queue, ReceivedMessage } from '../../data/contracts.ts';

export interface OpenQueue {
  readonly queue: Queue;
  /** Lets this much time pass for the queue. */
  readonly passMs: (durationMs: number) => Promise<void>;
}

export interface QueuesUnderTest {
  /** A new, empty queue. */
  readonly openQueue: (maxReceives: number) => Promise<OpenQueue>;
  readonly stop: () => Promise<void>;
}

const PATIENT_MS = 2_000;
/** Longer than any test, so that nothing comes back by itself. */
const LONG_MS = 600_000;
const MAX_EMPTY_RECEIVES = 3;

const REFUSED_MESSAGES: readonly (readonly [string, Partial<OutgoingMessage>])[] = [
  ['an empty body', { body: '' }],
  ['a body above 256 KiB', { body: 'x'.repeat(256 * 1024 + 1) }],
  ['a body with a zero character', { body: 'a\u0000b' }],
  ['a body with half a surrogate pair', { body: 'a\ud800b' }],
  ['an empty group', { group: '' }],
  ['a group with a space', { group: 'a b' }],
  ['a deduplication id above 128 characters', { dedupId: 'x'.repeat(129) }],
];

/** What every backend of the queue contract keeps. Durations are whole seconds: SQS knows no others. */
export function queueContract(name: string, start: () => Promise<QueuesUnderTest>): void {
  describe(`queue on ${name}`, { concurrent: true }, () => {
    let backend: QueuesUnderTest;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend.stop());
    const open = (maxReceives = 5): Promise<OpenQueue> => backend.openQueue(maxReceives);

    test('gives the messages of a group in the order in which they were sent', async ({ expect }) => {
      const { queue } = await open();
      const messages = Array.from({ length: 25 }, (_, i) => message('a', String(i)));

      await queue.send(messages.slice(0, 12));
      for (const one of messages.slice(12)) await queue.send([one]);

      expect(await drain(queue, 25)).toEqual(messages.map(({ body }) => body));
    });

    test('keeps the order of each of many groups', async ({ expect }) => {
      const { queue } = await open();
      const groups = Array.from({ length: 13 }, (_, i) => `group-${i}`);

      await queue.send([0, 1, 2].flatMap((round) => groups.map((group) => message(group, `${group}:${round}`))));

      const bodies = await drain(queue, 39);
      for (const group of groups) {
        const own = bodies.filter((body) => body.startsWith(`${group}:`));
        expect(own).toEqual([`${group}:0`, `${group}:1`, `${group}:2`]);
      }
    });

    test('gives nothing more of a group while one of its messages is in flight', async ({ expect }) => {
      const { queue } = await open();
      await queue.send([message('a', 'a1'), message('a', 'a2')]);

      const [first] = await take(queue, 1);
      await queue.send([message('b', 'b1'), message('a', 'a3')]);
      const meanwhile = await take(queue, 10);
      const nothing = await queue.receive({ maxMessages: 10, visibilityMs: LONG_MS, waitMs: 0 });
      await queue.delete([first?.receipt ?? '']);
      const [next] = await take(queue, 1);

      expect(first).toMatchObject({ body: 'a1', group: 'a', receiveCount: 1 });
      expect(meanwhile.map(({ body }) => body)).toEqual(['b1']);
      expect(nothing).toEqual([]);
      expect(next?.body).toBe('a2');
    });

    test('gives a message again when its visibility timeout has passed, before its successors', async ({ expect }) => {
      const { queue, passMs } = await open();
      await queue.send([message('a', 'a1'), message('a', 'a2')]);

      const [first] = await take(queue, 1, 1_000);
      await passMs(1_500);
      const [again] = await take(queue, 1, LONG_MS);

      expect([first?.receiveCount, again?.receiveCount]).toEqual([1, 2]);
      expect(again).toMatchObject({ body: 'a1', messageId: first?.messageId });
      expect(again?.receipt).not.toBe(first?.receipt);
    });

    test('ignores a receipt whose time has passed', async ({ expect }) => {
      const { queue, passMs } = await open();
      await queue.send([message('a', 'a1')]);
      const [first] = await take(queue, 1, 1_000);
      await passMs(1_500);
      const [again] = await take(queue, 1, 2_000);

      await queue.delete([first?.receipt ?? '']);
      await queue.release([first?.receipt ?? ''], 0);
      const afterOldReceipt = await queue.receive({ maxMessages: 1, visibilityMs: LONG_MS, waitMs: 0 });
      await passMs(2_500);
      const [third] = await take(queue, 1);
      await queue.delete([third?.receipt ?? '', third?.receipt ?? '']);

      expect(again?.receiveCount).toBe(2);
      expect(afterOldReceipt).toEqual([]);
      expect(third).toMatchObject({ body: 'a1', receiveCount: 3 });
      expect(await settledDepth(queue, (depth) => depth.waiting + depth.inFlight === 0)).toBe(true);
    });

    test('gives a released message again at once', async ({ expect }) => {
      const { queue } = await open();
      await queue.send([message('a', 'a1'), message('a', 'a2')]);

      const [first] = await take(queue, 1);
      await queue.release([first?.receipt ?? ''], 0);

      expect((await take(queue, 1))[0]).toMatchObject({ body: 'a1', receiveCount: 2 });
    });

    test('gives a message released with a delay after the delay, and its group not before', async ({ expect }) => {
      const { queue, passMs } = await open();
      await queue.send([message('a', 'a1'), message('a', 'a2')]);

      const [first] = await take(queue, 1);
      await queue.release([first?.receipt ?? ''], 2_000);
      const before = await queue.receive({ maxMessages: 1, visibilityMs: LONG_MS, waitMs: 0 });
      await passMs(2_500);

      expect(before).toEqual([]);
      expect((await take(queue, 1))[0]?.body).toBe('a1');
    });

    test('puts a message among the dead letters after maxReceives receives, and goes on with its group', async ({
      expect,
    }) => {
      const { queue } = await open(2);
      await queue.send([message('a', 'poison'), message('a', 'next')]);

      const counts: number[] = [];
      for (let i = 0; i < 2; i += 1) {
        const [poison] = await take(queue, 1);
        counts.push(poison?.receiveCount ?? 0);
        expect(poison?.body).toBe('poison');
        await queue.release([poison?.receipt ?? ''], 0);
      }
      const [next] = await take(queue, 1);

      expect(counts).toEqual([1, 2]);
      expect(next).toMatchObject({ body: 'next', receiveCount: 1 });
      expect(await settledDepth(queue, (depth) => depth.dead === 1 && depth.inFlight === 1)).toBe(true);
    });

    test('accepts a message with a known id and drops it, even when the first is done with', async ({ expect }) => {
      const { queue } = await open();
      const once = message('a', 'once');

      await queue.send([once, { ...once, body: 'twice in one call' }]);
      await queue.send([{ ...once, body: 'again' }]);
      const before = await drain(queue, 1);
      await queue.send([{ ...once, body: 'too late' }]);
      await queue.send([message('a', 'end')]);

      expect(before).toEqual(['once']);
      expect(await drain(queue, 1)).toEqual(['end']);
    });

    test('wakes a waiting receive when a message comes', async ({ expect }) => {
      const { queue } = await open();

      const waiting = queue.receive({ maxMessages: 10, visibilityMs: LONG_MS, waitMs: 20_000 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await queue.send([message('a', 'wake up')]);

      expect((await waiting).map(({ body }) => body)).toEqual(['wake up']);
    });

    test('ends a wait with nothing where nothing comes', async ({ expect }) => {
      const { queue } = await open();

      expect(await queue.receive({ maxMessages: 10, visibilityMs: LONG_MS, waitMs: 1_000 })).toEqual([]);
    });

    test('never gives one message to two receivers at once', async ({ expect }) => {
      const { queue } = await open();
      const messages = Array.from({ length: 40 }, (_, i) => message(`group-${i % 20}`, String(i)));
      await queue.send(messages);

      const receivers = Array.from({ length: 4 }, () => drain(queue, 40, 2));
      const bodies = (await Promise.all(receivers)).flat();

      expect(bodies.toSorted()).toEqual(messages.map(({ body }) => body).toSorted());
    });

    test('carries any text, and the largest body beside others', async ({ expect }) => {
      const { queue } = await open();
      const bodies = ['{"a":"é 日本 \\" \n\t"}', 'x'.repeat(256 * 1024), 'y'.repeat(200 * 1024), '0'];

      await queue.send(bodies.map((body) => message('a', body)));

      expect(await drain(queue, bodies.length)).toEqual(bodies);
    });

    test('counts what waits and what is in flight', async ({ expect }) => {
      const { queue } = await open();
      await queue.send(['a', 'b', 'c'].map((group) => message(group, group)));

      await take(queue, 1);

      expect(
        await settledDepth(queue, (depth) => depth.waiting === 2 && depth.inFlight === 1 && depth.dead === 0),
      ).toBe(true);
    });

    test('does nothing for empty lists', async ({ expect }) => {
      const { queue } = await open();

      await queue.send([]);
      await queue.delete([]);
      await queue.release([], 0);

      expect(await queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 0 })).toEqual([]);
    });

    test.each(REFUSED_MESSAGES)('fails when a message has %s, and sends none of the call', async (_, part) => {
      const { queue } = await open();

      await expect(queue.send([message('a', 'good'), { ...message('a', 'bad'), ...part }])).rejects.toThrow(RangeError);
      expect(await queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 1_000 })).toEqual([]);
    });

    test('fails when a receive asks for nothing or for a negative time', async ({ expect }) => {
      const { queue } = await open();
      const options = { maxMessages: 1, visibilityMs: 1_000, waitMs: 0 };

      for (const wrong of [{ maxMessages: 0 }, { maxMessages: 1.5 }, { visibilityMs: -1 }, { waitMs: Number.NaN }]) {
        await expect(queue.receive({ ...options, ...wrong })).rejects.toThrow(RangeError);
      }
    });
  });
}

function message(group: string, body: string): OutgoingMessage {
  return { group, dedupId: randomUUID(), body };
}

function take(queue: Queue, maxMessages: number, visibilityMs = LONG_MS): Promise<readonly ReceivedMessage[]> {
  return queue.receive({ maxMessages, visibilityMs, waitMs: PATIENT_MS });
}

/** Receives and deletes until this many came, or nothing came several times. */
async function drain(queue: Queue, count: number, maxMessages = 10): Promise<string[]> {
  const bodies: string[] = [];
  for (let empty = 0; bodies.length < count && empty < MAX_EMPTY_RECEIVES; ) {
    const waitMs = empty === 0 ? 0 : 1_000;
    const messages = await queue.receive({ maxMessages, visibilityMs: LONG_MS, waitMs });
    empty = messages.length === 0 ? empty + 1 : 0;
    bodies.push(...messages.map(({ body }) => body));
    await queue.delete(messages.map(({ receipt }) => receipt));
  }
  return bodies;
}

/** Counts lag behind on AWS. */
async function settledDepth(
  queue: Queue,
  isExpected: (depth: Awaited<ReturnType<Queue['depth']>>) => boolean,
): Promise<boolean> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    if (isExpected(await queue.depth())) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}
