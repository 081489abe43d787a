import { medianInPlace } from '../numeric/median-in-place.ts';
import type { DayEffect } from './day-effect.ts';
import type { DayStrays } from './day-strays.ts';

const DAY_HOURS = 24;
/** Days from which the usual course of a day is taken: the same weekday of the weeks around it. */
const LIKE_DAYS = [-14, -7, 7, 14] as const;

/** The flat amount counts in each hour as so much of a day: enough for hours that were never seen, little for others. */
const FLAT_WEIGHT = 0.25;

/** Hours of the past, by date. */
export interface HourPast {
  /** Hourly values on local clocks, NaN = missing. */
  readonly values: Float64Array;
  /** Index into the values of the first hour of the first day; negative where days lie before them. */
  readonly firstIndex: number;
  readonly days: Float64Array;
  readonly strays: DayStrays;
  readonly marks: Uint8Array;
  readonly nonNegative: boolean;
}

/** What becomes of the hours of a marked day: value · times + plus[hour]. */
export interface HourChange {
  readonly times: number;
  readonly plus: Float64Array;
}

/** An effect on hours, and the past without it. */
export interface HourEffect extends HourChange {
  readonly values: Float64Array;
  /** What was taken off the mean of each day. */
  readonly takenOff: Float64Array;
}

/**
 * Effect on hours: how the size of an effect on days is spread over the hours of a day.
 *
 * Definition: one of three forms, the one that foretells the hours of each occurrence best by the others: the same
 *             amount in each hour; the same factor; an amount of its own for each hour of the day, where two occurrences
 *             lie within the hours. What is usual in an hour is the level of the days around, plus the median of how that
 *             hour lay to the mean of its day in the weeks around. Each occurrence of the past is rid of what the others
 *             foretell of it, so that what is left of it is an honest error.
 * Input:      past; effect of its marked days.
 * Output:     see HourEffect; new arrays.
 * Edge:       no occurrence within the hours → the form that was best for the days.
 * Cost:       O(values + marked hours · occurrences).
 * Throws:     never.
 */
export function hourEffect(past: HourPast, effect: DayEffect): HourEffect {
  const samples = samplesOf(past, effect);
  const form = bestForm(samples, effect);
  const { share } = effect;
  return { ...changeOf(form, effect, share), ...withoutEffect(past, effect, samples, form) };
}

/** An hour of an occurrence. */
interface Sample {
  readonly occurrence: number;
  readonly index: number;
  readonly hour: number;
  readonly value: number;
  /** NaN where no like day is known. */
  readonly usual: number;
}

type Form =
  | { readonly kind: 'addition' | 'factor' }
  | { readonly kind: 'hours'; readonly profile: Float64Array; readonly withoutEach: readonly Float64Array[] };

function samplesOf(past: HourPast, { occurrences }: DayEffect): readonly Sample[] {
  const { values, firstIndex, strays } = past;
  const samples: Sample[] = [];
  occurrences.forEach(({ from, to, base }, occurrence) => {
    for (let day = from; day < to; day++) {
      for (let hour = 0; hour < DAY_HOURS; hour++) {
        const index = firstIndex + day * DAY_HOURS + hour;
        const value = values[index] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        const usual = base + strays.weekly[day]! + usualCourse(past, day, index);
        samples.push({ occurrence, index, hour, value, usual });
      }
    }
  });
  return samples;
}

/** How the hour usually lies to the mean of its day. */
function usualCourse({ values, days, marks }: HourPast, day: number, index: number): number {
  const found = new Float64Array(LIKE_DAYS.length);
  let count = 0;
  for (const distance of LIKE_DAYS) {
    const like = (values[index + distance * DAY_HOURS] ?? Number.NaN) - (days[day + distance] ?? Number.NaN);
    if (marks[day + distance] !== 1 && !Number.isNaN(like)) found[count++] = like;
  }
  return medianInPlace(found.subarray(0, count));
}

