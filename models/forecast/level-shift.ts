import { mad } from '../numeric/mad.ts';
import { median } from '../numeric/median.ts';
import { movingMedian } from '../numeric/moving-median.ts';
import { quantileSorted, sortedPresent } from '../numeric/quantile.ts';
import type { JudgedValues } from './backtest.ts';

/** One lasting move of the level. */
export interface LevelShift {
  /** Index of the first value that belongs to the old level no more, and of the first on the new one. */
  readonly index: number;
  readonly settledIndex: number;
  readonly size: number;
}

/** Hours over which a difference between days must last before it is a shift and no spike. */
const WINDOW_POINTS = 12;
const DAY_POINTS = 24;
/** A shift moves the day by this many usual differences between days, and by this share of the range of the values. */
const USUAL_DIFFERENCES = 8;
const RANGE_SHARE = 0.25;
/** A step shows for one day in the difference between days, and a bulk load of some hours that much longer. */
const LONGEST_MOVE_POINTS = 48;
/** Shifts this much alike repeat each other: a pattern, such as weekly clean-ups, and no change of regime. */
const ALIKE = 0.5;
/** Share of its size by which an unfinished move must jump within three hours to be a shift already, and no slope. */
const ABRUPT = 0.6;

/** Lasting moves of the level, told apart by whether they happened once or come again. */
export interface LevelMoves {
  /** One-off shifts such as a bulk load or a deleted volume. */
  readonly shifts: readonly LevelShift[];
  /** Moves that resemble another of the same direction: a pattern, such as clean-ups. */
  readonly repeated: readonly LevelShift[];
}

/**
 * Level moves: lasting jumps, one-off or repeated.
 *
 * Used to abstain while a shift is fresh, to lift the past onto the present level when it is not, and to know that a
 * disk is cleaned up again and again.
 *
 * Definition: the median over 12 hours of value − value a day before leaves its own usual range (8 scaled median
 *             deviations and a quarter of the range of the values) for no longer than a move of two days would. A
 *             move is repeated when another of the same direction has between half and twice its size.
 * Input:      values, hourly, finite.
 * Output:     both ascending by index; indices at least 12.
 * Edge:       fewer than 60 values → none.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * levelMoves(new Float64Array(10)) // => { shifts: [], repeated: [] }
 */
export function levelMoves(values: Float64Array): LevelMoves {
  const found = findMoves(values);
  const isRepeated = (move: LevelShift): boolean => found.some((other) => other !== move && isAlike(move, other));
  return { shifts: found.filter((move) => !isRepeated(move)), repeated: found.filter(isRepeated) };
}

function findMoves(values: Float64Array): LevelShift[] {
  if (values.length < 2 * DAY_POINTS + WINDOW_POINTS) return [];
  const moves = dayMoves(values);
  const usual = median(moves);
  const ascending = sortedPresent(values);
  const range = quantileSorted(ascending, 0.98) - quantileSorted(ascending, 0.02);
  const threshold = Math.max(USUAL_DIFFERENCES * 1.4826 * mad(moves), RANGE_SHARE * range);
  const found: LevelShift[] = [];
  if (!(threshold > 0)) return found;
  for (let i = 0; i < moves.length; i++) {
    const sign = Math.sign(moves[i]! - usual);
    if (Math.abs(moves[i]! - usual) <= threshold) continue;
    let end = i;
    while (end < moves.length && (moves[end]! - usual) * sign > threshold) end++;
    const look = { values, usual };
    const shift = end < moves.length ? finishedShift(look, i, end) : freshShift(look, i + DAY_POINTS);
    // An outage shows in the difference between days, too, but leaves the level where it was.
    if (shift !== null && Math.abs(shift.size) > threshold / 2) found.push(shift);
    i = end;
  }
  return found;
}

/** Values, and by how much a day usually differs from the one before it. */
interface Look {
  readonly values: Float64Array;
  readonly usual: number;
}

