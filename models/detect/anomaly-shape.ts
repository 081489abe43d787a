import type { AnomalyType } from '../domain/anomaly.ts';
import type { AnomalyShape, ShapeTime } from '../domain/feedback.ts';
import { DAY_MS } from '../domain/rollup.ts';
import type { UtcOffset } from '../numeric/utc-offset.ts';

/** What a shape is made of; an Anomaly and a TrackedAnomaly both are one. */
export interface ShapedEpisode {
  readonly type: AnomalyType;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly actual: number;
  readonly expected: number;
}

/** A quarter more is the same size: the height of one and the same thing varies by that much from time to time. */
const SAME_SIZE = 1.25;
/** Half as long again, or a quarter of an hour longer, is the same duration. */
const SAME_DURATION = 1.5;
const DURATION_SLACK_MS = 900_000;
/** What happens at a time of day or week happens so much earlier or later. */
const SAME_TIME_MS = 5_400_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * Shape of an anomaly: what makes another one the same again.
 *
 * Used by the query room, which keeps the shape of what people call not useful.
 *
 * Output:     kind, side, greatest distance from the expectation, duration so far and start.
 * Throws:     never.
 *
 * @example
 * shapeOf({ type: 'spike', startedAtMs: 1000, lastAtMs: 4000, actual: 90, expected: 50 }).deviation // => 40
 */
export function shapeOf(episode: ShapedEpisode): AnomalyShape {
  const { type, startedAtMs, lastAtMs, actual, expected } = episode;
  return {
    type,
    side: actual > expected ? 'above' : 'below',
    deviation: Math.abs(actual - expected),
    durationMs: lastAtMs - startedAtMs,
    startedAtMs,
  };
}

/**
 * Same shape: is an anomaly, as far as it has gone, no more than what was already seen?
 *
 * Used by the detect room, where people have said of a shape that it is of no use to them.
 *
 * Definition: same side; at most 1.25 times as far from the expectation; at most 1.5 times as long, or a quarter of an
 *             hour longer; missing data only like missing data; with `when`, within 90 minutes of the same local time of
 *             day or week. What is smaller or shorter is the same: it may be the beginning of it. An anomaly that
 *             outgrows the shape is the same no longer.
 * Input:      the shape that was seen, and the episode at hand.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * isSameShape({ type: 'spike', side: 'above', deviation: 40, durationMs: 0, startedAtMs: 0 }, 'always', { type: 'spike', startedAtMs: 9, lastAtMs: 9, actual: 95, expected: 50 }, () => 0) // => true
 * isSameShape({ type: 'spike', side: 'above', deviation: 40, durationMs: 0, startedAtMs: 0 }, 'always', { type: 'spike', startedAtMs: 9, lastAtMs: 9, actual: 105, expected: 50 }, () => 0) // => false
 */
export function isSameShape(
  seen: AnomalyShape,
  when: ShapeTime,
  episode: ShapedEpisode,
  utcOffset: UtcOffset,
): boolean {
  const shape = shapeOf(episode);
  if (shape.side !== seen.side || (shape.type === 'missing') !== (seen.type === 'missing')) return false;
  if (shape.deviation > SAME_SIZE * seen.deviation) return false;
  if (shape.durationMs > Math.max(SAME_DURATION * seen.durationMs, seen.durationMs + DURATION_SLACK_MS)) return false;
  if (when === 'always') return true;
  const periodMs = when === 'time_of_day' ? DAY_MS : WEEK_MS;
  const localMs = (timestampMs: number): number => timestampMs + utcOffset(timestampMs);
  const apart = Math.abs(localMs(shape.startedAtMs) - localMs(seen.startedAtMs)) % periodMs;
  return Math.min(apart, periodMs - apart) <= SAME_TIME_MS;
}
