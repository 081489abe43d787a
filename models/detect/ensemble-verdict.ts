import { ALARM_NATS_NEEDED, MORE } from './ensemble-layout.ts';
import { bodyHeaviness, bodyLimit } from './residual-body.ts';
import { SLOT } from './seasonal-layout.ts';
import { DAY_MS, type Prediction } from './seasonal-predict.ts';

/** Where tails are heavy, so much more evidence is asked for. */
const HEAVY_EVIDENCE = 0.2;
/** Where one far point may well be noise, what exceeds the threshold counts so much less. */
const DOUBTED_EXCESS = 10;
/** A residual that alarms at 1 is usual up to the first of these, and clear from the second on. */
const USUAL_DEVIATION = 0.7;
const CLEAR_DEVIATION = 1;
/** In so long a time nearly everything is new. */
const NEWCOMER_MS = 3 * DAY_MS;
/** News is common in the first two weeks. */
const YOUNG_MS = 14 * DAY_MS;
/** A week's season is known after two weeks and the one in which it was first seen: residuals alarm from then on. */
export const PROVEN_MS = 21 * DAY_MS;
/** After an alarm news waits for half a day, and for this share of all points seen: one trouble, one alarm. */
const PAUSE_MS = DAY_MS / 2;
const PAUSE_SHARE = 0.03;
/** A residual, which fades when its trouble is over, waits for so many points and no longer than half a day. */
const PAUSE_POINTS = 30;
/** Unless it is so many times as grave. */
const GRAVER = 2;
/** In so many points after an alarm a value belongs to it that is unusual, and nearly as far from what was expected then. */
const ECHO_POINTS = 2;
const ECHO_SHARE = 0.7;
const ECHO_DEVIATION = 0.55;
/**
 * The third alarm in a row on one side, each within so long of the one before, needs no company: a drift. It is told once:
 * the alarms that follow in the same row need company again.
 */
const RECURS_MS = 2 * DAY_MS;
const BORNE_OUT_ALARMS = 3;
const BORNE_OUT_SCORE = 1.4;
const LARGEST_SCORE = 100;

/** The ensemble's verdict on one point: one object, reused for every point. */
export interface EnsembleVerdict {
  score: number;
  goesOn: boolean;
  /** Novelty, and the residual from the season, each in units of what alarms. */
  novelty: number;
  residual: number;
  /** The same residual, whatever the age of the series. */
  deviation: number;
  alarms: boolean;
}

export function createEnsembleVerdict(): EnsembleVerdict {
  return { score: 0, goesOn: false, novelty: 0, residual: 0, deviation: 0, alarms: false };
}

/** What the verdict is made of: evidence of novelty in nats, and what the seasonal detector answered for the point. */
export interface EnsembleClues {
  readonly evidenceNats: number;
  readonly seasonScore: number;
  readonly seasonExpected: number;
}

/**
 * Verdict of the ensemble: news, or too far from the season, and whether an alarm of lately covers it.
 *
 * Definition: novelty = evidence / 7.5 nats, divided by 1.2 where tails are heavy; residual = the larger of the seasonal
 *             score and residual / limit of its body; the score is the larger of both, but in the first three weeks the
 *             residual alone is no more than 1. While an alarm covers it the score stays at most 1. What exceeds 1 is
 *             divided by up to 11 where a single point may well be noise, and needs company: where tails are heavy, where
 *             it is hardly far from its season, and in the first three days.
 * Input:      a state with at least one point; the value and its prediction; the clues.
 * Output:     none: `out` is filled.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function reachVerdict(
  state: Float64Array,
  timestampMs: number,
  value: number,
  p: Prediction,
  clues: EnsembleClues,
  out: EnsembleVerdict,
): void {
  const heavy = bodyHeaviness(state, MORE.body);
  out.novelty = clues.evidenceNats / (ALARM_NATS_NEEDED * (1 + HEAVY_EVIDENCE * heavy));
  out.deviation = residualScore(state, p, clues);
  const ageMs = timestampMs - state[SLOT.firstMs]!;
  const newcomer = ageMs < NEWCOMER_MS;
  out.residual = ageMs < PROVEN_MS ? Math.min(1, out.deviation) : out.deviation;
  const gravity = Math.min(LARGEST_SCORE, Math.max(out.novelty, out.residual));
  out.alarms = gravity > 1 && !isCovered(state, timestampMs, gravity, out);
  out.score = Math.min(1, gravity);
  if (out.alarms) {
    const doubted = 1 + (gravity - 1) / (1 + DOUBTED_EXCESS * doubtOf(heavy, newcomer, out));
    const recurs = heavy < 1 && ageMs >= YOUNG_MS && Math.abs(alarmsInRow(state, timestampMs, p)) === BORNE_OUT_ALARMS;
    out.score = recurs ? Math.max(doubted, BORNE_OUT_SCORE) : doubted;
  }
  out.goesOn =
    clues.seasonScore > 1 || out.residual > 1 || (!newcomer && out.deviation > ECHO_DEVIATION && isEcho(state, value));
}

/** How far a single point may be noise, 0 to 1: tails are heavy, it is hardly far from its season, or all is new. */
function doubtOf(heavy: number, newcomer: boolean, { deviation }: EnsembleVerdict): number {
  if (newcomer) return 1;
  return Math.max(heavy, Math.min(1, Math.max(0, (CLEAR_DEVIATION - deviation) / (CLEAR_DEVIATION - USUAL_DEVIATION))));
}

