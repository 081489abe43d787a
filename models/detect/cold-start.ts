import type { PeerShape } from '../domain/peer-shape.ts';
import {
  beginRunningTail,
  learnRunningTail,
  RUNNING_TAIL_WORDS,
  runningTailNats,
  runningTailSize,
} from '../numeric/running-tail.ts';
import { SCORED, type ScoreOut, WARMING } from './detector.ts';
import { peerFactorAt } from './peer-shape.ts';

/*
 * The first days of a series that has peers: it is judged by their shape at its own level, until what its own detector
 * expects has been nearer to what came.
 */

const WORD = {
  points: 0,
  firstMs: 1,
  lastMs: 2,
  stepMs: 3,
  /** Least squares of the level: sum of squares of the factors, and of factor times value. */
  squares: 4,
  products: 5,
  /** Mean absolute residual as a share of the unit at its time. */
  noise: 6,
  /** For how long both have been compared, and their mean absolute errors. */
  comparedMs: 7,
  borrowedError: 8,
  ownError: 9,
  /** 1 for ever once its own detector was better. */
  over: 10,
  /** Number of peers that the highest score of the anomaly at hand is due to; 0 where the detector's own. */
  peakPeers: 11,
} as const;
const TAIL = 12;

/** Length of the state in Float64 words; all zero at the beginning, and for ever in a series without peers. */
export const COLD_START_FLOATS = TAIL + RUNNING_TAIL_WORDS;

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;
/** Points that give it a level before the first is judged, and after which its own noise counts. */
const FIRST_POINTS = 5;
const NOISE_POINTS = 12;
/** Bands are half as wide again as they would be for a season of its own. */
const WIDER = 1.5;
/** Begins cautiously: a tail as that of a normal value, and heavier. */
const TAIL_START = 2.5;
const SMALLEST_TAIL_START = 1.5;
/** One healthy point in 60 days alarms, whatever the cadence; between these limits. */
const ALARM_PERIOD_MS = 60 * DAY_MS;
const LEAST_NATS = 8.7;
const MOST_NATS = 13.5;
const DOUBT = 0.1;
/** Weight of the first point, of which no step is known yet: one in five minutes. */
const FIRST_WEIGHT = 1 / 6;
const EXCUSED_SCORE = 0.5;
const CLIP = 3;
/** Whoever is within this many standard deviations of what the peers do is no anomaly, wherever it was before. */
const AMONG_PEERS = 4;
/** Edges of the season may lie anywhere in its half hours. */
const EDGE_MS = HALF_HOUR_MS / 2;
const EDGE_SHARE = 0.5;
/** Share of the level that keeps the unit of the noise above zero where the season is at its lowest. */
const UNIT_SHARE = 0.1;
const NORMAL_SCALE = 1.2533;
const LARGEST_SCORE = 100;
/** By then the series knows a week of its own. */
const LONGEST_MS = 9 * DAY_MS;

/**
 * Is this a series that its peers may speak for? To be asked for every point, before anything is made for it.
 *
 * Output:     false for one that was not new when its peers became known, and once its own history has been better.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 *
 * @example
 * isNewcomer(new Float64Array(COLD_START_FLOATS), createScoreOut()) // => false
 */
export function isNewcomer(state: Float64Array, { kind }: Pick<ScoreOut, 'kind'>): boolean {
  return state[WORD.over] !== 1 && (state[WORD.points] !== 0 || kind === WARMING);
}

/** One value of a newcomer. */
export interface ColdPoint {
  readonly timestampMs: number;
  /** Local civil time, shifted where a calendar says so. */
  readonly localMs: number;
  readonly value: number;
  /** False where a calendar excludes the time from training. */
  readonly learns: boolean;
}

interface Prediction {
  readonly expected: number;
  readonly sd: number;
  /** What noise is a share of at this time. */
  readonly unit: number;
}

