import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { makeDirectory } from '../../contract/embedded-target.ts';

const RECEIVE = { maxMessages: 10, visibilityMs: 60_000, waitMs: 0 };
const MAX_RECEIVES = 5;

/** One process after another over the same queue; each ends with what it has received in its hands. */
async function openProcesses(keptStore?: string) {
  const directory = await makeDirectory();
  onTestFinished(directory.remove);
  if (keptStore !== undefined) await cp(join(import.meta.dirname, keptStore), directory.path, { recursive: true });
  return async <T>(work: (queue: EmbeddedBackend['queue']) => Promise<T>): Promise<T> => {
    const { queue, close } = await openEmbedded({
      directory: directory.path,
      nowMs: () => 1_800_000_000_000,
      maxReceives: MAX_RECEIVES,
    });
    try {
      return await work(queue);
    } finally {
      await close();
    }
  };
}

const bodiesOf = (messages: readonly { readonly body: string }[]): string[] => messages.map(({ body }) => body);
const messages = (...bodies: readonly string[]) => bodies.map((body) => ({ group: 'g', dedupId: body, body }));

test('a message is not given up because processes end while they have it', async () => {
  const inProcess = await openProcesses();
  await inProcess((queue) => queue.send(messages('a')));
  for (let crash = 0; crash < 2 * MAX_RECEIVES; crash++) await inProcess((queue) => queue.receive(RECEIVE));

  const received = await inProcess((queue) => queue.receive(RECEIVE));

  expect(received).toMatchObject([{ body: 'a', receiveCount: 1 }]);
});

test('messages in whose hands three processes ended come one at a time', async () => {
  const inProcess = await openProcesses();
  await inProcess((queue) => queue.send(messages('a', 'b')));
  for (let crash = 0; crash < 3; crash++) {
    expect(bodiesOf(await inProcess((queue) => queue.receive(RECEIVE)))).toEqual(['a', 'b']);
  }

  expect(bodiesOf(await inProcess((queue) => queue.receive(RECEIVE)))).toEqual(['a']);
});

test('a message that ends every process goes to the dead letters, and takes none with it', async () => {
  const inProcess = await openProcesses();
  await inProcess((queue) => queue.send(messages('poison', 'b', 'c')));
  let crashes = 0;
  while (bodiesOf(await inProcess((queue) => queue.receive(RECEIVE)))[0] === 'poison') crashes++;

  await inProcess(async (queue) => {
    expect(await queue.depth()).toEqual({ waiting: 2, inFlight: 0, dead: 1 });
  });
  expect(crashes).toBe(21);
});

test('a failure counts although processes end in between', async () => {
  const inProcess = await openProcesses();
  await inProcess((queue) => queue.send(messages('a')));
  for (let failure = 0; failure < MAX_RECEIVES; failure++) {
    await inProcess(async (queue) => {
      const [received] = await queue.receive(RECEIVE);
      await queue.release([received!.receipt], 0);
    });
  }

  await inProcess(async (queue) => {
    expect(await queue.receive(RECEIVE)).toEqual([]);
    expect(await queue.depth()).toMatchObject({ dead: 1 });
  });
});

test('a store of format 2 keeps its messages and their order', async () => {
  const inProcess = await openProcesses('store-v2');

  expect(bodiesOf(await inProcess((queue) => queue.receive(RECEIVE)))).toEqual(['first', 'second']);
});
