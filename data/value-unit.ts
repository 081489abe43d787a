/*
 * Most measured values are whole numbers of something: bytes, events, hundredths of a percent, events in five minutes.
 * As such they take two bytes or less where a float64 takes eight. The arithmetic here is exact to the last bit: a value
 * either is `mantissa / divisor` as float64 division gives it, or it does not fit.
 */

/** Whole numbers up to here are exact in float64. */
const MAX_MANTISSA = 2 ** 53;

/**
 * Divisors that are tried, finest last; within a family each divides the next, so that what fits one fits those after it.
 * Decimals; rates of counters over seconds, minutes and hours, whose thirds and ninths no decimal has; binary fractions,
 * which are what float32 and binary units give.
 */
const DIVISOR_FAMILIES: readonly (readonly number[])[] = [
  Array.from({ length: 13 }, (_, digits) => 10 ** digits),
  Array.from({ length: 6 }, (_, digits) => 3 * 10 ** digits),
  Array.from({ length: 5 }, (_, digits) => 9 * 10 ** digits),
  Array.from({ length: 6 }, (_, fives) => 32 ** (fives + 1)),
];

/** Values that do not fit cost about five times what the others do: beyond a quarter of them nothing is won. */
const MISFIT_SHARE = 1 / 4;
const MISFITS_OF_FEW = 2;

/** The whole number that divided by `divisor` is `value` to the last bit; NaN where there is none. */
export function mantissaOf(value: number, divisor: number): number {
  const mantissa = Math.round(value * divisor);
  const isExact = Math.abs(mantissa) <= MAX_MANTISSA && mantissa / divisor === value;
  // Negative zero equals zero, and is none.
  return isExact && !Object.is(value, -0) ? mantissa : Number.NaN;
}

/** The coarsest divisor with which most of the values are whole numbers; undefined where there is none. */
export function findDivisor(values: Float64Array): number | undefined {
  let best: { divisor: number; misfits: number } | undefined;
  for (const family of DIVISOR_FAMILIES) {
    const found = coarsestOf(family, values);
    if (found === undefined) continue;
    if (found.misfits === 0) return found.divisor;
    if (best === undefined || found.misfits < best.misfits) best = found;
  }
  return best?.divisor;
}

function coarsestOf(
  family: readonly number[],
  values: Float64Array,
): { readonly divisor: number; readonly misfits: number } | undefined {
  const mostMisfits = MISFITS_OF_FEW + values.length * MISFIT_SHARE;
  let place = 0;
  let misfits = 0;
  for (const value of values) {
    if (!Number.isNaN(mantissaOf(value, family[place]!))) continue;
    const finer = Number.isFinite(value) ? placeOf(family, place + 1, value) : undefined;
    if (finer !== undefined) place = finer;
    else if (++misfits > mostMisfits) return undefined;
  }
  return { divisor: family[place]!, misfits };
}

function placeOf(family: readonly number[], from: number, value: number): number | undefined {
  for (let place = from; place < family.length; place++) {
    if (!Number.isNaN(mantissaOf(value, family[place]!))) return place;
  }
  return undefined;
}

/** The greatest number that divides all of them; 1 where there is none but zeros. Values that are NaN are passed over. */
export function commonMultiplier(mantissas: Float64Array): number {
  let common = 0;
  for (const mantissa of mantissas) {
    if (Number.isNaN(mantissa)) continue;
    let rest = Math.abs(mantissa);
    while (rest !== 0) [common, rest] = [rest, common % rest];
    if (common === 1) return 1;
  }
  return common === 0 ? 1 : common;
}

const SUM_DIGITS = 14;
const MAX_SUM_DIGITS_MANTISSA = 10 ** SUM_DIGITS;

/**
 * A sum without the last digits, which tell of the order of summation only: what was decimal stays decimal. A whole
 * number is exact as it is.
 */
export function roundSum(sum: number): number {
  return Number.isInteger(sum) || !Number.isFinite(sum) ? sum : Number(sum.toPrecision(SUM_DIGITS));
}

const DECIMAL_DIVISORS = new Set(DIVISOR_FAMILIES[0]);

/** The same as `roundSum(mantissa / divisor)`. A decimal of so few digits is rounded already, which is much faster. */
export function sumOf(mantissa: number, divisor: number): number {
  const sum = mantissa / divisor;
  const isRounded = Math.abs(mantissa) < MAX_SUM_DIGITS_MANTISSA && DECIMAL_DIVISORS.has(divisor);
  return isRounded ? sum : roundSum(sum);
}
