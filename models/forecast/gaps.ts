import type { JudgedValues } from './backtest.ts';

/** History from its first to its last observed value, gaps filled. */
export interface FilledHistory extends JudgedValues {
  /** Index of its first and of its last value in what was given. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Share of its values that were observed. */
  readonly observedShare: number;
}

export interface GapOptions {
  /** A gap longer than this parts history: only what follows is used. */
  readonly longestGapPoints: number;
  readonly periodPoints: number;
  readonly maxPoints: number;
}

/**
 * History without gaps: what the candidates can learn from, and which of it was really observed.
 *
 * Definition: starts after the last gap longer than longestGapPoints and is at most maxPoints long. A gap takes the
 *             values of one period before, moved so that both ends meet; a straight line where no period lies before.
 * Input:      values, NaN = missing; options, whole numbers ≥ 1.
 * Output:     see FilledHistory, or null where no value is finite.
 * Edge:       an infinite value counts as missing.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...fillGaps(Float64Array.of(NaN, 1, NaN, 3), { longestGapPoints: 5, periodPoints: 24, maxPoints: 99 }).values] // => [1, 2, 3]
 * fillGaps(Float64Array.of(NaN), { longestGapPoints: 5, periodPoints: 24, maxPoints: 99 }) // => null
 */
export function fillGaps(values: Float64Array, options: GapOptions): FilledHistory | null {
  const lastIndex = values.findLastIndex(Number.isFinite);
  if (lastIndex < 0) return null;
  const firstIndex = findStart(values, lastIndex, options);
  const used = values.slice(firstIndex, lastIndex + 1);
  const observed = Uint8Array.from(used, (value) => (Number.isFinite(value) ? 1 : 0));
  for (let i = 0; i < used.length; i++) {
    if (observed[i] === 1) continue;
    const after = observed.indexOf(1, i);
    fillGap(used, i, after, options.periodPoints);
    i = after;
  }
  const count = observed.reduce((sum, flag) => sum + flag, 0);
  return { values: used, observed, firstIndex, lastIndex, observedShare: count / used.length };
}

function findStart(values: Float64Array, lastIndex: number, options: GapOptions): number {
  let start = lastIndex;
  const earliest = Math.max(0, lastIndex + 1 - options.maxPoints);
  for (let i = lastIndex; i >= earliest && start - i <= options.longestGapPoints + 1; i--) {
    if (Number.isFinite(values[i]!)) start = i;
  }
  return start;
}

/** Fills from..after − 1; there is always an observed value before and after. */
function fillGap(values: Float64Array, from: number, after: number, periodPoints: number): void {
  // Both ends and every point between need a filled value one period before.
  const seasonal = from - 1 >= periodPoints && after - from < periodPoints;
  const pattern = (i: number): number => (seasonal ? values[i - periodPoints]! : 0);
  const left = values[from - 1]! - pattern(from - 1);
  const right = values[after]! - pattern(after);
  for (let i = from; i < after; i++) {
    const share = (i - from + 1) / (after - from + 1);
    values[i] = pattern(i) + left + (right - left) * share;
  }
}