/** Element i: median over the 12 hours from i on of value − value a day before, starting with hour 24. */
function dayMoves(values: Float64Array): Float64Array {
  const differences = values.subarray(DAY_POINTS).map((value, i) => value - values[i]!);
  return movingMedian(differences, WINDOW_POINTS);
}

/**
 * The move behind a finished run of windows from..end − 1. A step at s shows in windows from s − 24 − 6 to s + 5, in
 * which at least half of the twelve differences span it; a slower move shows as much longer as it takes.
 */
function finishedShift(look: Look, from: number, end: number): LevelShift | null {
  const takes = end - from - DAY_POINTS;
  if (takes > LONGEST_MOVE_POINTS) return null;
  const half = WINDOW_POINTS / 2;
  if (takes <= half) return steepest(look, from + DAY_POINTS);
  const index = from + DAY_POINTS - half / 2;
  const settledIndex = Math.min(look.values.length - 1, end + WINDOW_POINTS);
  return sized(look, index, settledIndex);
}

/** A move that the newest windows still see: only an abrupt one can be told from the beginning of a slope. */
function freshShift(look: Look, from: number): LevelShift | null {
  const shift = steepest(look, from);
  if (shift === null) return null;
  const jump = jumpAt(look.values, shift.index);
  return jump * shift.size > 0 && Math.abs(jump) >= ABRUPT * Math.abs(shift.size) ? shift : null;
}

/** The steepest jump of the hours in which a window first sees a step. */
function steepest(look: Look, from: number): LevelShift | null {
  const { values } = look;
  let best = from;
  for (let index = from; index < Math.min(values.length, from + WINDOW_POINTS); index++) {
    if (Math.abs(jumpAt(values, index)) > Math.abs(jumpAt(values, best))) best = index;
  }
  return sized(look, best, best);
}

/** Size of a shift: what the hours after it changed by since the same hours of the day before it, usual change apart. */
function sized({ values, usual }: Look, index: number, settledIndex: number): LevelShift | null {
  const daysBetween = Math.ceil((settledIndex - index) / DAY_POINTS) + 1;
  const after = values.subarray(settledIndex, settledIndex + DAY_POINTS);
  const before = (i: number): number => values[settledIndex + i - daysBetween * DAY_POINTS] ?? Number.NaN;
  const size = median(after.map((value, i) => value - before(i))) - usual * daysBetween;
  return size === 0 || Number.isNaN(size) ? null : { index, settledIndex, size };
}

function jumpAt(values: Float64Array, index: number): number {
  return meanOf(values, index, index + 3) - meanOf(values, index - 3, index);
}

function meanOf(values: Float64Array, from: number, to: number): number {
  const part = values.subarray(Math.max(0, from), to);
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}

function isAlike(shift: LevelShift, other: LevelShift): boolean {
  const ratio = shift.size / other.size;
  return ratio > ALIKE && ratio < 1 / ALIKE;
}

/**
 * Past on the present level: values before each shift are moved by its size, so that only shape and pace remain.
 *
 * Input:      history; shifts of its values.
 * Output:     a new history: values after the last shift are unchanged, those within a slow shift lie on a straight
 *             line and count as not observed.
 * Cost:       O(n · shifts); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...alignLevels({ values: Float64Array.of(1, 1, 5), observed: Uint8Array.of(1, 1, 1) }, [{ index: 2, settledIndex: 2, size: 4 }]).values] // => [5, 5, 5]
 */
export function alignLevels(history: JudgedValues, shifts: readonly LevelShift[]): JudgedValues {
  const values = Float64Array.from(history.values);
  const observed = Uint8Array.from(history.observed);
  for (const { index, settledIndex, size } of shifts) {
    for (let i = 0; i < index; i++) values[i]! += size;
    const before = values[index - 1]!;
    const step = (values[settledIndex]! - before) / (settledIndex - index + 1);
    for (let i = index; i < settledIndex; i++) values[i] = before + step * (i - index + 1);
    observed.fill(0, index, settledIndex);
  }
  return { values, observed };
}
