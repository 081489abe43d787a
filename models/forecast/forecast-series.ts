import type { CalendarDays } from '../domain/calendar.ts';
import type { ForecastSkill } from '../domain/forecast.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { JudgedValues } from './backtest.ts';
import { civilHours } from './civil-hours.ts';
import { type DayBand, dayBand } from './day-band.ts';
import { dayFutures } from './day-futures.ts';
import { dayShapes } from './day-shapes.ts';
import { aheadWithEffects, pastWithoutEffects, withEffectsBack } from './effects-ahead.ts';
import { type FilledHistory, fillGaps } from './gaps.ts';
import { abstainWithoutValues, gateData, gateSkill } from './gate.ts';
import { alignLevels, levelMoves } from './level-shift.ts';
import { longDays } from './long-days.ts';
import type { NeuralCandidates } from './neural-use.ts';
import type { ForecastOutcome, PublishedForecast } from './outcome.ts';
import { quantilePath } from './paths.ts';
import type { ModelShare, ScaleForecast } from './scale-forecast.ts';
import { withoutSpikes } from './spikes.ts';
import { turningLevel } from './turning-level.ts';
import { DAY_HOURS, forecastDays, forecastHours, HOURLY_HORIZON, joinScales, pickSteps } from './two-scales.ts';

export interface ForecastInput {
  /** Start of the first hour. */
  readonly startMs: number;
  readonly stepMs: typeof HOUR_MS;
  /** Means of whole hours, NaN = missing. */
  readonly values: Float64Array;
  /** Means of the days before the first hour, oldest first, NaN = missing: for dates far ahead. */
  readonly olderDays?: Float64Array;
  /** End of the newest of them; the start of the first hour where it is not given. */
  readonly olderEndMs?: number;
  /** Dates of the calendars that apply to the series, in its time zone, past and to come. */
  readonly calendars?: readonly CalendarDays[];
  readonly nowMs: number;
  /** IANA zone whose clocks the daily season follows; UTC where none is given. */
  readonly timeZone?: string;
  /** The workspace's neural model, where there is one. */
  readonly neural?: NeuralCandidates;
}

/** Changes whenever the same input may give other numbers. */
export const MODEL_VERSION = 'combination-3';

/** Twelve weeks: older hours change the combination little and cost time. */
const MAX_HOURS = 2016;
const LONGEST_GAP_HOURS = 168;
/** Fourth powers of everything between these bounds are numbers: beyond them errors and weights would be none. */
const LARGEST_VALUE = 1e60;
const SMALLEST_VALUE = 1e-60;

/**
 * Forecast of one series: 48 hours and 90 days as quantiles, or the reason why not.
 *
 * Definition: effects of the calendar taken out, lone spikes left out, gaps filled, one-off level shifts lifted onto the
 *             present level, candidates weighted by rolling-origin backtest at two scales (hours and days), published
 *             only through the gates of gate.ts. Intervals of hours are conformal from held-out errors, those of days
 *             quantiles of the futures that dates are told from (dayBand). Effects are put back onto their dates. Days
 *             are counted from the end of history, not from midnight; their first two are the means of the hours.
 * Input:      see ForecastInput.
 * Output:     see ForecastOutcome; all numbers finite, p10 ≤ p50 ≤ p90, none below zero where no value was.
 * Edge:       values after nowMs take part like all others: the caller decides what was known. A magnitude above 1e60,
 *             infinite or not, is taken as missing, one below 1e-60 as zero.
 * Cost:       15 to 20 ms of CPU for 1,000 hours (bench/forecast.ts); O(n) memory. The input is not changed.
 * Throws:     RangeError for a step other than an hour, a time that is no number, or an unknown zone.
 *
 * @example
 * forecastSeries({ startMs: 0, stepMs: 3600000, values: new Float64Array(0), nowMs: 0 }).reason // => 'too_short'
 */
export function forecastSeries(input: ForecastInput): ForecastOutcome {
  checkInput(input);
  const values = measurable(input.values);
  const civil = civilHours(input.startMs, values, input.timeZone ?? 'UTC');
  const past = pastWithoutEffects(input, civil);
  const history = fillGaps(withoutSpikes(past.values), {
    longestGapPoints: LONGEST_GAP_HOURS,
    periodPoints: DAY_HOURS,
    maxPoints: MAX_HOURS,
  });
  if (history === null) return abstainWithoutValues();
  const { shifts, repeated } = levelMoves(history.values);
  const newest = values.findLastIndex(Number.isFinite);
  const startMs = input.startMs + (newest + 1) * HOUR_MS;
  const abstention = gateData(history, input.nowMs - startMs, shifts);
  if (abstention !== null) return abstention;
  const aligned = alignLevels(history, shifts);
  const neural = input.neural?.(startMs) ?? null;
  const hourly = forecastHours(aligned, neural === null ? [] : [neural]);
  const daily = forecastDays(aligned);
  const verdict = gateSkill({ hourly, daily, zeroShare: zeroShare(history), isConstant: isConstant(aligned.values) });
  if (verdict.kind === 'unskilled') return verdict.abstention;
  const nextHour = newest + 1;
  return futureOf({ civil, past, history, aligned, repeated, nextHour, startMs, hourly, daily, skill: verdict.skill });
}

