import { mad } from '../numeric/mad.ts';
import { normalQuantile } from '../numeric/normal-quantile.ts';
import type { DayStrays } from './day-strays.ts';
import { isSeenElsewhere, isStep, strayOf, strayScore, unmarkedStrays } from './stretches.ts';

/** Each older occurrence counts this much of the next newer one. */
const OCCURRENCE_FADING = 0.75;
const NEEDED_OCCURRENCES = 2;
/** Other stretches that a stretch is compared with. */
const NEEDED_STRETCHES = 20;
/** Share of the occurrences at which the others must have foretold it, and how many of the newest may not all fail. */
const FORETOLD_SHARE = 2 / 3;
const NEWEST_OCCURRENCES = 2;
/** An effect is larger than this share of the values, or it is rounding. */
const ROUNDING = 1e-6;
/** What is more than so many times as much is an amount: a factor on next to nothing says nothing of other days. */
const LARGEST_FACTOR = 4;
/** Scaled median deviation of a normal. */
const NORMAL_MAD = 1.4826;

/** Marked days without a break; indices into the days. */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
  /** Level of the days around it, weekdays apart. */
  readonly base: number;
  /** Weight in what the effect is estimated from; 0 where one of its sides is not known yet. */
  readonly weight: number;
}

/** Size of an effect, and what it is by all occurrences but each. */
export interface EffectSize {
  readonly size: number;
  readonly withoutEach: Float64Array;
}

/** What marked days differ by from the days around them. */
export interface DayEffect {
  /** Oldest first. */
  readonly occurrences: readonly Occurrence[];
  /** What is added to a day, and what it is multiplied by; null where that is no factor: below zero, or above four. */
  readonly addition: EffectSize;
  readonly factor: EffectSize | null;
  /** The factor foretold the occurrences better than the addition. */
  readonly isFactor: boolean;
  /** Share of the size that is no chance. */
  readonly share: number;
  /** Standard error of the addition. */
  readonly doubt: number;
  /** Sum of the absolute errors that the effect takes away, each occurrence being foretold by the others. */
  readonly gain: number;
  /** Mean absolute error that is left. */
  readonly meanError: number;
}

export interface EffectQuestion {
  /** NaN = missing. */
  readonly days: Float64Array;
  readonly strays: DayStrays;
  /** 1 on days that may be different. */
  readonly marks: Uint8Array;
  readonly nonNegative: boolean;
  /** Probability with which chance alone may be taken for an effect. */
  readonly risk: number;
}

/**
 * Effect of marked days: what they differ by from the days around them, where that is no chance.
 *
 * Definition: an occurrence strays by its mean less the medians of the seven days before and after it, weekdays apart.
 *             Its score is the normal quantile of its rank among all other stretches of as many days; the weighted sum
 *             of the scores must exceed what chance alone exceeds with the given risk. Each occurrence is also foretold
 *             by the weighted mean of the others: that must be nearer than nothing at two thirds of them, and at one of
 *             the newest two. Dates that show as much elsewhere (isSeenElsewhere) or part two levels (isStep) have no
 *             effect. The size is shrunk by the share of its square that chance would give it.
 * Input:      see EffectQuestion.
 * Output:     see DayEffect; null where fewer than two occurrences are known on both sides, or it may be chance.
 * Edge:       by rank, one wild day among the others does not hide an effect, nor does one wild occurrence make one.
 * Cost:       O(days · occurrences).
 * Throws:     never.
 * Source:     van der Waerden, "Order tests for the two-sample problem" (1952), on scores of ranks.
 */
export function dayEffect(question: EffectQuestion): DayEffect | null {
  const { days, strays, marks, nonNegative, risk } = question;
  const occurrences = occurrencesOf(strays, marks);
  const known = occurrences.filter(({ weight }) => weight > 0);
  if (known.length < NEEDED_OCCURRENCES) return null;
  const squares = known.reduce((sum, { weight }) => sum + weight * weight, 0);
  if (!(Math.abs(scoreSum(strays, marks, known)) >= -normalQuantile(risk / 2) * Math.sqrt(squares))) return null;
  const sums = occurrences.map((occurrence) => sumsOf(days, strays, occurrence));
  const addition = sizeOf(occurrences, sums, ({ strayed, count }) => [strayed, count]);
  const factor = nonNegative ? factorOf(occurrences, sums) : null;
  const plain = errorsOf(question, occurrences, () => 0);
  const added = errorsOf(question, occurrences, (k) => addition.withoutEach[k]!);
  const scaled = factor && errorsOf(question, occurrences, (k, usual) => usual * (factor.withoutEach[k]! - 1));
  const isFactor = scaled !== null && total(scaled) < total(added);
  const left = isFactor ? scaled : added;
  if (!isForetold(occurrences, plain, left)) return null;
  if (isSeenElsewhere(strays, marks, known, addition.size) || isStep(strays, marks, known, addition.size)) return null;
  const width = NORMAL_MAD * mad(unmarkedStrays(strays, marks, usualLength(known)));
  const weights = known.reduce((sum, { weight }) => sum + weight, 0);
  const doubt = (width * Math.sqrt(squares)) / weights;
  const size = Math.abs(addition.size);
  const level = days.reduce((most, day) => (Number.isNaN(day) ? most : Math.max(most, Math.abs(day))), 0);
  if (!(size > ROUNDING * level)) return null;
  const judgedDays = sums.reduce((count, sum, k) => count + (occurrences[k]!.weight > 0 ? sum.count : 0), 0);
  return {
    occurrences,
    addition,
    factor,
    isFactor,
    share: Math.max(0, 1 - (doubt / size) ** 2),
    doubt,
    gain: total(plain) - total(left),
    meanError: total(left) / judgedDays,
  };
}

