import { mad } from '../numeric/mad.ts';
import { median } from '../numeric/median.ts';
import { quantileSorted, sortedPresent } from '../numeric/quantile.ts';

/** One lasting jump of the level. */
export interface LevelShift {
  /** Index of the first value on the new level. */
  readonly index: number;
  readonly size: number;
}

/** Hours over which a difference between days must last before it is a shift and no spike. */
const WINDOW_POINTS = 12;
const DAY_POINTS = 24;
/** A shift moves the day by this many usual differences between days, and by this share of the range of the values. */
const USUAL_DIFFERENCES = 8;
const RANGE_SHARE = 0.25;
/** A step shows for one day in the difference between days; what shows longer is a slope. */
const LONGEST_STEP_POINTS = DAY_POINTS + WINDOW_POINTS;
/** Shifts this much alike repeat each other: a pattern, such as weekly clean-ups, and no change of regime. */
const ALIKE = 0.5;
/** Share of its size by which a jump must happen within a few hours to be a jump. */
const ABRUPT = 0.6;

/**
 * Level shifts: lasting jumps that happened once, such as a bulk load or a deleted volume.
 *
 * Used to abstain while a shift is fresh, and to lift the past onto the present level when it is not.
 *
 * Definition: the median over 12 hours of value − value a day before leaves its own usual range (8 scaled median
 *             deviations and a quarter of the range of the values) for no longer than a step would; the jump itself
 *             takes a few hours. A jump that resembles another of the same direction is a pattern and left out.
 * Input:      values, hourly, finite.
 * Output:     ascending by index; indices at least 24.
 * Edge:       fewer than 60 values → none.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * levelShifts(new Float64Array(10)) // => []
 */
export function levelShifts(values: Float64Array): readonly LevelShift[] {
  if (values.length < 2 * DAY_POINTS + WINDOW_POINTS) return [];
  const moves = dayMoves(values);
  const usual = median(moves);
  const ascending = sortedPresent(values);
  const range = quantileSorted(ascending, 0.98) - quantileSorted(ascending, 0.02);
  const threshold = Math.max(USUAL_DIFFERENCES * 1.4826 * mad(moves), RANGE_SHARE * range);
  if (!(threshold > 0)) return [];
  const found: LevelShift[] = [];
  for (let i = 0; i < moves.length; i++) {
    const sign = Math.sign(moves[i]! - usual);
    if (Math.abs(moves[i]! - usual) <= threshold) continue;
    let end = i;
    while (end < moves.length && (moves[end]! - usual) * sign > threshold) end++;
    if (end - i <= LONGEST_STEP_POINTS) addStep(found, values, i + DAY_POINTS);
    i = end;
  }
  return found.filter((shift) => !found.some((other) => other !== shift && isAlike(shift, other)));
}

/** Element i: median over the 12 hours from i on of value − value a day before, starting with hour 24. */
function dayMoves(values: Float64Array): Float64Array {
  const differences = values.subarray(DAY_POINTS).map((value, i) => value - values[i]!);
  return Float64Array.from({ length: differences.length - WINDOW_POINTS + 1 }, (_, i) =>
    median(differences.subarray(i, i + WINDOW_POINTS)),
  );
}

/** Finds the jump near the first window that showed it; its size is what the same hours changed by since the day before. */
function addStep(found: LevelShift[], values: Float64Array, from: number): void {
  let best: LevelShift = { index: from, size: 0 };
  for (let index = from; index < Math.min(values.length, from + WINDOW_POINTS); index++) {
    const jump = meanOf(values, index, index + 3) - meanOf(values, index - 3, index);
    if (Math.abs(jump) > Math.abs(best.size)) best = { index, size: jump };
  }
  const until = Math.min(values.length, best.index + DAY_POINTS);
  const moved = values.subarray(best.index, until).map((value, i) => value - values[best.index - DAY_POINTS + i]!);
  const size = median(moved);
  if (best.size * size > 0 && Math.abs(best.size) >= ABRUPT * Math.abs(size)) found.push({ index: best.index, size });
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
 * Input:      values; shifts of them.
 * Output:     a new array; values after the last shift are unchanged.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...alignLevels(Float64Array.of(1, 1, 5, 5), [{ index: 2, size: 4 }])] // => [5, 5, 5, 5]
 */
export function alignLevels(values: Float64Array, shifts: readonly LevelShift[]): Float64Array {
  const aligned = Float64Array.from(values);
  for (const shift of shifts) for (let i = 0; i < shift.index; i++) aligned[i]! += shift.size;
  return aligned;
}