/**
 * Cold start: judges a value of a newcomer by the shape of its peers, and learns from it.
 *
 * Used by the judge of points, after the detector has scored the point and before it learns it.
 *
 * Definition: expected = level × factor of the shape, the level by least squares with a memory of a day in which each
 *             half hour counts once. Spread = the larger of the peers' noise and its own, widened at edges of the season
 *             and while the level is uncertain. Rarity by a running tail of its own residuals that begins heavy; bands
 *             are 1.5 times as wide. A value within four standard deviations of where the peers themselves are is
 *             normal; where it was not expected there, the level begins anew.
 *             Over for ever when the detector has scored for a day, and its expectations were nearer on the average of
 *             about that day; at the latest after nine days.
 * Input:      a state of COLD_START_FLOATS words; the shape; a point, times ascending; `out`, the detector's answer to it.
 * Output:     true where `out` has been replaced by what the peers' shape says; false where the detector's stands: before
 *             the sixth point, after the end, and for a series that was not new when its peers became known.
 * Cost:       O(1).
 * Throws:     never.
 */
export function judgeByPeers(state: Float64Array, shape: PeerShape, point: ColdPoint, out: ScoreOut): boolean {
  if (!isNewcomer(state, out)) return false;
  const sinceMs = begin(state, point.timestampMs);
  if (state[WORD.points]! < FIRST_POINTS) {
    learnLevel(state, shape, point, sinceMs, point.value);
    return false;
  }
  const prediction = predict(state, shape, point);
  if (out.kind === SCORED) compare(state, point, sinceMs, prediction, out.expected);
  if (endsBy(state, point.timestampMs)) {
    state[WORD.over] = 1;
    return false;
  }
  rate(state, prediction, point.value, out);
  if (out.score > 1 && isAmongPeers(shape, point)) {
    out.score = EXCUSED_SCORE;
    if (point.learns) beginLevel(state, shape, point, sinceMs);
  } else if (point.learns) learn(state, shape, point, sinceMs, prediction, out.score);
  return true;
}

/** Time since the last point, as far as it counts. */
function begin(state: Float64Array, timestampMs: number): number {
  if (state[WORD.points] === 0) {
    state[WORD.firstMs] = timestampMs;
    beginRunningTail(state, TAIL, TAIL_START);
  }
  const stepMs = state[WORD.stepMs]!;
  const goneMs = state[WORD.lastMs] === 0 ? 0 : timestampMs - state[WORD.lastMs]!;
  const sinceMs = stepMs === 0 ? goneMs : Math.min(goneMs, 2 * stepMs);
  state[WORD.stepMs] = stepMs === 0 ? sinceMs : stepMs + 0.05 * (sinceMs - stepMs);
  state[WORD.lastMs] = timestampMs;
  return sinceMs;
}

function endsBy(state: Float64Array, timestampMs: number): boolean {
  if (timestampMs - state[WORD.firstMs]! > LONGEST_MS) return true;
  return state[WORD.comparedMs]! >= DAY_MS && state[WORD.ownError]! <= state[WORD.borrowedError]!;
}

function predict(state: Float64Array, shape: PeerShape, { localMs }: ColdPoint): Prediction {
  const squares = state[WORD.squares]!;
  const level = squares > 0 ? state[WORD.products]! / squares : shape.level;
  const factor = peerFactorAt(shape, localMs);
  const rise = peerFactorAt(shape, localMs + EDGE_MS) - peerFactorAt(shape, localMs - EDGE_MS);
  const unit = unitOf(level, factor);
  const own = state[WORD.points]! < NOISE_POINTS ? 0 : NORMAL_SCALE * state[WORD.noise]!;
  const noise = unit * Math.max(shape.noise, own);
  const uncertain = squares > 0 ? 1 + (factor * factor) / squares : 2;
  return {
    expected: level * factor,
    sd: Math.hypot(noise * Math.sqrt(uncertain), EDGE_SHARE * rise * level) + Number.MIN_VALUE,
    unit,
  };
}

function unitOf(level: number, factor: number): number {
  return Math.abs(level) * (Math.abs(factor) + UNIT_SHARE);
}

