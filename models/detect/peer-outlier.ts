import { medianInPlace } from '../numeric/median-in-place.ts';
import {
  beginRunningTail,
  learnRunningTail,
  RUNNING_TAIL_WORDS,
  runningTailNats,
  runningTailSize,
} from '../numeric/running-tail.ts';

/*
 * One of many that should be alike: the same metric of forty hosts. What is judged is not how a member differs from its
 * peers, since one host may always carry more, but how that difference differs from what it usually is.
 */

/** Words of a member: its usual relative distance from the median of its peers, and how it deviates from that lately. */
const MEMBER = { seen: 0, usual: 1, spread: 2, drift: 3, restless: 4, distance: 5 } as const;
export const PEER_MEMBER_WORDS = 6;

/** Words of a peer group: its usual level, and the tails of what its members do. */
const LEVEL = 0;
const SEEN = 1;
const DRIFT_TAIL = 2;
const RESTLESS_TAIL = DRIFT_TAIL + RUNNING_TAIL_WORDS;
export const PEER_GROUP_WORDS = RESTLESS_TAIL + RUNNING_TAIL_WORDS;

/** Fewer than this are no peers: nobody can say who of three is the odd one. */
export const FEWEST_PEERS = 5;
/** Members beyond this share that deviate at once mean that the group has split, and nobody is odd. */
const SPLIT_SHARE = 0.2;
/** A day of watching before anything is said. */
const WARM_BUCKETS = 288;
/** Level of the group: a day. Usual distance: a week. One hour for what is looked at. */
const LEVEL_GAIN = 1 / 288;
const USUAL_GAIN = 1 / 2_016;
const DRIFT_GAIN = 1 / 12;
const RESTLESS_GAIN = 1 / 24;
/** Part of the group's level that keeps relative distances finite where the median is near zero. */
const LEVEL_SHARE = 0.1;
const CLIP = 4;
/** Mean deviation of the last hour from which on a member is elsewhere, not just noisy. */
const WANDERED = 1.5;
const SMALLEST_SPREAD = 0.005;
const NORMAL_SCALE = 1.2533;
/** A difference smaller than this part of the median is nothing to act on, however steady the peers are. */
const SMALLEST_IMPACT = 0.1;
/** Buckets in 60 days: one wrong finding for each group in that time. */
const BUCKETS = 17_280;
/** From half way to a finding on a member teaches a tenth: it is one of few, and does it for hours. */
const SURPRISING_SCORE = 0.5;
const DOUBT = 0.1;
/** Before that there is no usual distance, then not yet a mean of deviations from it. */
const FIRST_BUCKETS = 12;
const SETTLED_BUCKETS = 24;
const LARGEST_SCORE = 100;

/** Scratch of one group: values of its members in one bucket and what is made of them; reused and grown. */
export interface PeerScratch {
  values: Float64Array;
  /** Index of each member as the caller counts them. */
  members: Int32Array;
  scores: Float64Array;
  sorted: Float64Array;
  count: number;
  /** Of the group in this bucket. */
  median: number;
}

export function createPeerScratch(): PeerScratch {
  return {
    values: new Float64Array(64),
    members: new Int32Array(64),
    scores: new Float64Array(64),
    sorted: new Float64Array(64),
    count: 0,
    median: Number.NaN,
  };
}

/** Adds one member's value to the group at hand. */
export function addPeer(scratch: PeerScratch, member: number, value: number): void {
  const { count } = scratch;
  if (count === scratch.values.length) {
    for (const name of ['values', 'scores', 'sorted'] as const) {
      const larger = new Float64Array(2 * count);
      larger.set(scratch[name]);
      scratch[name] = larger;
    }
    const members = new Int32Array(2 * count);
    members.set(scratch.members);
    scratch.members = members;
  }
  scratch.values[count] = value;
  scratch.members[count] = member;
  scratch.count = count + 1;
}

/** Words of member `member` as its caller keeps them. */
export type PeerMemberState = (member: number) => Float64Array;

/**
 * Peer outliers: scores the members of one group in one bucket, then learns from it.
 *
 * Used by the survey room, once for each group of peers and bucket of five minutes.
 *
 * Definition: distance d = (value − median) / (|median| + a tenth of the group's usual level). z = (d − its usual d) / its
 *             own spread, clipped at 4. Two means of it over one and two hours: of z (another level) and of z² − 1
 *             (another shape). Their tails are learned from all members of the group together. score = the larger rarity
 *             / ln(17,280 × members), which is one wrong finding for the group in 60 days.
 * Input:      words of the group, words of each member by its number, and a scratch with the members of this bucket.
 * Output:     none: scratch.scores holds the score of each, 0 to 100. 0 for a member or a group that was seen for less
 *             than a day, with fewer than 5 peers, for a difference below a tenth of the median, and where more than a
 *             fifth of the group deviates: then it has split, and nobody is odd.
 * Cost:       O(members).
 * Throws:     never.
 */
export function judgePeers(group: Float64Array, stateOf: PeerMemberState, scratch: PeerScratch): void {
  const { count, values, scores, members } = scratch;
  scores.fill(0, 0, count);
  if (count < FEWEST_PEERS) return;
  scratch.sorted.set(values.subarray(0, count));
  scratch.median = medianInPlace(scratch.sorted.subarray(0, count));
  beginGroup(group, scratch.median);
  const alarmNats = Math.log(BUCKETS * count);
  let beyond = 0;
  for (let i = 0; i < count; i++) {
    const state = stateOf(members[i]!);
    learnMember(state, distanceOf(group, scratch.median, values[i]!));
    scores[i] = group[SEEN]! < WARM_BUCKETS ? 0 : scoreOf(group, state, alarmNats);
    if (scores[i]! > 1) beyond++;
  }
  // Members share the tails: each teaches a part, so that what is known is of days, however many they are.
  for (let i = 0; i < count; i++) learnTails(group, stateOf(members[i]!), scores[i]!, 2 / count);
  if (beyond > Math.max(1, SPLIT_SHARE * count)) scores.fill(0, 0, count);
  group[SEEN]! += 1;
}

