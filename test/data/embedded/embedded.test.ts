import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { openEmbedded } from '../../../data/embedded/embedded.ts';
import { makeDirectory, startEmbedded } from '../../contract/embedded-target.ts';

const LARGE_BYTES = 200 * 1024;
const nowMs = (): number => 1_800_000_000_000;

describe('the directory', () => {
  test('is made for its owner alone', async () => {
    const parent = await makeDirectory();
    const directory = join(parent.path, 'deep', 'data');

    const backend = await openEmbedded({ directory, nowMs });
    await backend.close();

    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await parent.remove();
  });

  test('keeps everything from one opening to the next', async () => {
    const directory = await makeDirectory();
    const first = await openEmbedded({ directory: directory.path, nowMs });
    await first.objects.put('small', new Uint8Array([1]));
    await first.objects.put('large', new Uint8Array(LARGE_BYTES).fill(2));
    await first.queue.send([{ group: 'g', dedupId: 'd', body: 'kept' }]);
    await first.table.put({ partition: 'p', sort: 's', body: { a: 1 } });
    await first.close();

    const second = await openEmbedded({ directory: directory.path, nowMs });

    expect((await second.objects.list('')).entries.map(({ key }) => key)).toEqual(['large', 'small']);
    expect((await second.objects.get('large'))?.bytes[LARGE_BYTES - 1]).toBe(2);
    expect((await second.queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 0 }))[0]?.body).toBe('kept');
    expect((await second.table.get({ partition: 'p', sort: 's' }))?.body).toEqual({ a: 1 });
    await second.close();
    await directory.remove();
  });

  test('keeps its data to the owner, also in a directory that others may look into', async () => {
    const directory = await makeDirectory();
    await chmod(directory.path, 0o755);
    const backend = await openEmbedded({ directory: directory.path, nowMs });
    await backend.table.put({ partition: 'p', sort: 's', body: { a: 1 } });

    for (const file of ['store.sqlite', 'store.sqlite-wal']) {
      expect((await stat(join(directory.path, file))).mode & 0o777).toBe(0o600);
    }
    await backend.close();
    await directory.remove();
  });

  test('is refused to a second opening in the same process, and free after a close', async () => {
    const first = await startEmbedded();
    const again = { directory: first.directory, nowMs };

    await expect(openEmbedded(again)).rejects.toMatchObject({ code: 'store/locked', details: { pid: process.pid } });
    await first.close();
    const second = await openEmbedded(again);

    await second.close();
    await first.stop();
  });

  test('is refused where a newer program wrote it', async () => {
    const directory = await makeDirectory();
    const database = new DatabaseSync(join(directory.path, 'store.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();

    await expect(openEmbedded({ directory: directory.path, nowMs })).rejects.toMatchObject({
      code: 'store/version-unknown',
      message: expect.stringContaining('99'),
    });
    await directory.remove();
  });

  test('is refused where its database is damaged', async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory.path, 'store.sqlite'), 'this is no database, whatever its name says'.repeat(200));

    await expect(openEmbedded({ directory: directory.path, nowMs })).rejects.toMatchObject({ code: 'store/corrupt' });
    await directory.remove();
  });

  test('loses the files that no object names when it is opened', async () => {
    const directory = await makeDirectory();
    const first = await openEmbedded({ directory: directory.path, nowMs });
    await first.objects.put('large', new Uint8Array(LARGE_BYTES));
    await first.close();
    await writeFile(join(directory.path, 'objects', 'left-behind'), 'x');

    const second = await openEmbedded({ directory: directory.path, nowMs });

    expect(await readdir(join(directory.path, 'objects'))).toHaveLength(1);
    expect((await second.objects.get('large'))?.bytes.length).toBe(LARGE_BYTES);
    await second.close();
    await directory.remove();
  });
});