/** What is known of a series that has passed the gates. */
interface Fitted {
  readonly civil: ReturnType<typeof civilHours>;
  readonly past: ReturnType<typeof pastWithoutEffects>;
  readonly history: FilledHistory;
  /** The same on its present level. */
  readonly aligned: JudgedValues;
  readonly repeated: ReturnType<typeof levelMoves>['repeated'];
  /** Number and time of the first hour to come. */
  readonly nextHour: number;
  readonly startMs: number;
  readonly hourly: ScaleForecast;
  readonly daily: ScaleForecast;
  readonly skill: ForecastSkill;
}

function futureOf({ civil, past, history, aligned, repeated, nextHour, ...fitted }: Fitted): PublishedForecast {
  const { startMs, hourly, daily, skill } = fitted;
  const steps = Array.from(
    { length: HOURLY_HORIZON },
    (_, hour) => civil.indexOf(nextHour + hour) - history.lastIndex - 1,
  );
  const plainHours = pickSteps(hourly, steps);
  const shapes = dayShapes(aligned.values, DAY_HOURS);
  const { hours, days, changes } = aheadWithEffects(
    { hours: plainHours, days: joinScales(plainHours.centre, daily.centre) },
    { effects: past.effects, civil, nextHour, shapes: shapes.shapes, values: aligned.values },
  );
  const nonNegative = history.values.every((value) => value >= 0);
  const reached = withEffectsBack(aligned.values, history.firstIndex, civil, past);
  const turning = { max: turningLevel(reached, repeated, 'max'), min: turningLevel(reached, repeated, 'min') };
  const { band, futures } = dayBand({
    futures: dayFutures(longDays(past, history, aligned.values), changes),
    hourly: hours,
    centre: days,
    backtestDays: daily.judgedPoints,
    turning,
    nonNegative,
  });
  return publish({
    models: [
      ...named('hourly', hourly.models),
      ...named('daily', daily.models),
      ...past.effects.map(({ model }) => model),
    ],
    skill,
    band,
    source: { startMs, hourly: hours, days: shapes, futures, turning, nonNegative },
  });
}

interface Found extends Pick<PublishedForecast, 'models' | 'skill' | 'source'> {
  readonly band: DayBand;
}

function publish({ models, skill, band, source }: Found): PublishedForecast {
  const grid = { startMs: source.startMs, nonNegative: source.nonNegative };
  return {
    kind: 'forecast',
    modelVersion: MODEL_VERSION,
    models,
    hourly: quantilePath(source.hourly, { ...grid, stepMs: HOUR_MS }),
    daily: { startMs: source.startMs, stepMs: DAY_MS, p10: [...band.p10], p50: [...band.p50], p90: [...band.p90] },
    skill,
    watermarkMs: source.startMs - HOUR_MS,
    source,
  };
}

function checkInput({ startMs, stepMs, nowMs }: ForecastInput): void {
  const givenMs: number = stepMs;
  if (givenMs !== HOUR_MS) throw new RangeError(`forecast: stepMs must be ${HOUR_MS}, got ${givenMs}`);
  if (!Number.isFinite(startMs)) throw new RangeError(`forecast: startMs must be finite, got ${startMs}`);
  if (!Number.isFinite(nowMs)) throw new RangeError(`forecast: nowMs must be finite, got ${nowMs}`);
}

function measurable(values: Float64Array): Float64Array {
  return values.map((value) => {
    const magnitude = Math.abs(value);
    if (magnitude > LARGEST_VALUE) return Number.NaN;
    return magnitude < SMALLEST_VALUE ? 0 : value;
  });
}

function zeroShare({ values, observed }: FilledHistory): number {
  let zeros = 0;
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    if (observed[i] !== 1) continue;
    seen++;
    if (values[i] === 0) zeros++;
  }
  return zeros / seen;
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function named(scale: string, models: readonly ModelShare[]): ModelShare[] {
  return models.map((model) => ({ ...model, name: `${scale} ${model.name}` }));
}
