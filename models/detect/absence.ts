/** Words of a series: what it was last seen, how long it has been away, and how long it usually is. */
const WORD = {
  seen: 0,
  firstMs: 1,
  lastMs: 2,
  /** Time of the bucket looked at last; 0 before the first. */
  atMs: 3,
  /** Buckets without data since it was last seen: those in which it was expected, and all of them. */
  expectedGap: 4,
  gap: 5,
  /** Longest usual gap, counted in both ways; fades in weeks. */
  longestExpectedGap: 6,
  longestGap: 7,
  /** Buckets of the hour in progress that have had data, and how many an hour with data usually has. */
  hourArrivals: 8,
  usualArrivals: 9,
} as const;
const HEAD_WORDS = 10;
/** One byte for each hour of the week: share of the weeks in which it had data, times 200; 255 = not known yet. */
const HOURS = 168;

/** Length of a series' state in Float64 words; all zero at the beginning. */
export const ABSENCE_WORDS = HEAD_WORDS + HOURS / 8;

export const ABSENCE_STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const HOUR_BUCKETS = 12;
const DAY_MS = 86_400_000;
/** The epoch was a Thursday: the first hour of the week is Monday's. */
const MONDAY_SHIFT_MS = 3 * DAY_MS;
const CERTAIN = 200;
const UNKNOWN = 255;
const WEEK_GAIN = 0.3;
const ARRIVALS_GAIN = 0.1;
/** In an hour in which it comes less often than this it is not expected at all. */
const EXPECTED_SHARE = 0.3;
/** A series with gaps up to two hours has no calendar: an hour of the week that was not met yet is like the others. */
const STEADY_GAP = 24;
/** Never called missing before fifteen minutes have gone by in vain. */
const FEWEST_BUCKETS = 3;
/** Beyond twice its own longest usual gap. */
const GAP_FACTOR = 2;
/** In each bucket: by half in twelve days. */
const FADE = 0.9998;
/** Came regularly: for a day, and seven times. */
const WATCHED_MS = DAY_MS;
const FEWEST_ARRIVALS = 7;
/** A series that was away for a week is gone: its calendar is what it had before no longer. */
const GONE_MS = 7 * DAY_MS;

/** A view into the state's calendar. */
function calendarOf(state: Float64Array): Uint8Array {
  return new Uint8Array(state.buffer, state.byteOffset + HEAD_WORDS * 8, HOURS);
}

/**
 * Absence of a series: follows, bucket by bucket, whether it comes as usual.
 *
 * Used by the survey room, one state for each series, called once for every five minutes of event time.
 *
 * Definition: a gap is counted in buckets in which data was expected: those of hours of the week in which it usually
 *             comes. The longest usual gap is what gaps have been, faded by half in twelve days, and at least that
 *             between the arrivals of an hour in which it comes; a gap that was called missing counts as at most the
 *             limit.
 * State:      248 bytes, all zero at the beginning.
 * Input:      localMs, start of the bucket in local civil time, bucket by bucket; dataMs, start in UTC of the
 *             newest bucket with data where that is news: this one, or an earlier one of which word comes only now; else
 *             NaN.
 * Output:     none: the state changes.
 * Cost:       O(1) + the view of the calendar.
 * Throws:     never.
 */
export function followPresence(state: Float64Array, localMs: number, dataMs: number): void {
  const hasData = !Number.isNaN(dataMs);
  const calendar = calendarOf(state);
  if (state[WORD.seen] === 0) {
    if (!hasData) return;
    calendar.fill(UNKNOWN);
    state[WORD.firstMs] = dataMs;
  } else {
    finishHour(state, calendar, localMs);
  }
  state[WORD.atMs] = localMs;
  if (!hasData) {
    state[WORD.expectedGap]! += expectedShare(state, calendar, localMs);
    state[WORD.gap]! += 1;
    return;
  }
  const limit = absenceLimit(state);
  const faded = FADE ** (state[WORD.gap]! + 1);
  const expectedGap = Math.min(state[WORD.expectedGap]!, limit);
  state[WORD.longestExpectedGap] = Math.max(state[WORD.longestExpectedGap]! * faded, expectedGap);
  state[WORD.longestGap] = Math.max(state[WORD.longestGap]! * faded, state[WORD.gap]!);
  state[WORD.expectedGap] = 0;
  state[WORD.gap] = 0;
  state[WORD.hourArrivals]! += 1;
  state[WORD.lastMs] = dataMs;
  state[WORD.seen]! += 1;
}