describe('large objects', () => {
  test('leave no file behind when they are replaced, refused or deleted', async () => {
    const { objects, directory, stop } = await startEmbedded();
    const large = new Uint8Array(LARGE_BYTES);

    await objects.put('a', large);
    await objects.put('a', large);
    await objects.put('a', large, { kind: 'absent' });
    await objects.put('a', large, { kind: 'match', etag: 'other' });
    await objects.put('b', large);
    await objects.put('b', new Uint8Array(1));
    await objects.put('c', large);
    await objects.delete('c');

    expect(await readdir(join(directory, 'objects'))).toHaveLength(1);
    await stop();
  });

  test('are read whole, one version or the other, while they are replaced', async () => {
    const { objects, stop } = await startEmbedded();
    await objects.put('state', new Uint8Array(LARGE_BYTES));
    let isDone = false;
    const replace = async (): Promise<void> => {
      for (let i = 1; i <= 40; i += 1) await objects.put('state', new Uint8Array(LARGE_BYTES + i).fill(i));
      isDone = true;
    };
    const read = async (): Promise<void> => {
      while (!isDone) {
        const bytes = (await objects.get('state'))?.bytes ?? new Uint8Array(0);
        expect(bytes.length).toBe(LARGE_BYTES + (bytes[0] ?? 0));
        expect(bytes.at(-1)).toBe(bytes[0]);
      }
    };

    await Promise.all([replace(), read(), read(), read()]);

    await stop();
  });

  test('fail as unavailable where the folder cannot be written, and as corrupt where their file is gone', async () => {
    const { objects, directory, stop } = await startEmbedded();
    await objects.put('there', new Uint8Array(LARGE_BYTES));
    await rm(join(directory, 'objects'), { recursive: true });

    const put = objects.put('new', new Uint8Array(LARGE_BYTES));
    await expect(put).rejects.toMatchObject({ code: 'store/unavailable', retryable: true });
    await expect(objects.get('there')).rejects.toMatchObject({ code: 'store/corrupt' });
    expect(await objects.get('new')).toBeUndefined();

    await mkdir(join(directory, 'objects'));
    await stop();
  });
});

describe('clients', () => {
  test('in another thread see and write the same store, and wake its receivers', async () => {
    const { queue, objects, connectPort, stop } = await startEmbedded();
    await objects.put('from-main', new Uint8Array(LARGE_BYTES).fill(7));
    const waiting = queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 30_000 });
    const port = connectPort();

    const thread = new Worker(new URL('./other-thread.ts', import.meta.url), {
      workerData: { port },
      transferList: [port],
    });
    const [message] = await waiting;

    expect(message?.body).toBe(`read ${LARGE_BYTES} bytes of 7`);
    expect((await objects.get('from-thread'))?.bytes.length).toBe(3);
    await thread.terminate();
    await stop();
  });

  test('fail as unavailable once the store is closed', async () => {
    const { objects, queue, table, stop } = await startEmbedded();

    await stop();

    const calls = [
      objects.get('a'),
      objects.put('a', new Uint8Array(LARGE_BYTES)),
      queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 1_000 }),
      table.get({ partition: 'p', sort: 's' }),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store/unavailable' } });
    }
  });

  test('get the answers to all that they asked before the close', async () => {
    const { table, close, stop } = await startEmbedded();
    const asked = Array.from({ length: 50 }, (_, i) => table.put({ partition: 'p', sort: String(i), body: {} }));

    await close();

    for (const result of await Promise.all(asked)) expect(result).toEqual({ kind: 'stored', revision: 1 });
    await stop();
  });
});

describe('the queue', () => {
  test('accepts an id again after five minutes and not before', async () => {
    let timeMs = nowMs();
    const { queue, stop } = await startEmbedded({ nowMs: () => timeMs });
    const send = (body: string): Promise<void> => queue.send([{ group: 'g', dedupId: 'same', body }]);

    await send('first');
    timeMs += 299_999;
    await send('too early');
    timeMs += 1;
    await send('after five minutes');

    const received = await queue.receive({ maxMessages: 10, visibilityMs: 1_000, waitMs: 0 });
    expect(received.map(({ body }) => body)).toEqual(['first', 'after five minutes']);
    await stop();
  });

  test('gives a group up to maxMessages at once, the group that waits longest first', async () => {
    const { queue, stop } = await startEmbedded();
    const groups = ['b', 'b', 'a', 'b', 'a'];
    await queue.send(groups.map((group, i) => ({ group, dedupId: String(i), body: `${group}${i}` })));

    const received = await queue.receive({ maxMessages: 4, visibilityMs: 1_000, waitMs: 0 });

    expect(received.map(({ body }) => body)).toEqual(['b0', 'b1', 'b3', 'a2']);
    await stop();
  });

  test('wakes a waiting receive when a message in flight times out or is released', async () => {
    const { queue, stop } = await startEmbedded({ nowMs: () => performance.now() });
    await queue.send([{ group: 'g', dedupId: 'd', body: 'again' }]);
    const receive = () => queue.receive({ maxMessages: 1, visibilityMs: 150, waitMs: 30_000 });

    const counts: number[] = [];
    for (let i = 0; i < 3; i += 1) counts.push((await receive())[0]?.receiveCount ?? 0);
    const [last] = await queue.receive({ maxMessages: 1, visibilityMs: 60_000, waitMs: 30_000 });
    const released = receive();
    await queue.release([last?.receipt ?? ''], 0);

    expect(counts).toEqual([1, 2, 3]);
    expect((await released)[0]?.receiveCount).toBe(5);
    await stop();
  });
});
