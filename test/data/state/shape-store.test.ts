import { describe, expect, it } from 'vitest';
import { createShapeStore, shapesKey } from '../../../data/state/shape-store.ts';
import type { PeerShape } from '../../../models/domain/peer-shape.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';

const WORKSPACE = 'abcdefghijkl';
const DAY_MS = 86_400_000;

function shape(peers: number, height = 1): PeerShape {
  const season = Float32Array.from({ length: 216 }, (_, i) => height * Math.sin(i));
  return { peers, level: 40, spread: 0.2, noise: 0.05, season };
}

const day = (number: number, shapes: Readonly<Record<string, PeerShape>>) => ({
  dayMs: number * DAY_MS,
  validFromMs: number * DAY_MS + 9,
  shapes: new Map(Object.entries(shapes)),
});

describe('the shapes of a workspace', () => {
  it('are kept with an error of less than half a percent of their height', async () => {
    const store = createShapeStore(createMemoryObjects());
    await store.add(WORKSPACE, day(1, { g: shape(12, 3), flat: shape(5, 0) }));

    const book = await store.load(WORKSPACE);

    const [kept, flat] = ['g', 'flat'].map((group) => book!.find(group)!.versions[0]!.shape);
    expect(kept).toMatchObject({ peers: 12, level: 40, spread: 0.2, noise: 0.05 });
    for (const [i, share] of kept!.season.entries()) expect(Math.abs(share - 3 * Math.sin(i))).toBeLessThan(0.015);
    expect(flat!.season.every((share) => share === 0)).toBe(true);
  });

  it('are those of the two newest days, newest first', async () => {
    const store = createShapeStore(createMemoryObjects());
    for (const number of [1, 3, 2, 3]) await store.add(WORKSPACE, day(number, { g: shape(number + 10) }));

    const versions = (await store.load(WORKSPACE))!.find('g')!.versions;

    expect(versions.map(({ validFromMs }) => validFromMs)).toEqual([3 * DAY_MS + 9, 2 * DAY_MS + 9]);
    expect(versions.map((version) => version.shape.peers)).toEqual([13, 12]);
  });

  it('are the same object for the same group, and null for one that has none', async () => {
    const store = createShapeStore(createMemoryObjects());
    await store.add(WORKSPACE, day(1, { g: shape(5) }));

    const book = (await store.load(WORKSPACE))!;

    expect(book.find('g')).toBe(book.find('g'));
    expect([book.find('h'), book.find('constructor')]).toEqual([null, null]);
  });

  it('are none where there is nothing, or nothing that can be read, and are made anew', async () => {
    const objects = createMemoryObjects();
    const store = createShapeStore(objects);

    expect(await store.load(WORKSPACE)).toBeUndefined();
    await objects.put(shapesKey(WORKSPACE), Buffer.from('{"version":1,'));
    expect(await store.load(WORKSPACE)).toBeUndefined();
    await store.add(WORKSPACE, day(1, { g: shape(5) }));
    expect((await store.load(WORKSPACE))!.find('g')).not.toBeNull();
  });

  it('are left alone where a newer release has written them', async () => {
    const objects = createMemoryObjects();
    await objects.put(shapesKey(WORKSPACE), Buffer.from('{"version":2}'));
    const store = createShapeStore(objects);

    await expect(store.load(WORKSPACE)).rejects.toMatchObject({ code: 'store/version-unknown' });
    await expect(store.add(WORKSPACE, day(1, {}))).rejects.toMatchObject({ code: 'store/version-unknown' });
  });
});