function bestForm(samples: readonly Sample[], effect: DayEffect): Form {
  const { occurrences, addition, factor, isFactor } = effect;
  const judged = samples.filter(({ occurrence, usual }) => occurrences[occurrence]!.weight > 0 && !Number.isNaN(usual));
  if (judged.length === 0) return { kind: isFactor ? 'factor' : 'addition' };
  const errorOf = (foretold: (sample: Sample) => number): number =>
    judged.reduce((sum, sample) => sum + Math.abs(sample.value - sample.usual - foretold(sample)), 0);
  const flat = errorOf(({ occurrence }) => addition.withoutEach[occurrence]!);
  const scaled =
    factor === null
      ? Number.POSITIVE_INFINITY
      : errorOf(({ occurrence, usual }) => usual * (factor.withoutEach[occurrence]! - 1));
  const profiles = hourProfiles(judged, effect);
  const byHour = profiles
    ? errorOf(({ occurrence, hour }) => profiles.withoutEach[occurrence]![hour]!)
    : Number.POSITIVE_INFINITY;
  if (profiles !== null && byHour < Math.min(flat, scaled)) return { kind: 'hours', ...profiles };
  return { kind: scaled < flat ? 'factor' : 'addition' };
}

/** Amount of each hour of the day, by all occurrences and by all but each; null where only one is known by the hour. */
function hourProfiles(judged: readonly Sample[], { occurrences, addition }: DayEffect) {
  if (new Set(judged.map(({ occurrence }) => occurrence)).size < 2) return null;
  const profileWithout = (left: number, size: number): Float64Array => {
    const sums = new Float64Array(DAY_HOURS).fill(FLAT_WEIGHT * size);
    const weights = new Float64Array(DAY_HOURS).fill(FLAT_WEIGHT);
    for (const { occurrence, hour, value, usual } of judged) {
      if (occurrence === left) continue;
      const { weight } = occurrences[occurrence]!;
      sums[hour]! += weight * (value - usual);
      weights[hour]! += weight;
    }
    return sums.map((sum, hour) => sum / weights[hour]!);
  };
  return {
    profile: profileWithout(-1, addition.size),
    withoutEach: occurrences.map((_, k) => profileWithout(k, addition.withoutEach[k]!)),
  };
}

function changeOf(form: Form, { addition, factor }: DayEffect, share: number): HourChange {
  if (form.kind === 'hours') return { times: 1, plus: form.profile.map((amount) => share * amount) };
  const plus = new Float64Array(DAY_HOURS);
  if (form.kind === 'factor') return { times: 1 + share * (factor!.size - 1), plus };
  return { times: 1, plus: plus.fill(share * addition.size) };
}

function withoutEffect(past: HourPast, effect: DayEffect, samples: readonly Sample[], form: Form) {
  const { occurrences, addition, factor, share } = effect;
  const foretold = (occurrence: number, usual: number, hour: number): number => {
    if (form.kind === 'hours') return share * form.withoutEach[occurrence]![hour]!;
    if (form.kind === 'addition' || Number.isNaN(usual)) return share * addition.withoutEach[occurrence]!;
    return share * usual * (factor!.withoutEach[occurrence]! - 1);
  };
  const bounded = (value: number): number => (past.nonNegative ? Math.max(0, value) : value);
  const values = past.values.slice();
  for (const { occurrence, index, hour, value, usual } of samples) {
    values[index] = bounded(value - foretold(occurrence, usual, hour));
  }
  const takenOff = new Float64Array(past.days.length);
  occurrences.forEach(({ from, to, base }, occurrence) => {
    for (let day = from; day < to; day++) {
      const usual = base + past.strays.weekly[day]!;
      let sum = 0;
      for (let hour = 0; hour < DAY_HOURS; hour++) sum += foretold(occurrence, usual, hour);
      const value = past.days[day]!;
      if (!Number.isNaN(value)) takenOff[day] = value - bounded(value - sum / DAY_HOURS);
    }
  });
  return { values, takenOff };
}
