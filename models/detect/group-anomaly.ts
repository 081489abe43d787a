import {
  beginRunningTail,
  learnRunningTail,
  RUNNING_TAIL_WORDS,
  runningTailNats,
  runningTailSize,
} from '../numeric/running-tail.ts';

/*
 * Many series of one service that move together: one finding. What is judged is not a series but what its deviations say
 * when they are added up, and not against a constant but against what the same group has done so far: a group whose
 * members always rise together is not anomalous when they do.
 */

const UP = 0;
const DOWN = UP + RUNNING_TAIL_WORDS;
const ENERGY = DOWN + RUNNING_TAIL_WORDS;
const DRIFT_UP = ENERGY + RUNNING_TAIL_WORDS;
const DRIFT_DOWN = DRIFT_UP + RUNNING_TAIL_WORDS;
const TAILS = [UP, DOWN, ENERGY, DRIFT_UP, DRIFT_DOWN] as const;
const DRIFT = DRIFT_DOWN + RUNNING_TAIL_WORDS;
/** The same without the farthest member of each bucket. */
const DRIFT_OF_OTHERS = DRIFT + 1;
const SEEN = DRIFT_OF_OTHERS + 1;
/** Usual number of members with a value. */
const USUAL_MEMBERS = SEEN + 1;

const LAST_SCORE = USUAL_MEMBERS + 1;
/** Highest raw score of the day in progress; mean and mean square of those of the days before. */
const DAY_MAX = LAST_SCORE + 1;
const DAY_MAX_MEAN = DAY_MAX + 1;
const DAY_MAX_SQUARE = DAY_MAX_MEAN + 1;

/** Length of a group's state in Float64 words; all zero at the beginning. */
export const GROUP_WORDS = DAY_MAX_SQUARE + 1;

/** One member says at most this much, in standard deviations: many are wanted, not a wild one. */
export const MEMBER_CLIP = 3;
/** Fewer series than this are no group. */
export const FEWEST_MEMBERS = 4;
/** A member has moved when it is this far from its usual. */
export const MOVED_DEVIATION = 1;
/** Two days in which the shape of the members' day is learned: what they do meanwhile says nothing. Then five to watch. */
const SHAPING_BUCKETS = 576;
const WARM_BUCKETS = 2_016;
/** One wrong bucket for each group is expected in a year, of three looks at it that are not one and the same. */
const ALARM_NATS = Math.log(105_120 * 3);
/** Without the farthest member, the others must be half as improbable still. */
const OTHERS_SHARE = 0.5;
const DRIFT_GAIN = 0.2;
const SMALLEST_START = 0.5;
/** Days of which the highest score is remembered, and how much of an anomalous day's teaches. */
const DAY_BUCKETS = 288;
const DAY_GAIN = 1 / 10;
const DAY_CLIP = 1.1;
/** A day's maximum that comes once in a year lies so many of its standard deviations above its mean (Gumbel). */
const YEAR_DEVIATIONS = 4.15;
const LARGEST_SCORE = 100;
/** From half way to an alarm on a bucket is a surprise; of a stretch of them the first teaches, the others a tenth. */
const SURPRISING_SCORE = 0.5;
const DOUBT = 0.1;

/** Deviations of the members in one bucket, added up: one object, reused. */
export interface GroupSums {
  members: number;
  /** Of clipped deviations, and of their squares. */
  sum: number;
  squares: number;
  /** The one that is farthest out. */
  farthest: number;
  /** Members that moved up, and down. */
  up: number;
  down: number;
}

/** What is made of the sums; above 1 is anomalous. */
export interface GroupVerdict {
  score: number;
  /** 1 up together, −1 down together, 0 apart: more restless than usual, on both sides. */
  direction: -1 | 0 | 1;
  /** Mean deviation of the members, in standard deviations, and how far up and down it may be. */
  mean: number;
  lower: number;
  upper: number;
}

export function createGroupSums(): GroupSums {
  return { members: 0, sum: 0, squares: 0, farthest: 0, up: 0, down: 0 };
}