/** Notes whether the hour that has ended had data; not while the series is missing, which shall not become usual. */
function finishHour(state: Float64Array, calendar: Uint8Array, localMs: number): void {
  const before = state[WORD.atMs]!;
  if (Math.floor(before / HOUR_MS) === Math.floor(localMs / HOUR_MS)) return;
  const arrivals = state[WORD.hourArrivals]!;
  const hasData = arrivals > 0;
  state[WORD.hourArrivals] = 0;
  if (hasData) learnArrivals(state, arrivals);
  if (!hasData && absenceScore(state) > 1) return;
  const hour = hourOfWeek(before);
  const known = calendar[hour]!;
  const target = hasData ? CERTAIN : 0;
  calendar[hour] = known === UNKNOWN ? target : Math.round(known + WEEK_GAIN * (target - known));
}

function learnArrivals(state: Float64Array, arrivals: number): void {
  const usual = state[WORD.usualArrivals]!;
  state[WORD.usualArrivals] = usual === 0 ? arrivals : usual + ARRIVALS_GAIN * (arrivals - usual);
}

function hourOfWeek(localMs: number): number {
  return Math.floor((localMs + MONDAY_SHIFT_MS) / HOUR_MS) % HOURS;
}

/** How much a bucket without data counts: by how often the series comes in this hour of the week. */
function expectedShare(state: Float64Array, calendar: Uint8Array, localMs: number): number {
  const known = calendar[hourOfWeek(localMs)]!;
  if (known === UNKNOWN) return Math.max(state[WORD.longestGap]!, 0) <= STEADY_GAP ? 1 : 0;
  const share = known / CERTAIN;
  return share < EXPECTED_SHARE ? 0 : share;
}

/** In expected buckets: what comes once in an hour leaves eleven of them empty, also when it comes once a day only. */
function usualGap(state: Float64Array): number {
  const arrivals = state[WORD.usualArrivals]!;
  return Math.max(state[WORD.longestExpectedGap]!, arrivals === 0 ? 0 : HOUR_BUCKETS / arrivals - 1);
}

/** Expected buckets without data beyond which the series is missing. */
function absenceLimit(state: Float64Array): number {
  return Math.max(FEWEST_BUCKETS, GAP_FACTOR * usualGap(state) + 2);
}

/**
 * Absence score: how long a series has stayed away against how long it usually does.
 *
 * Definition: expected buckets without data / max(3, 2 × longest usual gap + 2).
 * Input:      a state that `followPresence` has been called for.
 * Output:     ≥ 0, above 1 is missing; 0 for a series that was seen for less than a day or fewer than seven times, or has
 *             not been seen for a week: it is gone.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * absenceScore(new Float64Array(ABSENCE_WORDS)) // => 0
 */
export function absenceScore(state: Float64Array): number {
  if (state[WORD.seen]! < FEWEST_ARRIVALS || state[WORD.lastMs]! - state[WORD.firstMs]! < WATCHED_MS) return 0;
  if (state[WORD.gap]! * ABSENCE_STEP_MS > GONE_MS) return 0;
  return state[WORD.expectedGap]! / absenceLimit(state);
}

/** What a sentence about an absence is made of. */
export interface Absence {
  /** Start of the last bucket with data; 0 where there was none. */
  readonly lastMs: number;
  /** Since the end of that bucket. */
  readonly silentMs: number;
  /** Longest usual time without data while it is expected, and the time of expected silence at which it is missing. */
  readonly usualMs: number;
  readonly limitMs: number;
}

/**
 * Reads the absence of a series.
 *
 * Output:     a value of its own; the state is not changed.
 * Throws:     never.
 */
export function readAbsence(state: Float64Array): Absence {
  return {
    lastMs: state[WORD.lastMs]!,
    silentMs: state[WORD.gap]! * ABSENCE_STEP_MS,
    usualMs: Math.round(usualGap(state) + 1) * ABSENCE_STEP_MS,
    limitMs: absenceLimit(state) * ABSENCE_STEP_MS,
  };
}

/** Silent: away for two buckets at least, and half way to be missing; what tells that a whole host or service went. */
export function isSilent(state: Float64Array): boolean {
  return state[WORD.gap]! >= 2 && state[WORD.expectedGap]! >= absenceLimit(state) / 2;
}

/** Counts among those that should be there: seen before, and lately. */
export function isExpected(state: Float64Array): boolean {
  return state[WORD.seen]! > 0 && state[WORD.gap]! * ABSENCE_STEP_MS <= GONE_MS;
}
