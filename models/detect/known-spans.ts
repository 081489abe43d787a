/** So many spans are kept of one quantity. */
const MOST_SPANS = 32;
/** Words (32 bits) of one set: how many spans there are, then their lower and their upper ends, both ascending. */
export const SPANS_FLOATS = 1 + 2 * MOST_SPANS;

/**
 * Distance from what is known: how far a value lies from the nearest span of values seen before.
 *
 * Used by the ensemble detector: the farther from everything that was ever seen, the more a value is news.
 *
 * Definition: 0 inside a span, else the distance to the nearer end of the nearest one.
 * Input:      view and place of a set of SPANS_FLOATS words, zero at the beginning; a finite value.
 * Output:     ≥ 0, unit of the value.
 * Edge:       nothing seen yet → 0.
 * Cost:       O(log 32), no allocation.
 * Throws:     never.
 *
 * @example
 * distanceFromKnown(Float32Array.of(2, 1, 5, ...new Array(30).fill(0), 2, 6, ...new Array(30).fill(0)), 0, 4) // => 1
 */
export function distanceFromKnown(view: Float32Array, from: number, value: number): number {
  const count = view[from]!;
  if (count === 0) return 0;
  const at = firstEndAbove(view, from, count, value);
  const lower = from + 1;
  const upper = lower + MOST_SPANS;
  if (at === count) return value - view[upper + at - 1]!;
  const above = view[lower + at]! - value;
  if (above <= 0) return 0;
  return at === 0 ? above : Math.min(above, value - view[upper + at - 1]!);
}

/**
 * Distance beyond everything that is known, in lengths of the known range.
 *
 * Definition: distance to the lowest or highest value seen / distance between them; 0 within them.
 * Input:      as distanceFromKnown.
 * Output:     ≥ 0, a ratio.
 * Edge:       only one value seen → 1 for any other; nothing seen → 0.
 * Throws:     never.
 *
 * @example
 * distanceBeyondKnown(Float32Array.of(1, 10, ...new Array(31).fill(0), 14, ...new Array(31).fill(0)), 0, 15) // => 0.25
 */
export function distanceBeyondKnown(view: Float32Array, from: number, value: number): number {
  const count = view[from]!;
  if (count === 0) return 0;
  const lowest = view[from + 1]!;
  const highest = view[from + MOST_SPANS + count]!;
  const beyond = value > highest ? value - highest : value < lowest ? lowest - value : 0;
  if (beyond === 0) return 0;
  return highest > lowest ? beyond / (highest - lowest) : 1;
}

/**
 * Makes a value known: it becomes a span of its own, and where that is one too many, the two nearest become one.
 *
 * Input:      as distanceFromKnown; the value within the range of 32 bits.
 * Cost:       O(32), no allocation.
 * Throws:     never.
 */
export function makeKnown(view: Float32Array, from: number, value: number): void {
  const count = view[from]!;
  const lower = from + 1;
  const upper = lower + MOST_SPANS;
  const rounded = Math.fround(value);
  const at = firstEndAbove(view, from, count, rounded);
  if (at < count && view[lower + at]! <= rounded) return;
  if (count === MOST_SPANS) {
    mergeNearest(view, lower, upper, at, rounded);
    return;
  }
  shiftUp(view, lower + at, lower + count);
  shiftUp(view, upper + at, upper + count);
  view[lower + at] = rounded;
  view[upper + at] = rounded;
  view[from] = count + 1;
}

/** Number of the first span whose upper end is not below the value. */
function firstEndAbove(view: Float32Array, from: number, count: number, value: number): number {
  const upper = from + 1 + MOST_SPANS;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view[upper + middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The set is full: of all gaps, the two beside the new value among them, the smallest closes. */
function mergeNearest(view: Float32Array, lower: number, upper: number, at: number, value: number): void {
  const below = at > 0 ? value - view[upper + at - 1]! : Number.POSITIVE_INFINITY;
  const above = at < MOST_SPANS ? view[lower + at]! - value : Number.POSITIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  let gap = 0;
  for (let span = 1; span < MOST_SPANS; span++) {
    const size = view[lower + span]! - view[upper + span - 1]!;
    if (span === at || size >= smallest) continue;
    smallest = size;
    gap = span;
  }
  if (below <= smallest && below <= above) view[upper + at - 1] = value;
  else if (above <= smallest) view[lower + at] = value;
  else closeGap(view, lower, upper, gap, at, value);
}

/** Makes one of the two spans beside a gap, and of the place so won a span of the value alone. */
function closeGap(view: Float32Array, lower: number, upper: number, gap: number, at: number, value: number): void {
  view[upper + gap - 1] = view[upper + gap]!;
  const place = gap < at ? at - 1 : at;
  if (gap < at) {
    view.copyWithin(lower + gap, lower + gap + 1, lower + at);
    view.copyWithin(upper + gap, upper + gap + 1, upper + at);
  } else {
    shiftUp(view, lower + at, lower + gap);
    shiftUp(view, upper + at, upper + gap);
  }
  view[lower + place] = value;
  view[upper + place] = value;
}

/** Moves what lies from `first` to before `end` one place up, over what is at `end`. */
function shiftUp(view: Float32Array, first: number, end: number): void {
  view.copyWithin(first + 1, first, end);
}