/** Writes the verdict. */
function rate(state: Float64Array, { expected, sd }: Prediction, value: number, out: ScoreOut): void {
  const period = ALARM_PERIOD_MS / Math.max(1, state[WORD.stepMs]!);
  const alarmNats = Math.max(LEAST_NATS, Math.min(MOST_NATS, Math.log(period)));
  const nats = runningTailNats(state, TAIL, Math.abs(value - expected) / (WIDER * sd));
  const width = WIDER * sd * runningTailSize(state, TAIL, alarmNats);
  out.kind = SCORED;
  out.score = Math.min(LARGEST_SCORE, nats / alarmNats);
  out.goesOn = false;
  out.lower = expected - width;
  out.expected = expected;
  out.upper = expected + width;
}

function isAmongPeers(shape: PeerShape, { localMs, value }: ColdPoint): boolean {
  const factor = peerFactorAt(shape, localMs);
  const sd = unitOf(shape.level, factor) * Math.hypot(shape.spread, shape.noise);
  return Math.abs(value - shape.level * factor) <= AMONG_PEERS * sd;
}

function compare(
  state: Float64Array,
  { value }: ColdPoint,
  sinceMs: number,
  { expected }: Prediction,
  ownExpected: number,
): void {
  state[WORD.comparedMs]! += sinceMs;
  const gain = Math.min(1, sinceMs / Math.min(DAY_MS, Math.max(1, state[WORD.comparedMs]!)));
  state[WORD.borrowedError]! += gain * (Math.abs(value - expected) - state[WORD.borrowedError]!);
  state[WORD.ownError]! += gain * (Math.abs(value - ownExpected) - state[WORD.ownError]!);
}

function learn(
  state: Float64Array,
  shape: PeerShape,
  point: ColdPoint,
  sinceMs: number,
  { expected, sd, unit }: Prediction,
  score: number,
): void {
  const residual = point.value - expected;
  const points = state[WORD.points]!;
  const share = unit > 0 ? Math.min(Math.abs(residual), CLIP * sd) / unit : 0;
  const gain = Math.max(1 / (points - FIRST_POINTS + 1), Math.min(1, sinceMs / DAY_MS));
  state[WORD.noise]! += gain * (share - state[WORD.noise]!);
  if (points < NOISE_POINTS) {
    learnLevel(state, shape, point, sinceMs, point.value);
    return;
  }
  learnRunningTail(state, TAIL, Math.abs(residual) / sd, score > 1 ? DOUBT : 1, SMALLEST_TAIL_START);
  learnLevel(state, shape, point, sinceMs, expected + Math.max(-CLIP * sd, Math.min(CLIP * sd, residual)));
}

/** It has come to where its peers are: that is its level now, whatever it was. */
function beginLevel(state: Float64Array, shape: PeerShape, point: ColdPoint, sinceMs: number): void {
  state[WORD.squares] = 0;
  state[WORD.products] = 0;
  learnLevel(state, shape, point, sinceMs, point.value);
}

function learnLevel(
  state: Float64Array,
  shape: PeerShape,
  { localMs, learns }: ColdPoint,
  sinceMs: number,
  value: number,
): void {
  if (!learns) return;
  const factor = peerFactorAt(shape, localMs);
  const weight = sinceMs === 0 ? FIRST_WEIGHT : Math.min(1, sinceMs / HALF_HOUR_MS);
  const kept = Math.exp(-sinceMs / DAY_MS);
  state[WORD.points]! += 1;
  state[WORD.squares] = kept * state[WORD.squares]! + weight * factor * factor;
  state[WORD.products] = kept * state[WORD.products]! + weight * factor * value;
}

/** Notes by whom the highest score so far was given: the number of peers, 0 where by the detector itself. */
export function notePeakPeers(state: Float64Array, peers: number): void {
  state[WORD.peakPeers] = peers;
}

/**
 * Number of peers whose shape the highest score of the anomaly at hand is due to.
 *
 * Throws:     never.
 *
 * @example
 * peakPeers(new Float64Array(COLD_START_FLOATS)) // => 0
 */
export function peakPeers(state: Float64Array): number {
  return state[WORD.peakPeers]!;
}
