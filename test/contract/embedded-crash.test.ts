import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Queue } from '../../data/contracts.ts';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { makeDirectory } from './embedded-target.ts';

/** The process is killed after this many acknowledgements, so that every round ends at another place. */
const ROUNDS_ACKNOWLEDGEMENTS = [40, 700, 333, 1_500];
const nowMs = (): number => 1_800_000_000_000;

test('T19 everything acknowledged before a kill -9 is there afterwards, once and in order', async () => {
  const directory = await makeDirectory();
  for (const [round, count] of ROUNDS_ACKNOWLEDGEMENTS.entries()) {
    const acknowledged = await writeUntilKilled(directory.path, `round-${round}`, count);

    const backend = await openEmbedded({ directory: directory.path, nowMs });

    expect(acknowledged.length).toBeGreaterThanOrEqual(count);
    await expectObjects(backend, acknowledged);
    await expectItems(backend, acknowledged);
    expectMessages(await drain(backend.queue), acknowledged);
    await expectNoOrphans(backend, directory.path);
    await backend.close();
  }
  await directory.remove();
});

test('a second process is refused with the directory and the owner, and let in after the owner was killed', async () => {
  const directory = await makeDirectory();
  const owner = startWriter(directory.path, 'owner');
  await once(createInterface(owner.stdout), 'line');

  const second = openEmbedded({ directory: directory.path, nowMs });

  await expect(second).rejects.toMatchObject({
    code: 'store/locked',
    message: expect.stringMatching(`${directory.path} is in use by process ${owner.pid}:`),
    details: { directory: directory.path, pid: owner.pid },
  });
  await kill(owner);
  const backend = await openEmbedded({ directory: directory.path, nowMs });
  expect(await backend.objects.put('after', new Uint8Array(1))).toMatchObject({ kind: 'stored' });
  await backend.close();
  await directory.remove();
});

type Line = readonly string[];

async function writeUntilKilled(directory: string, round: string, count: number): Promise<Line[]> {
  const writer = startWriter(directory, round);
  const lines: Line[] = [];
  let killed: Promise<void> | undefined;
  // What the process wrote before it died is read to the end: it was acknowledged.
  for await (const line of createInterface(writer.stdout)) {
    if (line !== 'open') lines.push(line.split(' '));
    if (lines.length >= count) killed ??= kill(writer);
  }
  await killed;
  return lines;
}

function startWriter(directory: string, round: string) {
  const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  return spawn(process.execPath, [script, directory, round], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function expectObjects({ objects }: EmbeddedBackend, lines: readonly Line[]): Promise<void> {
  for (const [, key = '', sizeBytes, fill] of ofKind(lines, 'object')) {
    const got = await objects.get(key);
    expect(got?.bytes.length, key).toBe(Number(sizeBytes));
    expect(
      got?.bytes.every((byte) => byte === Number(fill)),
      key,
    ).toBe(true);
  }
  const states = new Map(ofKind(lines, 'state').map(([, key = '', value]) => [key, Number(value)]));
  for (const [key, last] of states) {
    const got = await objects.get(key);
    const value = new DataView((got?.bytes ?? new Uint8Array(4)).buffer).getUint32(0);
    // The put after the last acknowledged one may have been stored, too; no other.
    expect([last, last + 1], key).toContain(value);
  }
}

async function expectItems({ table }: EmbeddedBackend, lines: readonly Line[]): Promise<void> {
  for (const [, partition = '', sort = '', i] of ofKind(lines, 'item')) {
    expect(await table.get({ partition, sort })).toEqual({ partition, sort, body: { i: Number(i) }, revision: 1 });
  }
}

function expectMessages(received: ReadonlyMap<string, readonly number[]>, lines: readonly Line[]): void {
  const lastOfGroup = new Map(ofKind(lines, 'message').map(([, group = '', i]) => [group, Number(i)]));
  for (const [group, last] of lastOfGroup) {
    const numbers = received.get(group) ?? [];
    expect(numbers, group).toEqual(numbers.map((_, i) => i));
    // One that was stored but not yet acknowledged may follow.
    expect([last + 1, last + 2], group).toContain(numbers.length);
  }
}

async function expectNoOrphans({ objects }: EmbeddedBackend, directory: string): Promise<void> {
  let largeObjects = 0;
  let cursor: string | undefined;
  do {
    const page = await objects.list('', cursor);
    largeObjects += page.entries.filter(({ sizeBytes }) => sizeBytes > 128 * 1024).length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  expect(await readdir(join(directory, 'objects'))).toHaveLength(largeObjects);
}

/** Numbers of the messages of each group, in the order received; the queue is empty afterwards. */
async function drain(queue: Queue): Promise<Map<string, number[]>> {
  const received = new Map<string, number[]>();
  for (;;) {
    const messages = await queue.receive({ maxMessages: 100, visibilityMs: 60_000, waitMs: 0 });
    if (messages.length === 0) return received;
    for (const { group, body } of messages) {
      received.set(group, [...(received.get(group) ?? []), Number(body.split(':')[1])]);
    }
    await queue.delete(messages.map(({ receipt }) => receipt));
  }
}

function ofKind(lines: readonly Line[], kind: string): readonly Line[] {
  return lines.filter(([first]) => first === kind);
}
