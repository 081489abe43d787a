import type { PeerShape, PeerShapes } from '../domain/peer-shape.ts';
import { median } from '../numeric/median.ts';
import { BUCKET_SEASON_FLOATS, bucketSeasonAt, readBucketShape } from './bucket-residual.ts';
import { readPeerHabit } from './peer-outlier.ts';

/** A day's shape has been seen three times. */
const SHAPED_MS = 3 * 86_400_000;
/** Members of less than a day say nothing of their spread. */
const SETTLED_BUCKETS = 288;
const FEWEST_MEMBERS = 5;
/** Standard deviation of normal values with a median absolute deviation of one. */
const MAD_SCALE = 1.4826;
const SMALLEST_NOISE = 0.005;
/** A group around zero has no level that its shape could be a share of. */
const LARGEST_SHARE = 20;

/**
 * Peer shape: how the median of a group moves through day and week, and how far its members keep from it.
 *
 * Used by the survey room, once a day for each group of peers.
 *
 * Definition: season of the median / its level; spread = 1.4826 × median of the members' |usual distance|; noise = √(n² + m²)
 *             with n the noise of the median and m the median of the members' noise around their usual distance, at least
 *             0.005.
 * Input:      state and profiles of the group's median (`learnBucketResidual`); the words of its members as `judgePeers`
 *             keeps them.
 * Output:     undefined before three days, with fewer than five members that are a day old, and for a group around zero.
 * Cost:       O(n log n) in the members.
 * Throws:     never.
 */
export function peerShapeOf(
  group: Float64Array,
  profiles: Float32Array,
  members: readonly Float64Array[],
): PeerShape | undefined {
  const { level, noise, ageMs } = readBucketShape(group);
  const habits = members.map(readPeerHabit).filter(({ seen }) => seen >= SETTLED_BUCKETS);
  if (ageMs < SHAPED_MS || habits.length < FEWEST_MEMBERS || level === 0) return undefined;
  const season = profiles.slice(0, BUCKET_SEASON_FLOATS).map((value) => value / level);
  if (!season.every((share) => Math.abs(share) < LARGEST_SHARE)) return undefined;
  const spread = MAD_SCALE * median(habits.map(({ usual }) => Math.abs(usual)));
  const memberNoise = median(habits.map((habit) => habit.noise));
  const together = Math.max(SMALLEST_NOISE, Math.hypot(noise / Math.abs(level), memberNoise));
  return { peers: habits.length, level, spread, noise: together, season };
}

/**
 * Season of a peer shape at a time: what is to be multiplied by a level.
 *
 * Definition: 1 + day + week; day as the local clock has it.
 * Output:     1 where the group is at its level.
 * Cost:       O(1).
 * Throws:     never.
 */
export function peerFactorAt({ season }: PeerShape, localMs: number): number {
  return 1 + bucketSeasonAt(season, localMs);
}

/**
 * Shape that holds at a time: the newest that is valid by then, so that late samples find the one of their own time.
 *
 * Throws:     never.
 *
 * @example
 * peerShapeAt({ versions: [] }, 0) // => undefined
 */
export function peerShapeAt({ versions }: PeerShapes, timestampMs: number): PeerShape | undefined {
  return versions.find(({ validFromMs }) => validFromMs <= timestampMs)?.shape;
}