/** Weighted sum of the occurrences' scores; NaN where there is too little to compare them with. */
function scoreSum(strays: DayStrays, marks: Uint8Array, occurrences: readonly Occurrence[]): number {
  const othersOf = new Map<number, Float64Array>();
  let sum = 0;
  for (const { from, to, weight } of occurrences) {
    const others = othersOf.get(to - from) ?? unmarkedStrays(strays, marks, to - from);
    othersOf.set(to - from, others);
    if (others.length < NEEDED_STRETCHES) return Number.NaN;
    sum += weight * strayScore(strayOf(strays, from, to), others);
  }
  return sum;
}

function occurrencesOf({ before, after, meanOf }: DayStrays, marks: Uint8Array): Occurrence[] {
  const found: Omit<Occurrence, 'weight'>[] = [];
  for (let from = marks.indexOf(1); from >= 0; ) {
    let to = marks.indexOf(0, from);
    if (to < 0) to = marks.length;
    const base = (before[from]! + after[to - 1]!) / 2;
    found.push({ from, to, base });
    from = marks.indexOf(1, to);
  }
  let weight = 1 / OCCURRENCE_FADING;
  const weighed = found.reverse().map((one): Occurrence => {
    const isKnown = !Number.isNaN(one.base) && !Number.isNaN(meanOf(one.from, one.to));
    if (isKnown) weight *= OCCURRENCE_FADING;
    // What has not ended, or only just, is compared with the days before it alone, and teaches nothing yet.
    const base = Number.isNaN(one.base) ? before[one.from]! : one.base;
    return { ...one, base, weight: isKnown ? weight : 0 };
  });
  return weighed.reverse();
}

interface OccurrenceSums {
  readonly count: number;
  readonly value: number;
  readonly expected: number;
  readonly strayed: number;
}

function sumsOf(days: Float64Array, { weekly }: DayStrays, { from, to, base }: Occurrence): OccurrenceSums {
  let count = 0;
  let value = 0;
  let expected = 0;
  for (let day = from; day < to; day++) {
    if (Number.isNaN(days[day]!)) continue;
    count++;
    value += days[day]!;
    expected += weekly[day]! + base;
  }
  return { count, value, expected, strayed: value - expected };
}

function factorOf(occurrences: readonly Occurrence[], sums: readonly OccurrenceSums[]): EffectSize | null {
  if (sums.some(({ expected, count }) => count > 0 && !(expected > 0))) return null;
  const factor = sizeOf(occurrences, sums, ({ value, expected }) => [value, expected]);
  return factor.size > LARGEST_FACTOR ? null : factor;
}

/** Weighted ratio of two sums over the occurrences, and over all but each. */
function sizeOf(
  occurrences: readonly Occurrence[],
  sums: readonly OccurrenceSums[],
  ratioOf: (sums: OccurrenceSums) => readonly [over: number, under: number],
): EffectSize {
  let over = 0;
  let under = 0;
  const parts = sums.map((one, k) => {
    const { weight } = occurrences[k]!;
    if (weight === 0) return [0, 0] as const;
    const [above, below] = ratioOf(one);
    over += weight * above;
    under += weight * below;
    return [weight * above, weight * below] as const;
  });
  return {
    size: over / under,
    withoutEach: Float64Array.from(parts, ([above, below]) => (over - above) / (under - below)),
  };
}

/** Sum of the absolute errors at each occurrence with some effect. */
function errorsOf(
  { days, strays }: EffectQuestion,
  occurrences: readonly Occurrence[],
  effectOf: (occurrence: number, usual: number) => number,
): Float64Array {
  return Float64Array.from(occurrences, ({ from, to, base, weight }, k) => {
    let error = 0;
    for (let day = from; weight > 0 && day < to; day++) {
      const usual = strays.weekly[day]! + base;
      if (!Number.isNaN(days[day]!)) error += Math.abs(days[day]! - usual - effectOf(k, usual));
    }
    return error;
  });
}

function isForetold(occurrences: readonly Occurrence[], plain: Float64Array, left: Float64Array): boolean {
  const better: boolean[] = [];
  occurrences.forEach(({ weight }, k) => {
    if (weight > 0) better.push(left[k]! < plain[k]!);
  });
  const foretold = better.filter(Boolean).length;
  return foretold >= FORETOLD_SHARE * better.length && better.slice(-NEWEST_OCCURRENCES).some(Boolean);
}

function usualLength(occurrences: readonly Occurrence[]): number {
  const lengths = Float64Array.from(occurrences, ({ from, to }) => to - from).sort();
  return lengths[lengths.length >> 1]!;
}

function total(errors: Float64Array): number {
  return errors.reduce((sum, error) => sum + error, 0);
}
