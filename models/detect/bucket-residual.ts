import { type CircularBins, nudgeCircular, readCircular } from '../numeric/circular-profile.ts';

/*
 * How one series differs from itself, five minutes by five minutes: a few words for each series, so that the series of a
 * whole workspace can be compared with each other at one moment.
 */

/** Words of a series: counts and times, levels, spreads, then the shapes of day and week as 32-bit values. */
const WORD = {
  seen: 0,
  firstMs: 1,
  lastMs: 2,
  stepMs: 3,
  base: 4,
  local: 5,
  scale: 6,
  /** Level that merely stays where the series was, and its spread: what stands in for a season that is not known yet. */
  stay: 7,
  stayScale: 8,
  /** Buckets in a row that are far from what is expected. */
  farBuckets: 9,
} as const;
const HEAD_WORDS = 10;
const DAY_BINS: CircularBins = { from: 0, count: 48 };
const WEEK_BINS: CircularBins = { from: 48, count: 168 };
const SPREAD_BINS: CircularBins = { from: 216, count: 12 };
const PROFILE_FLOATS = 228;
/** Of the profiles, those that are the shapes of day and week. */
export const BUCKET_SEASON_FLOATS = 216;

/** Length of a series' state in Float64 words; all zero at the beginning. */
export const BUCKET_RESIDUAL_WORDS = HEAD_WORDS + PROFILE_FLOATS / 2;

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const HALF_HOUR_MS = 1_800_000;
/** The epoch was a Thursday: weeks begin on Monday. */
const MONDAY_SHIFT_MS = 3 * DAY_MS;
/** Until a week-end has been seen and the week has begun anew, staying where it was is as good an expectation. */
const UNPROVEN_MS = 9 * DAY_MS;
const AVERAGED_POINTS = 12;
const BASE_MEMORY_MS = 2 * DAY_MS;
const LOCAL_MEMORY_MS = 3_600_000;
const CLIP = 3;
const FIRST_CLIP = 10;
const SHAPING_MS = 16 * DAY_MS;
/** Beyond so many standard deviations a bucket is far off; two hours of that are a new level. */
const FAR = 6;
const SHIFT_BUCKETS = 24;
/** Standard deviation of a normal value with a mean absolute value of one. */
const NORMAL_SCALE = 1.2533;
/** Part of its level that no series is taken to be steadier than. */
const STILL_SHARE = 0.001;
const SMALLEST_SCALE = 1e-12;
const LARGEST_SPREAD = 2;
/** How early or late the edges of day and week may come, and how much of their height counts as spread. */
const EDGE_MS = 900_000;
const EDGE_SHARE = 0.33;

/** Shapes of a state, a view. To be kept while many points of one series are worked on. */
export function bucketProfiles(state: Float64Array): Float32Array {
  return new Float32Array(state.buffer, state.byteOffset + HEAD_WORDS * 8, PROFILE_FLOATS);
}

/**
 * Deviation of one bucket from what its series does at this hour, in standard deviations of its own usual noise.
 *
 * Used by the survey room for group anomalies.
 *
 * Definition: (mean − level − day − week − what the last hour was off by) / spread at this hour, or without the last hour's
 *             offset where that is nearer: a recovery is no anomaly. In the first nine days the smaller of this and the
 *             deviation from where the series merely stayed: a first week-end is none either.
 * Input:      a state of BUCKET_RESIDUAL_WORDS words and its profiles; localMs, local civil time; value, finite.
 * Output:     of any sign; 0 for the first twelve buckets.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function bucketResidual(state: Float64Array, profiles: Float32Array, localMs: number, value: number): number {
  if (state[WORD.seen]! < AVERAGED_POINTS) return 0;
  const floor = STILL_SHARE * Math.max(Math.abs(state[WORD.base]!), Math.abs(state[WORD.stay]!)) + SMALLEST_SCALE;
  const spread = Math.exp(readCircular(profiles, SPREAD_BINS, dayPhase(localMs)));
  const offset = value - state[WORD.base]! - bucketSeasonAt(profiles, localMs);
  const rise = bucketSeasonAt(profiles, localMs + EDGE_MS) - bucketSeasonAt(profiles, localMs - EDGE_MS);
  const scale = Math.hypot(NORMAL_SCALE * state[WORD.scale]! * spread, EDGE_SHARE * rise);
  const residual = offset - state[WORD.local]!;
  const bySeason = withoutRecovery(residual, offset) / Math.max(scale, floor);
  if (localMs - state[WORD.firstMs]! > UNPROVEN_MS) return bySeason;
  const byStaying = (value - state[WORD.stay]!) / Math.max(NORMAL_SCALE * state[WORD.stayScale]!, floor);
  return nearer(byStaying, bySeason);
}

/**
 * Season of a series: how far above its level it usually is at a time of day and week.
 *
 * Input:      profiles, or the first BUCKET_SEASON_FLOATS of them; localMs, local civil time.
 * Output:     unit of the series.
 * Cost:       O(1).
 * Throws:     never.
 */
