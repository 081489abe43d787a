import { describe, expect, it } from 'vitest';
import { BUCKET_RESIDUAL_WORDS, bucketProfiles, learnBucketResidual } from '../../../models/detect/bucket-residual.ts';
import { PEER_MEMBER_WORDS } from '../../../models/detect/peer-outlier.ts';
import { peerFactorAt, peerShapeAt, peerShapeOf } from '../../../models/detect/peer-shape.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { MONDAY_MS } from '../../support/generated-series.ts';

/** A group whose median is twice as high from noon to six as at all other times, seen for so many days. */
function median(days: number, level = 50) {
  const state = new Float64Array(BUCKET_RESIDUAL_WORDS);
  const profiles = bucketProfiles(state);
  for (let atMs = MONDAY_MS; atMs < MONDAY_MS + days * DAY_MS; atMs += FIVE_MINUTES_MS) {
    const hour = (atMs % DAY_MS) / HOUR_MS;
    learnBucketResidual(state, profiles, atMs, hour >= 12 && hour < 18 ? 2 * level : level, true);
  }
  return { state, profiles };
}

/** Members that were seen so often, at these relative distances, and with a mean absolute deviation of 2 % around them. */
function members(usual: readonly number[], seen = 1_000): Float64Array[] {
  return usual.map((distance) => {
    const words = new Float64Array(PEER_MEMBER_WORDS);
    words.set([seen, distance, 0.02]);
    return words;
  });
}

const USUAL = [-0.2, -0.1, 0, 0.1, 0.2];

describe('the shape of peers', () => {
  it('is the season of their median as a share of its level, and how far they keep from it', () => {
    const { state, profiles } = median(14);

    const shape = peerShapeOf(state, profiles, members(USUAL))!;

    expect(shape.peers).toBe(5);
    expect(shape.level * peerFactorAt(shape, MONDAY_MS + 15 * HOUR_MS)).toBeCloseTo(100, -1);
    expect(shape.level * peerFactorAt(shape, MONDAY_MS + 3 * HOUR_MS)).toBeCloseTo(50, -1);
    expect(shape.spread).toBeCloseTo(1.4826 * 0.1);
    expect(shape.noise).toBeGreaterThan(0.025);
    expect(shape.noise).toBeLessThan(0.1);
  });

  it('is none before three days, of fewer than five members of a day, and around zero', () => {
    const { state, profiles } = median(14);
    const young = median(2.9);
    const nothing = median(14, 0);

    expect(peerShapeOf(young.state, young.profiles, members(USUAL))).toBeUndefined();
    expect(peerShapeOf(state, profiles, members(USUAL.slice(1)))).toBeUndefined();
    expect(peerShapeOf(state, profiles, members(USUAL, 287))).toBeUndefined();
    expect(peerShapeOf(nothing.state, nothing.profiles, members(USUAL))).toBeUndefined();
  });
});

describe('the shape that holds at a time', () => {
  it('is the newest that is valid by then', () => {
    const { state, profiles } = median(4);
    const [older, newer] = [members(USUAL), members([...USUAL, 0])].map((all) => peerShapeOf(state, profiles, all)!);
    const versions = [
      { validFromMs: 200, shape: newer! },
      { validFromMs: 100, shape: older! },
    ];

    expect([99, 100, 199, 200].map((atMs) => peerShapeAt({ versions }, atMs)?.peers)).toEqual([undefined, 5, 5, 6]);
  });
});
