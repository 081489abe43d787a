import type { Window } from './chart-scales.ts';
import type { JudgedColumns } from './replay-series.ts';

/** What is drawn in one column of pixels: the values from the least to the greatest, and the middle of the band. */
export interface Bin {
  readonly timestampMs: number;
  readonly first: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly lower: number;
  readonly expected: number;
  readonly upper: number;
}

export type Bins = readonly Bin[];

/** At most so many bins of equal length of time; those without a value are left out. No extreme is lost. */
export function binsOf(judged: JudgedColumns, { start, end }: Window, most: number): Bins {
  const { timestampsMs } = judged;
  if (end <= start) return [];
  const fromMs = timestampsMs[start]!;
  const spanMs = timestampsMs[end - 1]! - fromMs + 1;
  const bins: Bin[] = [];
  for (let at = start; at < end; ) {
    const place = Math.floor(((timestampsMs[at]! - fromMs) / spanMs) * most);
    let after = at + 1;
    while (after < end && Math.floor(((timestampsMs[after]! - fromMs) / spanMs) * most) === place) after++;
    const bin = binOf(judged, at, after);
    if (bin !== undefined) bins.push(bin);
    at = after;
  }
  return bins;
}

function binOf(
  { timestampsMs, values, lower, expected, upper }: JudgedColumns,
  start: number,
  end: number,
): Bin | undefined {
  const seen = values.subarray(start, end).filter(Number.isFinite);
  if (seen.length === 0) return undefined;
  return {
    timestampMs: timestampsMs[(start + end - 1) >> 1]!,
    first: seen[0]!,
    min: seen.reduce((least, value) => Math.min(least, value)),
    max: seen.reduce((most, value) => Math.max(most, value)),
    last: seen.at(-1)!,
    lower: mean(lower.subarray(start, end)),
    expected: mean(expected.subarray(start, end)),
    upper: mean(upper.subarray(start, end)),
  };
}

/** Of what was judged; NaN where nothing was. */
function mean(values: Float64Array): number {
  const judged = values.filter(Number.isFinite);
  return judged.reduce((sum, value) => sum + value, 0) / judged.length;
}
