import type { Limit, LimitChange } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';

/** A resource that a picture shows, up to now. */
export interface Scene {
  readonly title: string;
  /** Hourly means, the last of which ends now. */
  readonly values: Float64Array;
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
const DAYS = 84;
const END = DAYS * 24;

type Course = (hour: number, random: Random) => number;

/** Hours count from the beginning; END is now. */
function hoursOf(seed: number, course: Course, hours = END): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: hours }, (_, hour) => course(hour, random));
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

export const hourAt = (hour: number): number => NOW_MS - (END - hour) * HOUR_MS;

/** In GB an hour. */
const GROWTH = 1.5 / 24;

/** A line with errors that last for two days or so, as those of backups and batches do. */
function steadyFill(): Float64Array {
  const kept = Math.exp(-1 / 48);
  let error = 0;
  return hoursOf(4, (hour, random) => {
    error = kept * error + 8 * Math.sqrt(1 - kept * kept) * random.normal();
    return 380 + GROWTH * (hour - END) + error + 2 * random.normal();
  });
}

/** Over a day it moves by twice what it drifts. */
function randomWalk(): Float64Array {
  let level = 380 - GROWTH * END;
  return hoursOf(30, (_, random) => {
    level += GROWTH + (3 / Math.sqrt(24)) * random.normal();
    return level;
  });
}

export const STEADY: Scene = {
  title: 'A steady fill with noise',
  values: steadyFill(),
  limit: limitOf(500),
  pastDays: 70,
  aheadDays: 120,
  thinPaths: 14,
  axis: { from: 250, to: 600, step: 50 },
};

export const WALK: Scene = {
  title: 'A random walk with drift',
  values: randomWalk(),
  limit: limitOf(500),
  pastDays: 70,
  aheadDays: 240,
  thinPaths: 14,
  axis: { from: 200, to: 900, step: 100 },
};

export const LOWERED: Scene = {
  title: 'A limit that is lowered on a date',
  values: steadyFill(),
  limit: limitOf(500, [{ fromMs: NOW_MS + 30 * DAY_MS, value: 400 }]),
  pastDays: 70,
  aheadDays: 120,
  thinPaths: 14,
  axis: { from: 250, to: 600, step: 50 },
};

export const SAWTOOTH: Scene = {
  title: 'A log that is cleaned up every five days',
  values: hoursOf(3, (hour, random) => 30 + (45 * (hour % 120)) / 120 + random.normal()),
  limit: limitOf(100),
  pastDays: 40,
  aheadDays: 60,
  thinPaths: 3,
  axis: { from: 0, to: 120, step: 20 },
};

/** It goes nowhere in particular: no forecast of it is better than its last value. */
export function wandering(): Float64Array {
  let level = 300;
  return hoursOf(2, (_, random) => {
    level += 2.5 * random.normal();
    return level;
  });
}

/** It stood still, and jumped a day and a half ago. */
export function jumped(): Float64Array {
  return hoursOf(5, (hour, random) => (hour < END - 36 ? 220 : 400) + 4 * random.normal());
}
