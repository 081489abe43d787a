import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { makeDirectory, type TestDirectory } from '../../contract/embedded-target.ts';

const NOW_MS = 1_800_000_000_000;
const LARGE_BYTES = 200 * 1024;
const RECEIVE = { maxMessages: 10, visibilityMs: 60_000, waitMs: 0 };

/** The key that a message of these tests names. */
const keyOf = (body: string): string | undefined => (body.startsWith('seg/') ? body : undefined);

interface Store extends EmbeddedBackend {
  readonly directory: string;
  /** Time passes only here. */
  readonly passMs: (durationMs: number) => void;
}

async function openStore(directory?: TestDirectory): Promise<Store> {
  const place = directory ?? (await makeDirectory());
  let timeMs = NOW_MS;
  const backend = await openEmbedded({ directory: place.path, nowMs: () => timeMs, maxReceives: 1 });
  onTestFinished(async () => {
    await backend.close();
    await place.remove();
  });
  const passMs = (durationMs: number): void => {
    timeMs += durationMs;
  };
  return { ...backend, directory: place.path, passMs };
}

async function keysIn({ objects }: Store): Promise<readonly string[]> {
  return (await objects.list('')).entries.map(({ key }) => key);
}

test('segments from before a time are removed with their files, and nothing else', async () => {
  const store = await openStore();
  for (const key of ['seg/a', 'state/a', 'history/a', 'quarantine/a', 'sega', 'se']) {
    await store.objects.put(key, new Uint8Array(10));
  }
  await store.objects.put('seg/large', new Uint8Array(LARGE_BYTES));
  store.passMs(1);
  await store.objects.put('seg/young', new Uint8Array(10));

  const removed = await store.upkeep.removeSegments(NOW_MS + 1, keyOf);

  expect(removed).toEqual({ segments: 2, sizeBytes: 10 + LARGE_BYTES, kept: 0 });
  expect(await keysIn(store)).toEqual(['history/a', 'quarantine/a', 'se', 'seg/young', 'sega', 'state/a']);
  expect(await readdir(join(store.directory, 'objects'))).toEqual([]);
});

test('a segment that a message names stays: waiting, in flight or dead', async () => {
  const store = await openStore();
  const named = ['seg/dead', 'seg/in-flight', 'seg/waiting'];
  for (const key of [...named, 'seg/done']) await store.objects.put(key, new Uint8Array(1));
  const send = (key: string) => store.queue.send([{ group: key.slice(4), dedupId: key, body: key }]);
  await send('seg/dead');
  await store.queue.receive(RECEIVE);
  store.passMs(RECEIVE.visibilityMs);
  await store.queue.receive(RECEIVE); // once more than it may be received
  await send('seg/in-flight');
  await store.queue.receive(RECEIVE);
  await send('seg/waiting');
  await store.queue.send([{ group: 'other', dedupId: 'other', body: 'names nothing' }]);
  expect(await store.queue.depth()).toEqual({ waiting: 2, inFlight: 1, dead: 1 });

  const removed = await store.upkeep.removeSegments(NOW_MS + 1, keyOf);

  expect(removed).toEqual({ segments: 1, sizeBytes: 1, kept: 3 });
  expect(await keysIn(store)).toEqual(named);
});

test('a put that finds its segment there makes it young again', async () => {
  const store = await openStore();
  await store.objects.put('seg/again', new Uint8Array(1), { kind: 'absent' });
  store.passMs(1_000);

  expect(await store.objects.put('seg/again', new Uint8Array(1), { kind: 'absent' })).toEqual({ kind: 'conflict' });

  expect(await store.upkeep.removeSegments(NOW_MS + 1_000, keyOf)).toMatchObject({ segments: 0 });
  expect(await store.upkeep.removeSegments(NOW_MS + 1_001, keyOf)).toMatchObject({ segments: 1 });
});

test('more than a page of them is gone through, whatever stays in between', async () => {
  const store = await openStore();
  const keys = Array.from({ length: 1_234 }, (_, i) => `seg/${String(i).padStart(4, '0')}`);
  await Promise.all(keys.map((key) => store.objects.put(key, new Uint8Array(1))));
  const named = keys.filter((_, i) => i % 2 === 0);
  await store.queue.send(named.map((key) => ({ group: 'g', dedupId: key, body: key })));

  expect(await store.upkeep.removeSegments(NOW_MS + 1, keyOf)).toEqual({ segments: 617, sizeBytes: 617, kept: 617 });
  expect(await keysIn(store)).toEqual(named);
});