function residualScore(state: Float64Array, p: Prediction, clues: EnsembleClues): number {
  let score = clues.seasonScore;
  // Where another expectation than the season's explains the value, its distance from the season says nothing.
  if (clues.seasonExpected === p.expected) {
    const normalised = p.residual / p.scale;
    const limit = bodyLimit(state, MORE.body, normalised > 0 ? 1 : -1, state[SLOT.alarmNats]!);
    score = Math.max(score, Math.abs(normalised) / limit);
  }
  return score;
}

/** Whether an alarm was raised so lately that this one belongs to it. */
function isCovered(state: Float64Array, timestampMs: number, gravity: number, verdict: EnsembleVerdict): boolean {
  const last = state[MORE.alarmGravity]!;
  if (last === 0 || gravity > GRAVER * last) return false;
  const sinceMs = timestampMs - state[MORE.alarmMs]!;
  const sincePoints = pointsSinceAlarm(state);
  if (verdict.residual > 1 && (sinceMs >= PAUSE_MS || sincePoints >= PAUSE_POINTS)) return false;
  const newsWaits = sinceMs < PAUSE_MS || sincePoints < PAUSE_SHARE * state[MORE.seenPoints]!;
  return verdict.novelty <= 1 || newsWaits;
}

/** How many alarms there will have been in a row on one side if this point raises one; below zero on the lower side. */
function alarmsInRow(state: Float64Array, timestampMs: number, p: Prediction): number {
  const side = p.residual < 0 ? -1 : 1;
  const before = state[MORE.alarmsInRow]!;
  const goesOn = before * side > 0 && timestampMs - state[MORE.alarmMs]! <= RECURS_MS;
  return goesOn ? before + side : side;
}

/** The value is still about where it raised the alarm. */
function isEcho(state: Float64Array, value: number): boolean {
  if (state[MORE.alarmGravity] === 0 || pointsSinceAlarm(state) > ECHO_POINTS) return false;
  const residual = state[MORE.alarmResidual]!;
  const distance = (value - state[MORE.alarmExpected]!) * Math.sign(residual);
  return distance > 0 && distance >= ECHO_SHARE * Math.abs(residual);
}

function pointsSinceAlarm(state: Float64Array): number {
  return state[MORE.seenPoints]! - state[MORE.alarmPoint]!;
}

/** Remembers an alarm, so that what belongs to it raises no other. */
export function rememberAlarm(state: Float64Array, timestampMs: number, p: Prediction, verdict: EnsembleVerdict): void {
  if (!verdict.alarms) return;
  state[MORE.alarmsInRow] = alarmsInRow(state, timestampMs, p);
  state[MORE.alarmMs] = timestampMs;
  state[MORE.alarmPoint] = state[MORE.seenPoints]!;
  state[MORE.alarmGravity] = Math.min(LARGEST_SCORE, Math.max(verdict.novelty, verdict.residual));
  state[MORE.alarmExpected] = p.expected;
  state[MORE.alarmResidual] = p.residual;
}