function beginGroup(group: Float64Array, median: number): void {
  if (group[SEEN] === 0) {
    group[LEVEL] = Math.abs(median);
    beginRunningTail(group, DRIFT_TAIL, 0.8);
    beginRunningTail(group, RESTLESS_TAIL, 1.2);
  }
  group[LEVEL]! += LEVEL_GAIN * (Math.abs(median) - group[LEVEL]!);
}

function distanceOf(group: Float64Array, median: number, value: number): number {
  const unit = Math.abs(median) + LEVEL_SHARE * group[LEVEL]!;
  const distance = unit > 0 ? (value - median) / unit : 0;
  return Math.max(-100, Math.min(100, distance));
}

/** Its usual distance follows slowly, and hardly while it deviates: a drift shall not become usual as it goes. */
function learnMember(state: Float64Array, distance: number): void {
  const seen = state[MEMBER.seen]!;
  state[MEMBER.seen] = seen + 1;
  if (seen === 0) state[MEMBER.usual] = distance;
  const error = distance - state[MEMBER.usual]!;
  const scale = Math.max(state[MEMBER.spread]! * NORMAL_SCALE, SMALLEST_SPREAD);
  const z = seen < FIRST_BUCKETS ? 0 : Math.max(-CLIP, Math.min(CLIP, error / scale));
  state[MEMBER.drift]! += DRIFT_GAIN * (z - state[MEMBER.drift]!);
  state[MEMBER.restless]! += RESTLESS_GAIN * (z * z - 1 - state[MEMBER.restless]!);
  state[MEMBER.distance]! += Math.max(DRIFT_GAIN, 1 / (seen + 1)) * (distance - state[MEMBER.distance]!);
  const clipped = seen < FIRST_BUCKETS ? error : Math.max(-3 * scale, Math.min(3 * scale, error));
  state[MEMBER.usual]! += Math.max(1 / (seen + 1), USUAL_GAIN) * clipped;
  // A member that wanders off must not get a wider spread for it.
  const belief = Math.abs(state[MEMBER.drift]!) > WANDERED ? DOUBT : 1;
  state[MEMBER.spread]! += Math.max(1 / (seen + 1), belief * LEVEL_GAIN) * (Math.abs(clipped) - state[MEMBER.spread]!);
}

function scoreOf(group: Float64Array, state: Float64Array, alarmNats: number): number {
  if (state[MEMBER.seen]! < WARM_BUCKETS) return 0;
  const byLevel =
    Math.abs(state[MEMBER.distance]! - state[MEMBER.usual]!) < SMALLEST_IMPACT
      ? 0
      : runningTailNats(group, DRIFT_TAIL, Math.abs(state[MEMBER.drift]!));
  const byShape =
    state[MEMBER.spread]! < SMALLEST_IMPACT / 2 ? 0 : runningTailNats(group, RESTLESS_TAIL, state[MEMBER.restless]!);
  return Math.min(LARGEST_SCORE, Math.max(byLevel, byShape) / alarmNats);
}

function learnTails(group: Float64Array, state: Float64Array, score: number, part: number): void {
  if (state[MEMBER.seen]! < SETTLED_BUCKETS) return;
  const weight = score > SURPRISING_SCORE ? DOUBT * part : part;
  learnRunningTail(group, DRIFT_TAIL, Math.abs(state[MEMBER.drift]!), weight, 0.3);
  learnRunningTail(group, RESTLESS_TAIL, state[MEMBER.restless]!, weight, 0.5);
}

/**
 * Reads what a member usually does among its peers.
 *
 * Output:     buckets in which it was seen; its usual relative distance from the median; the standard deviation of its
 *             distance around that.
 * Throws:     never.
 */
export function readPeerHabit(state: Float64Array): { seen: number; usual: number; noise: number } {
  return {
    seen: state[MEMBER.seen]!,
    usual: state[MEMBER.usual]!,
    noise: NORMAL_SCALE * state[MEMBER.spread]!,
  };
}

/** What a sentence about an outlier is made of: values of this hour, in the unit of the series. */
export interface PeerOutlier {
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** Relative distance from the median of the peers now, and usually. */
  readonly distance: number;
  readonly usualDistance: number;
}

/**
 * Reads what a member is expected to be among its peers.
 *
 * Definition: actual = median moved by its mean distance of the last hour; expected = by its usual distance; the band is
 *             where its present level would reach score 1.
 * Input:      words of group and member, the median of the bucket, the number of peers.
 * Output:     a value of its own; nothing is changed.
 * Throws:     never.
 */
export function readPeerOutlier(group: Float64Array, state: Float64Array, median: number, peers: number): PeerOutlier {
  const unit = Math.abs(median) + LEVEL_SHARE * group[LEVEL]!;
  const alarm = runningTailSize(group, DRIFT_TAIL, Math.log(BUCKETS * peers));
  const away = Math.abs(state[MEMBER.distance]! - state[MEMBER.usual]!);
  const drift = Math.abs(state[MEMBER.drift]!);
  const width = Math.max(SMALLEST_IMPACT, drift > 0 ? (away * alarm) / drift : 0);
  const usualDistance = state[MEMBER.usual]!;
  return {
    actual: median + state[MEMBER.distance]! * unit,
    expected: median + usualDistance * unit,
    lower: median + (usualDistance - width) * unit,
    upper: median + (usualDistance + width) * unit,
    distance: state[MEMBER.distance]!,
    usualDistance,
  };
}
