import { describe, expect, test } from 'vitest';
import { isSameShape, type ShapedEpisode, shapeOf } from '../../../models/detect/anomaly-shape.ts';
import type { ShapeTime } from '../../../models/domain/feedback.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createUtcOffset } from '../../../models/numeric/utc-offset.ts';

const START_MS = Date.UTC(2025, 2, 3, 2);
const MINUTE_MS = 60_000;

function episode(replaced: Partial<ShapedEpisode> = {}): ShapedEpisode {
  const startedAtMs = replaced.startedAtMs ?? START_MS;
  return { type: 'spike', startedAtMs, lastAtMs: startedAtMs + 30 * MINUTE_MS, actual: 150, expected: 50, ...replaced };
}

const SEEN = shapeOf(episode());

function isSame(replaced: Partial<ShapedEpisode>, when: ShapeTime = 'always', timeZone = 'UTC'): boolean {
  return isSameShape(SEEN, when, episode(replaced), createUtcOffset(timeZone));
}

describe('the shape of an anomaly', () => {
  const lasting = (minutes: number) => ({ lastAtMs: START_MS + minutes * MINUTE_MS });

  test.each([
    ['the same again', {}, true],
    ['a fifth higher: nothing is ever quite the same', { actual: 170 }, true],
    ['twice as high', { actual: 250 }, false],
    ['half as high', { actual: 100 }, true],
    ['on the other side', { type: 'dip', actual: -50 }, false],
    ['its first minute: the rest may come', lasting(1), true],
    ['ten minutes longer', lasting(40), true],
    ['twice as long', lasting(60), false],
    ['grown into a level shift of the same length', { type: 'level_shift' }, true],
    ['missing data instead', { type: 'missing' }, false],
    ['at another level, as far from what was expected', { actual: 1_100, expected: 1_000 }, true],
  ] as const)('%s', (_why, replaced, expected) => {
    expect(isSame(replaced)).toBe(expected);
  });

  test.each([
    ['always', 12 * HOUR_MS, true],
    ['time_of_day', DAY_MS, true],
    ['time_of_day', DAY_MS + HOUR_MS, true],
    ['time_of_day', DAY_MS - HOUR_MS, true],
    ['time_of_day', DAY_MS + 2 * HOUR_MS, false],
    ['time_of_day', 12 * HOUR_MS, false],
    ['time_of_week', 7 * DAY_MS, true],
    ['time_of_week', 21 * DAY_MS - HOUR_MS, true],
    ['time_of_week', DAY_MS, false],
  ] as const)('with %s, %d ms later: %s', (when, laterMs, expected) => {
    const startedAtMs = START_MS + laterMs;

    expect(isSame({ startedAtMs, lastAtMs: startedAtMs + 30 * MINUTE_MS }, when)).toBe(expected);
  });

  test('means the local time of day, also after the clock has changed', () => {
    // 3:00 in Berlin, in winter and in summer.
    const summerMs = Date.UTC(2025, 3, 7, 1);
    const twoHoursLater = Date.UTC(2025, 3, 7, 3);
    const at = (startedAtMs: number) =>
      isSame({ startedAtMs, lastAtMs: startedAtMs + MINUTE_MS }, 'time_of_day', 'Europe/Berlin');

    expect(at(summerMs)).toBe(true);
    expect(at(twoHoursLater)).toBe(false);
  });
});