export function bucketSeasonAt(profiles: Float32Array, localMs: number): number {
  return readCircular(profiles, DAY_BINS, dayPhase(localMs)) + readCircular(profiles, WEEK_BINS, weekPhase(localMs));
}

/** Level of a series, standard deviation of its noise, and how long it has been learned. */
export function readBucketShape(state: Float64Array): { level: number; noise: number; ageMs: number } {
  return {
    level: state[WORD.base]!,
    noise: NORMAL_SCALE * state[WORD.scale]!,
    ageMs: state[WORD.lastMs]! - state[WORD.firstMs]!,
  };
}

/** A series that comes back to its season from elsewhere is not held against where it was. */
function withoutRecovery(residual: number, offset: number): number {
  const local = offset - residual;
  return residual * local < 0 ? nearer(residual, offset) : residual;
}

function nearer(a: number, b: number): number {
  return Math.abs(a) < Math.abs(b) ? a : b;
}

/**
 * Learns one bucket: to be called after its deviation was asked for.
 *
 * Definition: exponential means: level two days, day and week shape a share for each day and week, the last hour's offset
 *             an hour, spread one day; errors teach up to three times the usual one.
 * Input:      as bucketResidual; localMs not before the last one; isMedian, of many series: then no error is too large to
 *             be believed.
 * Output:     none: state and profiles change.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function learnBucketResidual(
  state: Float64Array,
  profiles: Float32Array,
  localMs: number,
  value: number,
  isMedian = false,
): void {
  const seen = state[WORD.seen]!;
  if (seen === 0) {
    state[WORD.firstMs] = localMs;
    state[WORD.base] = value;
    state[WORD.stay] = value;
    state[WORD.stepMs] = FIVE_MINUTES_MS;
  } else {
    learnStep(state, localMs);
    const offset = value - state[WORD.base]! - bucketSeasonAt(profiles, localMs);
    learnSpread(state, profiles, localMs, offset - state[WORD.local]!);
    learnStay(state, value);
    learnShape(state, profiles, localMs, offset, isMedian);
  }
  state[WORD.lastMs] = localMs;
  state[WORD.seen] = seen + 1;
}

function dayPhase(localMs: number): number {
  const days = localMs / DAY_MS;
  return days - Math.floor(days);
}

function weekPhase(localMs: number): number {
  const weeks = (localMs + MONDAY_SHIFT_MS) / WEEK_MS;
  return weeks - Math.floor(weeks);
}

/** Usual time between buckets with data; gaps count as twice of it. */
function learnStep(state: Float64Array, localMs: number): void {
  const stepMs = state[WORD.stepMs]!;
  const sinceMs = Math.min(localMs - state[WORD.lastMs]!, 2 * stepMs + FIVE_MINUTES_MS, DAY_MS);
  state[WORD.stepMs] = stepMs + 0.05 * (sinceMs - stepMs);
}

