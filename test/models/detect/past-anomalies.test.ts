import { describe, expect, test } from 'vitest';
import { WATCH_FLOATS } from '../../../models/detect/evidence.ts';
import { rememberAnomaly, similarPast } from '../../../models/detect/past-anomalies.ts';

const HOUR_MS = 3_600_000;

function episode(hour: number, deviation: number, type: 'spike' | 'dip' | 'level_shift' | 'missing' = 'spike') {
  return { type, startedAtMs: hour * HOUR_MS, lastAtMs: (hour + 1) * HOUR_MS, actual: 100 + deviation, expected: 100 };
}

function remembering(...episodes: ReturnType<typeof episode>[]): Float64Array {
  const watch = new Float64Array(WATCH_FLOATS);
  for (const one of episodes) rememberAnomaly(watch, one);
  return watch;
}

const hours = (watch: Float64Array, now: ReturnType<typeof episode>) =>
  similarPast(watch, now).map(({ startedAtMs }) => startedAtMs / HOUR_MS);

describe('similar past', () => {
  test('is none where nothing was', () => {
    expect(hours(remembering(), episode(9, 40))).toEqual([]);
  });

  test('names what was alike, newest first, with its size', () => {
    const watch = remembering(episode(1, 40), episode(5, 55));

    expect(similarPast(watch, episode(9, 45))).toEqual([
      { type: 'spike', startedAtMs: 5 * HOUR_MS, lastAtMs: 6 * HOUR_MS, deviation: 55 },
      { type: 'spike', startedAtMs: HOUR_MS, lastAtMs: 2 * HOUR_MS, deviation: 40 },
    ]);
  });

  test.each([
    ['another kind', episode(5, 40, 'level_shift')],
    ['the other side', episode(5, -40, 'dip')],
    ['less than half of its size', episode(5, 19)],
    ['more than twice its size', episode(5, 81)],
    ['itself', episode(9, 40)],
    ['something that concerns several series', episode(5, 40, 'missing')],
  ])('is not %s', (_, past) => {
    expect(hours(remembering(past), episode(9, 40))).toEqual([]);
  });

  test('reaches back over three anomalies', () => {
    const watch = remembering(episode(1, 40), episode(2, 40), episode(3, 40), episode(4, 40));

    expect(hours(watch, episode(9, 40))).toEqual([4, 3, 2]);
  });
});
