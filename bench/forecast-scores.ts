/** What a method says of one series: the next values, and the interval that should hold 95 % of them. */
export interface IntervalForecast {
  readonly centre: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A miss costs this many times the distance to the interval: two over the share that may miss. */
const MISS_COST = 2 / 0.05;

/** Mean of 200 · |actual − forecast| / (|actual| + |forecast|), a percentage; two zeros are no error. */
export function smape(actual: Float64Array, forecast: Float64Array): number {
  return meanOf(actual, (value, h) => {
    if (Number.isNaN(value)) return Number.NaN;
    const size = Math.abs(value) + Math.abs(forecast[h]!);
    return size > 0 ? (200 * Math.abs(value - forecast[h]!)) / size : 0;
  });
}

/** Mean absolute error, in the unit of the values. */
export function meanAbsolute(actual: Float64Array, forecast: Float64Array): number {
  return meanOf(actual, (value, h) => Math.abs(value - forecast[h]!));
}

/** Unit of MASE and MSIS: mean absolute difference over a season of the training part. NaN where that is short. */
export function seasonalUnit(train: Float64Array, seasonPoints: number): number {
  return meanOf(train.subarray(seasonPoints), (value, i) => Math.abs(value - train[i]!));
}

/** Winkler's score of a 95 % interval: its width, and 40 times the distance of what lies outside. */
export function intervalScore(actual: Float64Array, { lower, upper }: IntervalForecast): number {
  return meanOf(
    actual,
    (value, h) => upper[h]! - lower[h]! + MISS_COST * (Math.max(0, lower[h]! - value) + Math.max(0, value - upper[h]!)),
  );
}

/** Share of the values inside the interval, both ends included. */
export function coverage(actual: Float64Array, { lower, upper }: IntervalForecast): number {
  return meanOf(actual, (value, h) => {
    if (Number.isNaN(value)) return Number.NaN;
    return value >= lower[h]! && value <= upper[h]! ? 1 : 0;
  });
}

/** Mean over the values that are known; NaN where none is. */
function meanOf(values: Float64Array, measure: (value: number, index: number) => number): number {
  let sum = 0;
  let count = 0;
  values.forEach((value, index) => {
    const measured = measure(value, index);
    if (Number.isNaN(measured)) return;
    sum += measured;
    count++;
  });
  return sum / count;
}

export interface MethodScores {
  readonly smape: number;
  readonly mase: number;
  readonly msis: number;
  readonly coverage95: number;
}

/** One series as it was forecast. */
export interface ScoredSeries {
  readonly train: Float64Array;
  readonly test: Float64Array;
  readonly forecast: IntervalForecast;
}

/**
 * Averages over the series, each weighing the same. Where a training part repeats its season exactly it has no unit:
 * such a series counts for sMAPE and coverage only.
 */
export function scoreMethod(series: readonly ScoredSeries[], seasonPoints: number): MethodScores {
  const units = series.map(({ train }) => seasonalUnit(train, seasonPoints));
  const inUnits = (measure: (one: ScoredSeries) => number): number =>
    average(series.map((one, i) => (units[i]! > 0 ? measure(one) / units[i]! : Number.NaN)));
  return {
    smape: average(series.map(({ test, forecast }) => smape(test, forecast.centre))),
    mase: inUnits(({ test, forecast }) => meanAbsolute(test, forecast.centre)),
    msis: inUnits(({ test, forecast }) => intervalScore(test, forecast)),
    coverage95: average(series.map(({ test, forecast }) => coverage(test, forecast))),
  };
}

function average(figures: readonly number[]): number {
  return meanOf(Float64Array.from(figures), (figure) => figure);
}
