import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../models/numeric/random.ts';
import {
  beginRunningTail,
  learnRunningTail,
  RUNNING_TAIL_WORDS,
  runningTailNats,
  runningTailSize,
} from '../../../models/numeric/running-tail.ts';

function learned(draw: () => number, count = 40_000): Float64Array {
  const words = new Float64Array(RUNNING_TAIL_WORDS);
  beginRunningTail(words, 0, 1);
  for (let i = 0; i < count; i++) learnRunningTail(words, 0, draw(), 1, 0.01);
  return words;
}

describe('a running tail', () => {
  it('grows with the size, from zero', () => {
    const words = learned(createRandom(1).normal);
    const rarities = [-1, 0, 0.5, 1, 2, 3, 4, 6, 10].map((size) => runningTailNats(words, 0, size));

    expect(rarities.slice(0, 2)).toEqual([0, 0]);
    for (const [i, rarity] of rarities.slice(2).entries()) expect(rarity).toBeGreaterThan(rarities[i + 1]!);
  });

  it('names the size of a rarity, and the rarity of that size is the same', () => {
    const words = learned(createRandom(2).normal);

    for (const nats of [0, 1, 3.4, 5, 9, 13]) {
      expect(runningTailNats(words, 0, runningTailSize(words, 0, nats))).toBeCloseTo(nats, 9);
    }
  });

  it('knows how rare a value is that it has seen a hundred times', () => {
    const { normal } = createRandom(3);

    const rarity = runningTailNats(learned(normal), 0, 2.807);

    // A normal value is larger once in 400; a hundred excesses tell that to about a third.
    expect(rarity).toBeGreaterThan(Math.log(400) - 0.6);
    expect(rarity).toBeLessThan(Math.log(400) + 0.6);
  });

  it('calls a far value less rare where values are wild', () => {
    const { normal } = createRandom(4);
    const wild = learned(() => normal() / Math.sqrt(Math.abs(normal()) + 0.01));

    expect(runningTailNats(wild, 0, 8)).toBeLessThan(runningTailNats(learned(normal), 0, 8) / 2);
  });

  it('scales with what it is shown', () => {
    const one = createRandom(5);
    const same = createRandom(5);

    const small = runningTailNats(learned(one.normal), 0, 3);
    const large = runningTailNats(
      learned(() => 1_000 * same.normal()),
      0,
      3_000,
    );

    // It begins with another guess, and finds the same.
    expect(Math.abs(small - large)).toBeLessThan(0.5);
  });

  it('learns nothing with no weight, and its start stays above the smallest', () => {
    const words = learned(() => 0, 10_000);
    const before = [...words];
    learnRunningTail(words, 0, 50, 0, 0.01);

    expect([...words]).toEqual(before);
    expect(words[0]).toBe(0.01);
  });
});
