import { describe, expect, it } from 'vitest';
import type { Objects } from '../../../data/contracts.ts';
import { encodeShardState } from '../../../data/state/codec.ts';
import { createShardState } from '../../../data/state/shard-state.ts';
import { createStateStore, type LoadedState } from '../../../data/state/state-store.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { fullState, LAYOUT } from '../../support/shard-states.ts';

const NEW: LoadedState = { state: createShardState('abcdefghijkl', 2, LAYOUT), etag: undefined };

/** Counts how often the objects are read. */
function countReads(objects: Objects): { objects: Objects; reads: () => number } {
  let reads = 0;
  const get: Objects['get'] = (key) => {
    reads++;
    return objects.get(key);
  };
  return { objects: { ...objects, get }, reads: () => reads };
}

describe('the store of states', () => {
  it('has nothing of a shard at first, and what was saved afterwards', async () => {
    const objects = createMemoryObjects();

    const before = await createStateStore(objects).load('abcdefghijkl', 2);
    const saved = await createStateStore(objects).save({ state: fullState(), etag: undefined });
    const loaded = await createStateStore(objects).load('abcdefghijkl', 2);

    expect(before).toBeUndefined();
    expect(saved).toBe('stored');
    expect(loaded?.state.seriesIds).toEqual(fullState().seriesIds);
    expect(objects.keys('')).toEqual(['state/abcdefghijkl/2']);
  });

  it('refuses the first state of a shard that has one by now', async () => {
    const objects = createMemoryObjects();
    await createStateStore(objects).save(NEW);

    expect(await createStateStore(objects).save(NEW)).toBe('conflict');
  });

  it('refuses whoever was overtaken, and takes his next try after loading again', async () => {
    const objects = createMemoryObjects();
    const [slow, fast] = [createStateStore(objects), createStateStore(objects)];
    await slow.save(NEW);
    const held = (await slow.load('abcdefghijkl', 2))!;
    const overtaking = (await fast.load('abcdefghijkl', 2))!;
    overtaking.state.counters.samples = 7;

    const first = await fast.save(overtaking);
    const second = await slow.save(held);
    const again = (await slow.load('abcdefghijkl', 2))!;
    const third = await slow.save(again);

    expect([first, second, third]).toEqual(['stored', 'conflict', 'stored']);
    expect(again.state.counters.samples).toBe(7);
  });

  it('reads a shard once while nobody else writes it', async () => {
    const { objects, reads } = countReads(createMemoryObjects());
    const store = createStateStore(objects);
    await store.save(NEW);

    for (let i = 0; i < 3; i++) await store.save((await store.load('abcdefghijkl', 2))!);

    expect(reads()).toBe(0);
  });

  it('forgets a state that was loaded and not saved, so that half of a change is never kept', async () => {
    const store = createStateStore(createMemoryObjects());
    await store.save({ ...NEW, state: createShardState('abcdefghijkl', 2, LAYOUT) });
    const given = (await store.load('abcdefghijkl', 2))!;
    given.state.counters.samples = 99;

    expect((await store.load('abcdefghijkl', 2))!.state.counters.samples).toBe(0);
  });

  it('writes the same bytes whatever it has written before: nothing of a larger state is left in a smaller one', async () => {
    const objects = createMemoryObjects();
    const store = createStateStore(objects);
    const small = { ...fullState(), workspace: 'zyxwvutsrqpo', records: new Map(), retired: ['a'] };
    await store.save({ state: fullState(), etag: undefined });
    await store.save({ state: small, etag: undefined });

    expect(objects.bytesOf('state/zyxwvutsrqpo/2')).toEqual(Uint8Array.from(encodeShardState(small)));
  });

  it('leaves the bytes of a put that failed alone: it may still be on its way', async () => {
    const sent: Uint8Array[] = [];
    const memory = createMemoryObjects();
    const put: Objects['put'] = (key, bytes, condition) => {
      sent.push(bytes);
      return sent.length === 1 ? Promise.reject(new Error('no answer')) : memory.put(key, bytes, condition);
    };
    const store = createStateStore({ ...memory, put });
    await expect(store.save({ state: fullState(), etag: undefined })).rejects.toThrow('no answer');
    const before = sent[0]!.slice();

    for (let i = 0; i < 2; i++) {
      await store.save({ state: { ...fullState(), watermarkMs: i, workspace: `zyxwvutsrqp${i}` }, etag: undefined });
    }

    expect(sent[0]).toEqual(before);
    expect(sent[2]!.buffer).toBe(sent[1]!.buffer);
  });
});