/** Adds one member's deviation. */
export function addMember(sums: GroupSums, deviation: number): void {
  const clipped = Math.max(-MEMBER_CLIP, Math.min(MEMBER_CLIP, deviation));
  sums.members++;
  sums.sum += clipped;
  sums.squares += clipped * clipped;
  if (Math.abs(clipped) > Math.abs(sums.farthest)) sums.farthest = clipped;
  if (clipped >= MOVED_DEVIATION) sums.up++;
  if (clipped <= -MOVED_DEVIATION) sums.down++;
}

/**
 * Group verdict: how improbable it is that these series deviate together as they do.
 *
 * Used by the survey room, once for each service and bucket of five minutes, before `learnGroup`.
 *
 * Definition: S = Σ z / √n over the members' clipped deviations, its exponential mean with gain 0.2, and the energy
 *             (Σ z² − n) / √(2n). Each has a tail of its own, learned from this group's past; score = the largest rarity /
 *             ln(3 × 105,120), which is one wrong bucket in a year. The member that is farthest out is then left out: at
 *             twice the rarity of the others the score ends, so that no series makes a finding alone.
 *             Values that hang together in time make this too bold: the highest scores of the days so far say by how much,
 *             and the score is divided by what they would reach once in a year, where that is above 1.
 * Input:      a state of GROUP_WORDS words; sums of one bucket.
 * Output:     score 0 to 100; 0 while it is watched (a week), with fewer than 4 members, or with fewer than half of the
 *             usual ones.
 * Cost:       O(1), no allocation; O(members) for the sums.
 * Throws:     never.
 */
export function judgeGroup(state: Float64Array, sums: GroupSums, out: GroupVerdict): void {
  const { members, sum } = sums;
  out.score = 0;
  out.direction = 0;
  out.mean = members > 0 ? sum / members : 0;
  out.lower = 0;
  out.upper = 0;
  if (state[SEEN]! < WARM_BUCKETS || members < FEWEST_MEMBERS || members < state[USUAL_MEMBERS]! / 2) return;
  const all = rarities(state, members, sum, sums.squares, state[DRIFT]!);
  const { farthest } = sums;
  const others = rarities(
    state,
    members - 1,
    sum - farthest,
    sums.squares - farthest * farthest,
    state[DRIFT_OF_OTHERS]!,
  );
  const nats = all.map((rarity, i) => Math.min(rarity, others[i]! / OTHERS_SHARE));
  const most = Math.max(...nats);
  out.direction = most === nats[0] ? 1 : most === nats[1] ? -1 : 0;
  const perMember = 1 / Math.sqrt(members);
  out.upper = runningTailSize(state, UP, ALARM_NATS) * perMember;
  out.lower = -runningTailSize(state, DOWN, ALARM_NATS) * perMember;
  out.score = Math.min(LARGEST_SCORE, most / ALARM_NATS / usualHeight(state));
}

/**
 * Learns one bucket of a group.
 *
 * Input:      the state, the sums that were judged, and the score they were given.
 * Output:     none: the state changes.
 * Cost:       O(1).
 * Throws:     never.
 */
export function learnGroup(state: Float64Array, sums: GroupSums, score: number): void {
  const { members } = sums;
  if (members < FEWEST_MEMBERS) return;
  if (state[SEEN] === 0) {
    for (const tail of TAILS) beginRunningTail(state, tail, tail >= DRIFT_UP ? 1 : 2.5);
    state[USUAL_MEMBERS] = members;
  }
  state[SEEN]! += 1;
  state[USUAL_MEMBERS]! += 0.01 * (members - state[USUAL_MEMBERS]!);
  if (state[SEEN]! < SHAPING_BUCKETS) return;
  const weight = score > 1 || (score > SURPRISING_SCORE && state[LAST_SCORE]! > SURPRISING_SCORE) ? DOUBT : 1;
  const { sum, squares, farthest } = sums;
  const together = togetherOf(members, sum);
  const drift = driftAfter(state[DRIFT]!, together);
  learnRunningTail(state, UP, together, weight, SMALLEST_START);
  learnRunningTail(state, DOWN, -together, weight, SMALLEST_START);
  learnRunningTail(state, ENERGY, energyOf(members, squares), weight, SMALLEST_START);
  learnRunningTail(state, DRIFT_UP, drift, weight, SMALLEST_START);
  learnRunningTail(state, DRIFT_DOWN, -drift, weight, SMALLEST_START);
  state[DRIFT] = drift;
  state[DRIFT_OF_OTHERS] = driftAfter(state[DRIFT_OF_OTHERS]!, togetherOf(members - 1, sum - farthest));
  state[LAST_SCORE] = score;
  learnHeight(state, score);
}