test('dead letters are removed once they are old enough', async () => {
  const store = await openStore();
  const die = async (count: number): Promise<void> => {
    const ids = Array.from({ length: count }, (_, i) => `${count}-${i}`);
    await store.queue.send(ids.map((id) => ({ group: id, dedupId: id, body: 'x' })));
    for (let left = count; left > 0; left -= (await store.queue.receive({ ...RECEIVE, maxMessages: 1_000 })).length);
    store.passMs(RECEIVE.visibilityMs);
    await store.queue.receive(RECEIVE);
  };
  await die(600);
  store.passMs(1);
  await die(1);

  expect(await store.upkeep.removeDead(NOW_MS + RECEIVE.visibilityMs)).toBe(0);
  expect(await store.upkeep.removeDead(NOW_MS + RECEIVE.visibilityMs + 1)).toBe(600);
  expect(await store.queue.depth()).toMatchObject({ dead: 1 });
});

test('a store of the first format is taken over, and what is in it counts as new', async () => {
  const directory = await makeDirectory();
  await cp(join(import.meta.dirname, 'store-v1'), directory.path, { recursive: true });
  const folder = 'seg/abcdefghijkl/2026-09-01T00';
  const keyOfBody = (body: string): string => (JSON.parse(body) as { key: string }).key;

  const store = await openStore(directory);

  expect((await store.objects.get(`${folder}/large`))?.bytes).toEqual(new Uint8Array(140 * 1024).fill(7));
  expect((await store.objects.get('state/abcdefghijkl/0'))?.bytes).toEqual(Uint8Array.of(7));
  expect((await store.table.get({ partition: 'p', sort: 's' }))?.body).toEqual({ a: 1 });
  expect(await store.queue.depth()).toEqual({ waiting: 1, inFlight: 0, dead: 1 });
  expect(await store.upkeep.removeSegments(NOW_MS, keyOfBody)).toMatchObject({ segments: 0 });
  store.passMs(1);
  await store.objects.put(`${folder}/new`, Uint8Array.of(8));
  expect(await store.upkeep.removeSegments(NOW_MS + 1, keyOfBody)).toEqual({
    segments: 2,
    sizeBytes: 3 + 140 * 1024,
    kept: 2,
  });
  expect(await keysIn(store)).toEqual([`${folder}/dead`, `${folder}/new`, `${folder}/waiting`, 'state/abcdefghijkl/0']);
  await store.close();
  const again = await openEmbedded({ directory: directory.path, nowMs: () => NOW_MS });
  expect((await again.objects.get(`${folder}/new`))?.bytes).toEqual(Uint8Array.of(8));
  await again.close();
});

test('under steady load the directory stops growing', async () => {
  const directory = await makeDirectory();
  onTestFinished(directory.remove);
  let rounds = 0;
  const run = async (count: number): Promise<number> => {
    let timeMs = NOW_MS + rounds;
    const store = await openEmbedded({ directory: directory.path, nowMs: () => timeMs });
    for (let i = 0; i < count; i++, rounds++, timeMs++) {
      const keys = Array.from({ length: 12 }, (_, j) => `seg/${rounds}-${j}`);
      await Promise.all(keys.map((key, j) => store.objects.put(key, new Uint8Array(j === 0 ? LARGE_BYTES : 20_000))));
      await store.queue.send(keys.map((key) => ({ group: 'g', dedupId: key, body: key })));
      const received = await store.queue.receive({ ...RECEIVE, maxMessages: 12 });
      await store.queue.delete(received.map(({ receipt }) => receipt));
      await store.upkeep.removeSegments(timeMs, keyOf);
    }
    await store.close();
    return sizeOf(directory.path);
  };

  const early = await run(10);
  const late = await run(60);

  expect(rounds).toBe(70);
  expect(early).toBeGreaterThan(12 * 20_000);
  expect(late).toBeLessThan(early * 1.25);
});

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
