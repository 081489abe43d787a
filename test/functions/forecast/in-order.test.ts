import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../functions/forecast/in-order.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item++) yield item;
}

/** Later items are done earlier. */
async function lateFirst(item: number): Promise<number> {
  for (let turns = 10 - item; turns > 0; turns--) await turn();
  return item;
}

describe('work on several items at once', () => {
  it('gives the results in the order of the items, whichever is done first', async () => {
    for (const atOnce of [1, 3, 20]) {
      const taken: number[] = [];
      await inOrder(upTo(9), atOnce, lateFirst, async (result) => void taken.push(result));
      expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it('begins no more than it may', async () => {
    let open = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++open);
      return lateFirst(item);
    };
    await inOrder(upTo(9), 3, work, async () => void open--);

    expect([most, open]).toEqual([3, 0]);
  });

  it('begins nothing more after a failure, and throws the first', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<number> => {
      begun.push(item);
      if (item > 1) throw new RangeError(`item ${item}`);
      return item;
    };
    const taken: number[] = [];

    const run = inOrder(upTo(9), 3, work, async (result) => void taken.push(result));

    await expect(run).rejects.toThrow('item 2');
    expect([begun, taken]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1],
    ]);
  });
});