/** Of moving up, of moving down, and of restlessness, in nats. */
function rarities(
  state: Float64Array,
  members: number,
  sum: number,
  squares: number,
  drifted: number,
): [up: number, down: number, energy: number] {
  const together = togetherOf(members, sum);
  const drift = driftAfter(drifted, together);
  return [
    Math.max(runningTailNats(state, UP, together), runningTailNats(state, DRIFT_UP, drift)),
    Math.max(runningTailNats(state, DOWN, -together), runningTailNats(state, DRIFT_DOWN, -drift)),
    runningTailNats(state, ENERGY, energyOf(members, squares)),
  ];
}

/** How high the raw score gets by itself, once in a year; at least 1. */
function usualHeight(state: Float64Array): number {
  const mean = state[DAY_MAX_MEAN]!;
  const variance = Math.max(0, state[DAY_MAX_SQUARE]! - mean * mean);
  return Math.max(1, mean + YEAR_DEVIATIONS * Math.sqrt(variance));
}

function learnHeight(state: Float64Array, score: number): void {
  state[DAY_MAX] = Math.max(state[DAY_MAX]!, Math.min(DAY_CLIP, score) * usualHeight(state));
  if (state[SEEN]! < WARM_BUCKETS + DAY_BUCKETS || state[SEEN]! % DAY_BUCKETS !== 0) return;
  const highest = state[DAY_MAX]!;
  const isFirst = state[DAY_MAX_SQUARE] === 0;
  state[DAY_MAX_MEAN]! += (isFirst ? 1 : DAY_GAIN) * (highest - state[DAY_MAX_MEAN]!);
  state[DAY_MAX_SQUARE]! += (isFirst ? 1 : DAY_GAIN) * (highest * highest - state[DAY_MAX_SQUARE]!);
  state[DAY_MAX] = 0;
}

function togetherOf(members: number, sum: number): number {
  return sum / Math.sqrt(members);
}

function energyOf(members: number, squares: number): number {
  return (squares - members) / Math.sqrt(2 * members);
}

function driftAfter(drifted: number, together: number): number {
  return drifted + DRIFT_GAIN * (together - drifted);
}

/** A member of a finding, and what part of it is its own. */
export interface RankedMember<T> {
  readonly member: T;
  readonly deviation: number;
  /** 0 to 1; those of all members of a group add up to 1. */
  readonly share: number;
}

/**
 * Members by contribution: who moved most in the direction of the group.
 *
 * Definition: share = squared deviation of a member that goes the group's way / sum of these; members that go the other
 *             way have no share.
 * Input:      members with their deviations in any order; direction 0 counts both ways; limit, how many are wanted.
 * Output:     largest share first, of equal ones in the order given.
 * Cost:       O(n log n) in the members of one group; asked for only when there is a finding.
 * Throws:     never.
 *
 * @example
 * rankMembers([['a', 1], ['b', 2], ['c', -3]], 1, 2).map(({ member }) => member) // => ['b', 'a']
 * rankMembers([['a', 1], ['b', -1]], 0, 9)[0].share // => 0.5
 */
export function rankMembers<T>(
  deviations: readonly (readonly [member: T, deviation: number])[],
  direction: -1 | 0 | 1,
  limit: number,
): RankedMember<T>[] {
  const weight = (deviation: number): number => {
    const clipped = Math.min(MEMBER_CLIP, Math.abs(deviation));
    return direction * deviation < 0 ? 0 : clipped * clipped;
  };
  let total = 0;
  for (const [, deviation] of deviations) total += weight(deviation);
  if (!(total > 0)) return [];
  return deviations
    .map(([member, deviation]) => ({ member, deviation, share: weight(deviation) / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, limit);
}