function learnSpread(state: Float64Array, profiles: Float32Array, localMs: number, residual: number): void {
  const seen = state[WORD.seen]!;
  const phase = dayPhase(localMs);
  const spread = readCircular(profiles, SPREAD_BINS, phase);
  const size = Math.abs(residual) / Math.exp(spread);
  const scale = state[WORD.scale]!;
  const gain = Math.max(1 / (seen + 1), Math.min(0.2, state[WORD.stepMs]! / DAY_MS));
  const clipped = seen < AVERAGED_POINTS ? size : Math.min(size, CLIP * scale + SMALLEST_SCALE);
  state[WORD.scale] = scale + gain * (clipped - scale);
  if (seen < AVERAGED_POINTS || !(scale > 0)) return;
  const surprise = Math.min(2, size / scale - 1);
  const change = 0.1 * Math.min(1, state[WORD.stepMs]! / (2 * HOUR_MS)) * surprise;
  if (Math.abs(spread + change) < LARGEST_SPREAD) nudgeCircular(profiles, SPREAD_BINS, phase, change);
}

function learnStay(state: Float64Array, value: number): void {
  const seen = state[WORD.seen]!;
  const error = value - state[WORD.stay]!;
  const scale = state[WORD.stayScale]!;
  const gain = Math.max(1 / (seen + 1), Math.min(0.2, state[WORD.stepMs]! / DAY_MS));
  const clipped = seen < AVERAGED_POINTS ? Math.abs(error) : Math.min(Math.abs(error), CLIP * scale + SMALLEST_SCALE);
  state[WORD.stayScale] = scale + gain * (clipped - scale);
  state[WORD.stay]! += localGain(state) * error;
}

function learnShape(
  state: Float64Array,
  profiles: Float32Array,
  localMs: number,
  offset: number,
  isMedian: boolean,
): void {
  const seen = state[WORD.seen]!;
  const stepMs = state[WORD.stepMs]!;
  const ageMs = localMs - state[WORD.firstMs]!;
  if (seen < AVERAGED_POINTS) {
    state[WORD.base]! += offset / (seen + 1);
    return;
  }
  // Of the first day's shape all is learned, of the first two weeks' nearly all; later ones doubt what is far out.
  const largest = (ageMs < SHAPING_MS ? FIRST_CLIP : CLIP) * NORMAL_SCALE * state[WORD.scale]!;
  const error = isMedian || ageMs < DAY_MS ? offset : Math.max(-largest, Math.min(largest, offset));
  if (ageMs > DAY_MS) state[WORD.base]! += error * Math.min(0.5, stepMs / BASE_MEMORY_MS);
  const perDay = Math.max(1 / (ageMs / DAY_MS + 1.5), 0.12);
  const dayChange = error * perDay * Math.min(1, stepMs / HALF_HOUR_MS);
  nudgeCircular(profiles, DAY_BINS, dayPhase(localMs), dayChange, Math.min(4, Math.floor(stepMs / HALF_HOUR_MS / 2)));
  if (ageMs > 2 * DAY_MS) {
    const perWeek = Math.max(1 / ((ageMs - 2 * DAY_MS) / WEEK_MS + 2), 0.2);
    const weekChange = (error - dayChange) * perWeek * Math.min(1, stepMs / HOUR_MS);
    nudgeCircular(profiles, WEEK_BINS, weekPhase(localMs), weekChange);
  }
  learnLocal(state, offset);
}

/** What is far off is followed slowly, until it has lasted: a short outage shall not be what the hours after are held against. */
function learnLocal(state: Float64Array, offset: number): void {
  const far = FAR * NORMAL_SCALE * state[WORD.scale]!;
  const step = offset - state[WORD.local]!;
  const isFar = Math.abs(step) > far;
  state[WORD.farBuckets] = isFar ? state[WORD.farBuckets]! + 1 : 0;
  if (state[WORD.farBuckets]! >= SHIFT_BUCKETS) state[WORD.local] = offset;
  else state[WORD.local]! += localGain(state) * Math.max(-far, Math.min(far, step));
}

function localGain(state: Float64Array): number {
  return Math.min(0.5, state[WORD.stepMs]! / LOCAL_MEMORY_MS);
}
