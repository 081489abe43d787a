import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../data/embedded/embedded.ts';

/**
 * A process to be killed: writes to every contract from many lanes at once, and says on standard output what was
 * acknowledged, one line each, before it goes on.
 */
const [directory = '', round = ''] = process.argv.slice(2);
const { objects, queue, table } = await openEmbedded({ directory, nowMs: () => 1_800_000_000_000 });

const acknowledged = (...words: (string | number)[]): void => {
  const line = `${words.join(' ')}\n`;
  // A pipe that its reader has not emptied yet takes nothing for a moment.
  while (!written(line)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
};

/** A line is shorter than what a pipe takes as a whole or not at all. */
function written(line: string): boolean {
  try {
    writeSync(1, line);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return false;
    throw error;
  }
}

async function putObjects(lane: string, sizeBytes: number): Promise<void> {
  for (let i = 0; ; i += 1) {
    const key = `${round}/${lane}/${i}`;
    await objects.put(key, new Uint8Array(sizeBytes).fill(i), { kind: 'absent' });
    acknowledged('object', key, sizeBytes, i % 256);
  }
}

/** One object replaced over and over: its content only ever goes up. */
async function replaceObject(lane: string, sizesBytes: readonly number[]): Promise<void> {
  const key = `${round}/${lane}`;
  let etag: string | undefined;
  for (let i = 1; ; i += 1) {
    const bytes = new Uint8Array(sizesBytes[i % sizesBytes.length] ?? 8);
    new DataView(bytes.buffer).setUint32(0, i);
    const result = await objects.put(key, bytes, etag === undefined ? { kind: 'absent' } : { kind: 'match', etag });
    if (result.kind === 'conflict') throw new Error('a conflict with nobody');
    etag = result.etag;
    acknowledged('state', key, i);
  }
}

async function sendMessages(group: string): Promise<void> {
  for (let i = 0; ; i += 1) {
    await queue.send([{ group, dedupId: `${round}.${group}.${i}`, body: `${round}:${i}` }]);
    acknowledged('message', group, i);
  }
}

async function putItems(lane: string): Promise<void> {
  for (let i = 0; ; i += 1) {
    const items = [0, 1, 2].map((part) => ({ partition: `${round}/${lane}`, sort: `${i}.${part}`, body: { i } }));
    await table.batchPut(items);
    for (const { partition, sort } of items) acknowledged('item', partition, sort, i);
  }
}

writeSync(1, 'open\n');
await Promise.race([
  ...['s1', 's2', 's3', 's4'].map((lane) => putObjects(lane, 700)),
  ...['l1', 'l2', 'l3'].map((lane) => putObjects(lane, 150 * 1024)),
  replaceObject('state-small', [100]),
  replaceObject('state-large', [200 * 1024]),
  replaceObject('state-mixed', [100, 200 * 1024]),
  ...['g1', 'g2', 'g3', 'g4'].map(sendMessages),
  ...['t1', 't2'].map(putItems),
  sleep(60_000), // where nobody kills it
]);
process.exit(0);
