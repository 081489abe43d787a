import { describe, expect, it } from 'vitest';
import { peerGroupName, type ShapeBook } from '../../data/state/shape-store.ts';
import { createReadShapes } from '../../functions/read-shapes.ts';
import { peerKeyOf } from '../../models/detect/peer-labels.ts';
import type { PeerShapes } from '../../models/domain/peer-shape.ts';
import type { Labels } from '../../models/domain/series.ts';

const ON_HOST = (host: string): Labels => [
  ['__name__', 'cpu'],
  ['host', host],
];
const SHAPES: PeerShapes = { versions: [] };
const BOOK: ShapeBook = {
  etag: 'a',
  find: (group) => (group === peerGroupName(peerKeyOf(ON_HOST('a'))!) ? SHAPES : null),
};

/** A reader whose store answers with these in turn, the last one for ever; an error fails. */
function reader(...answers: readonly (ShapeBook | undefined | Error)[]) {
  const seen = { loads: 0, errors: 0, nowMs: 0 };
  const read = createReadShapes({
    load: async () => {
      const answer = answers[Math.min(seen.loads++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    nowMs: () => seen.nowMs,
    onError: () => seen.errors++,
  });
  return { seen, read: () => read('abcdefghijkl') };
}

describe('the shapes of peers', () => {
  it('are found by all labels but the one that names the instance', async () => {
    const { peersOf } = await reader(BOOK).read();

    expect(peersOf(ON_HOST('new'))).toBe(SHAPES);
    expect(peersOf([...ON_HOST('new'), ['service', 'api']])).toBeNull();
    expect(peersOf([['__name__', 'cpu']])).toBeNull();
  });

  it('are read once in ten minutes, and stay the same object while they are the same', async () => {
    const { seen, read } = reader(BOOK, { ...BOOK }, { ...BOOK, etag: 'b' });
    const first = await read();
    seen.nowMs = 599_999;
    await read();
    seen.nowMs = 600_000;

    expect(await read()).toBe(first);
    expect(seen.loads).toBe(2);
    seen.nowMs = 1_200_000;
    expect((await read()).etag).toBe('b');
  });

  it('are none where there are none, and what they were where they cannot be read', async () => {
    const { seen, read } = reader(new Error('no store'), BOOK, new Error('no store'), undefined);
    const answers: (PeerShapes | null)[] = [];
    for (let i = 0; i < 4; i++) {
      answers.push((await read()).peersOf(ON_HOST('new')));
      seen.nowMs += 600_000;
    }

    expect(answers).toEqual([null, SHAPES, SHAPES, null]);
    expect(seen.errors).toBe(2);
  });
});
