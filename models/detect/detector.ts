export const WARMING = 0;
export const SCORED = 1;
export const MISSING = 2;

/** Answer of a detector to one point, written into one reused object: the hot path allocates nothing. */
export interface ScoreOut {
  /** WARMING, SCORED or MISSING. The numbers below mean something only when SCORED, the counts only when WARMING. */
  kind: 0 | 1 | 2;
  /** Above 1 means anomalous: something to tell of. */
  score: number;
  /** This point belongs to the trouble of an earlier one, though there may be nothing new to tell of it. */
  goesOn: boolean;
  /** What was expected, and the band outside which a value is anomalous. */
  lower: number;
  expected: number;
  upper: number;
  seenPoints: number;
  neededPoints: number;
}

/**
 * A detector: learns one series strictly online, one point at a time, each point scored before it is learned.
 *
 * All that it knows of a series is `stateFloats` words inside a Float64Array that its caller keeps; copying those words
 * saves it, and two states with equal words behave alike for ever. Nothing else is remembered between calls, but what was
 * found out of the newest point, so that it need not be found out twice: from `score` to `learn` of one point nobody else
 * changes the words of that view. Times ascend; `learn` ignores a point that is not later than the last one. A value that is not finite is missing: it is
 * neither scored nor learned.
 */
export interface Detector {
  readonly name: string;
  /** Of the state's meaning: a state of another version is not continued but begun anew. */
  readonly version: number;
  /** Length of a series' state in Float64 words, at most 512. */
  readonly stateFloats: number;
  /** Age of a series from which on its week is known, and nothing is judged leniently any more for want of it. */
  readonly weekKnownMs: number;
  /** Begins a state; the view is filled with zeros. */
  init(state: Float64Array): void;
  /** Reads only. With `seasonShiftMs` the season is looked up that much later, and everything else as it is. */
  score(state: Float64Array, timestampMs: number, value: number, out: ScoreOut, seasonShiftMs?: number): void;
  learn(state: Float64Array, timestampMs: number, value: number, seasonShiftMs?: number): void;
  /**
   * People have accepted a new normal that begins here: moves the level by this share of its way to the value, and forgets
   * the level that was left. Asked before the point is scored, for the first points of the new normal with shares of 1,
   * 1/2, 1/3 … A detector without it begins anew there.
   */
  relevel?(state: Float64Array, timestampMs: number, value: number, share: number): void;
  /** Names of what a score is made of, at most MOST_COMPONENTS; with `attribute`, or neither. */
  readonly components?: readonly string[];
  /**
   * Writes the share of each component in the score of this point, in the order of `components`: 0 to 1, together 1.
   * Reads only, like `score`, and is asked only for points that are anomalous: it may cost more.
   */
  attribute?(state: Float64Array, timestampMs: number, value: number, shares: Float64Array): void;
}

/** So many shares are kept with an open anomaly. */
export const MOST_COMPONENTS = 8;

/** Options that every detector understands. */
export interface DetectorOptions {
  /** IANA name of the zone whose clock the daily and weekly season follows; UTC when left out. */
  readonly timeZone?: string;
}

/**
 * Empty answer: one object to hand to `score` again and again.
 *
 * Output:     kind MISSING, every number 0.
 * Cost:       one allocation.
 * Throws:     never.
 *
 * @example
 * createScoreOut().kind // => 2
 */
export function createScoreOut(): ScoreOut {
  return { kind: MISSING, score: 0, goesOn: false, lower: 0, expected: 0, upper: 0, seenPoints: 0, neededPoints: 0 };
}
