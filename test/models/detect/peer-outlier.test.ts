import { describe, expect, it } from 'vitest';
import {
  addPeer,
  createPeerScratch,
  judgePeers,
  PEER_GROUP_WORDS,
  PEER_MEMBER_WORDS,
  readPeerOutlier,
} from '../../../models/detect/peer-outlier.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const DAY = 288;
const wave = (bucket: number): number => 50 + 30 * Math.sin((2 * Math.PI * bucket) / DAY);

/** Highest score of each member over the days from `watchedDay` on, of those that lasted for half an hour. */
function lasting(
  members: number,
  days: number,
  watchedDay: number,
  valueAt: (member: number, bucket: number) => number,
) {
  const states = Array.from({ length: members }, () => new Float64Array(PEER_MEMBER_WORDS));
  const group = new Float64Array(PEER_GROUP_WORDS);
  const scratch = createPeerScratch();
  const runs = new Map<number, number>();
  const found = new Set<number>();
  for (let bucket = 0; bucket < days * DAY; bucket++) {
    scratch.count = 0;
    for (let member = 0; member < members; member++) addPeer(scratch, member, valueAt(member, bucket));
    judgePeers(group, (member) => states[member]!, scratch);
    if (bucket < watchedDay * DAY) continue;
    for (let i = 0; i < scratch.count; i++) {
      const member = scratch.members[i]!;
      const run = scratch.scores[i]! > 1 ? (runs.get(member) ?? 0) + 1 : 0;
      runs.set(member, run);
      if (run >= 6) found.add(member);
    }
  }
  return {
    found: [...found],
    read: (member: number) => readPeerOutlier(group, states[member]!, scratch.median, members),
  };
}

describe('one of forty peers', () => {
  const from = 10 * DAY;
  const usual = (member: number): number => 1 + 0.05 * (member % 9);

  it.each([
    ['moves to another level', (value: number) => 1.5 * value],
    [
      'drifts off within a day',
      (value: number, bucket: number) => value * (1 + 0.4 * Math.min(1, (bucket - from) / DAY)),
    ],
    ['no longer follows the day', () => 55],
  ])('is named when it %s', (_words, change) => {
    const { normal } = createRandom(1);

    const { found } = lasting(40, 12, 9, (member, bucket) => {
      const value = wave(bucket) * usual(member) * (1 + 0.06 * normal());
      return member === 17 && bucket >= from ? change(value, bucket) : value;
    });

    expect(found).toEqual([17]);
  });

  it('is not for what it always was, nor for what all of them do', () => {
    const { normal } = createRandom(2);

    const { found } = lasting(40, 12, 2, (member, bucket) => {
      const together = bucket >= from ? 2 : 1;
      return together * wave(bucket) * (member === 3 ? 1.6 : usual(member)) * (1 + 0.06 * normal());
    });

    expect(found).toEqual([]);
  });

  it('is not when half of them change: then nobody is odd', () => {
    const { normal } = createRandom(3);

    const { found } = lasting(40, 12, 9, (member, bucket) => {
      return wave(bucket) * (member % 2 === 0 && bucket >= from ? 1.5 : 1) * (1 + 0.06 * normal());
    });

    expect(found.length).toBeLessThanOrEqual(1);
  });

  it('is not for a difference of a few per cent, however steady they are', () => {
    const { normal } = createRandom(4);

    const { found } = lasting(40, 12, 2, (member, bucket) => {
      return 100 * (member === 5 && bucket >= from ? 1.05 : 1) * (1 + 0.001 * normal());
    });

    expect(found).toEqual([]);
  });
});

it('four are too few to say who is odd', () => {
  const { found } = lasting(4, 12, 2, (member, bucket) =>
    member === 1 && bucket > 10 * DAY ? 900 : 50 + (bucket % 7),
  );

  expect(found).toEqual([]);
});

it('all zero, and values of any size and sign, give finite numbers', () => {
  for (const scale of [0, 1e-12, -1, 1e12]) {
    const { read } = lasting(6, 2, 0, (member, bucket) => scale * (member + (bucket % 5)));

    expect(Object.values(read(2)).every(Number.isFinite)).toBe(true);
  }
});
