import type { Limit, LimitChange } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';

/** A resource that a picture shows, up to now. */
export interface Scene {
  readonly title: string;
  readonly past: Past;
  readonly limit: Limit;
  /** How much of the past and of the future is shown. */
  readonly pastDays: number;
  readonly aheadDays: number;
  /** So many futures are drawn one by one. */
  readonly thinPaths: number;
  /** The least and the most of the axis, in the unit. */
  readonly axis: { readonly from: number; readonly to: number; readonly step: number };
}

/** All pictures are drawn as of this time. */
export const NOW_MS = Date.UTC(2026, 10, 1);
/** Hours are looked at for so many days, daily means for all days before them. */
const HOURLY_DAYS = 84;
const OLDER_DAYS = 316;

/** Value of an hour: END is now, and the hours of the older days are negative. */
type Course = (hour: number, random: Random) => number;

const END = HOURLY_DAYS * 24;

/** The past of a resource: hourly means, the last of which ends now, and means of the days before them. */
export interface Past {
  readonly values: Float64Array;
  readonly olderDays: Float64Array;
}

function pastOf(seed: number, course: Course): Past {
  const random = createRandom(seed);
  const older = Float64Array.from({ length: OLDER_DAYS * 24 }, (_, k) => course(k - OLDER_DAYS * 24, random));
  const olderDays = Float64Array.from({ length: OLDER_DAYS }, (_, day) => {
    const hours = older.subarray(day * 24, day * 24 + 24);
    return hours.reduce((sum, value) => sum + value, 0) / 24;
  });
  return { values: Float64Array.from({ length: END }, (_, hour) => course(hour, random)), olderDays };
}

function limitOf(value: number, changes: readonly LimitChange[] = []): Limit {
  return {
    limitId: 'limit',
    title: 'limit',
    selector: [],
    bound: 'max',
    value,
    ...(changes.length > 0 && { changes }),
    unit: 'GB',
    leadTimeMs: 14 * DAY_MS,
    probability: 0.5,
    action: '',
    updatedAtMs: 0,
  };
}

/** When an hour of the values begins. */
export const hourAt = (hour: number): number => NOW_MS - (END - hour) * HOUR_MS;

/** In GB an hour. */
const GROWTH = 0.7 / 24;

/** A line with errors that last for two days or so, as those of backups and batches do. */
function steadyFill(): Past {
  const kept = Math.exp(-1 / 48);
  let error = 0;
  return pastOf(4, (hour, random) => {
    error = kept * error + 5 * Math.sqrt(1 - kept * kept) * random.normal();
    return 380 + GROWTH * (hour - END) + error + 2 * random.normal();
  });
}

/** Over a day it moves by four times what it drifts. */
function randomWalk(): Past {
  let level = 100;
  return pastOf(9, (_, random) => {
    level += GROWTH + (2.8 / Math.sqrt(24)) * random.normal();
    return level;
  });
}

/** Two that are compared are drawn alike. */
const ALIKE = {
  limit: limitOf(500),
  pastDays: 84,
  aheadDays: 365,
  thinPaths: 14,
  axis: { from: 200, to: 800, step: 100 },
};

export const STEADY: Scene = {
  title: 'A steady fill with noise',
  past: steadyFill(),
  ...ALIKE,
};

export const WALK: Scene = {
  title: 'A random walk with drift',
  past: randomWalk(),
  ...ALIKE,
};

export const LOWERED: Scene = {
  title: 'A limit that is lowered on a date',
  past: steadyFill(),
  limit: limitOf(500, [{ fromMs: NOW_MS + 91 * DAY_MS, value: 420 }]),
  pastDays: 84,
  aheadDays: 240,
  thinPaths: 14,
  axis: { from: 250, to: 650, step: 50 },
};

export const SAWTOOTH: Scene = {
  title: 'A log that is cleaned up every five days',
  past: pastOf(3, (hour, random) => 30 + (45 * (((hour % 120) + 120) % 120)) / 120 + random.normal()),
  limit: limitOf(100),
  pastDays: 40,
  aheadDays: 60,
  thinPaths: 3,
  axis: { from: 0, to: 120, step: 20 },
};

/** It goes nowhere in particular: no forecast of it is better than its last value. */
export function wandering(): Past {
  let level = 300;
  return pastOf(2, (_, random) => {
    level += 1.2 * random.normal();
    return level;
  });
}

/** It stood still, and jumped a day and a half ago. */
export function jumped(): Past {
  return pastOf(5, (hour, random) => (hour < END - 36 ? 220 : 400) + 4 * random.normal());
}
