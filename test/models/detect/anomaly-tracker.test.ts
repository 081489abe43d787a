import { describe, expect, test } from 'vitest';
import {
  closeSilentAnomaly,
  TRACKER_FLOATS,
  type TrackerEvent,
  trackAnomaly,
  trackedAnomaly,
} from '../../../models/detect/anomaly-tracker.ts';
import { createScoreOut, MISSING, SCORED, type ScoreOut, WARMING } from '../../../models/detect/detector.ts';

const STEP_MS = 300_000;
const START_MS = Date.UTC(2025, 0, 6);

function scored(score: number, above = true): { out: ScoreOut; value: number } {
  const out = { ...createScoreOut(), kind: SCORED, score, lower: 90, expected: 100, upper: 110 } as const;
  return { out, value: above ? 100 + 10 * score : 100 - 10 * score };
}

/** Events as signs: `.` none, `o` opened, `u` updated, `c` closed. */
function track(scores: readonly number[], state = new Float64Array(TRACKER_FLOATS), startMs = START_MS): string {
  const sign: Record<TrackerEvent, string> = { none: '.', opened: 'o', updated: 'u', closed: 'c' };
  return scores
    .map((score, i) => {
      const { out, value } = scored(Math.abs(score), score > 0);
      return sign[trackAnomaly(state, startMs + i * STEP_MS, value, out)];
    })
    .join('');
}

describe('anomaly tracker', () => {
  test.each([
    ['one marginal point opens nothing', [0.2, 1.1, 0.2, 0.3, 0.2], '.....'],
    ['a huge one opens at once', [0.2, 3, 0.2, 0.2, 0.2, 0.2], '.o...c'],
    ['two marginal ones in a row open', [1.1, 1.2, 0.2], '.o.'],
    ['two of three open', [1.1, 0.5, 1.2], '..o'],
    ['two of four do not', [1.1, 0.5, 0.5, 1.2], '....'],
    ['a point just below 1 does not calm', [3, 0.95, 0.95, 0.95, 0.95, 0.95, 0.1, 0.1, 0.1, 0.1], 'o........c'],
    ['calm must be in a row', [3, 0.1, 0.1, 0.1, 2, 0.1, 0.1, 0.1, 0.1], 'o...u...c'],
    ['it may open again after it closed', [3, 0, 0, 0, 0, 2, 2], 'o...cou'],
  ])('%s', (_, scores, events) => {
    expect(track(scores)).toBe(events);
  });

  test.each([
    ['begins nothing', '', '+++', '...'],
    ['bears a first doubt out', '1.1', '+', 'o'],
    ['keeps what is open from calming', '3', '++++++', 'uuuuuu'],
  ])('a point that only goes on %s', (_, first, then, events) => {
    const state = new Float64Array(TRACKER_FLOATS);
    const before = first === '' ? [] : [Number(first)];
    track(before, state);
    const { out, value } = scored(0.3);
    const signs = { none: '.', opened: 'o', updated: 'u', closed: 'c' };

    const seen = then.split('').map((_point, i) => {
      const atMs = START_MS + (before.length + i) * STEP_MS;
      return signs[trackAnomaly(state, atMs, value, { ...out, goesOn: true })];
    });

    expect(seen.join('')).toBe(events);
  });

  test('remembers onset, peak, first score and number of points', () => {
    const state = new Float64Array(TRACKER_FLOATS);

    track([0.1, 1.1, 1.2, 5, 1.5, 0, 0, 0, 0], state);

    expect(trackedAnomaly(state)).toEqual({
      type: 'spike',
      open: false,
      startedAtMs: START_MS + STEP_MS,
      lastAtMs: START_MS + 4 * STEP_MS,
      endedAtMs: START_MS + 5 * STEP_MS,
      points: 4,
      initialScore: 1.2,
      score: 5,
      peakAtMs: START_MS + 3 * STEP_MS,
      actual: 150,
      expected: 100,
      lower: 90,
      upper: 110,
    });
  });

  test('is open and without end while it lasts', () => {
    const state = new Float64Array(TRACKER_FLOATS);

    track([3, 2, 0.1], state);

    expect(trackedAnomaly(state)).toMatchObject({ open: true, endedAtMs: null, points: 2, score: 3 });
  });

  test.each([
    ['dip', Array(6).fill(-2)],
    ['spike', Array(6).fill(2)],
    ['level_shift', Array(30).fill(2)],
    ['level_shift', Array(30).fill(-2)],
    ['spike', Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 3 : -2))],
  ])('calls it a %s', (type, scores) => {
    const state = new Float64Array(TRACKER_FLOATS);

    track(scores, state);

    expect(trackedAnomaly(state).type).toBe(type);
  });

  test('calls a long stay at zero a dip: an outage', () => {
    const state = new Float64Array(TRACKER_FLOATS);

    track(Array(40).fill(-10), state); // 100 − 10 · 10 = 0

    expect(trackedAnomaly(state)).toMatchObject({ type: 'dip', actual: 0, points: 40 });
  });

  test('at 15 seconds waits a quarter of an hour before it closes', () => {
    const state = new Float64Array(TRACKER_FLOATS);
    const events = Array.from({ length: 80 }, (_, i) => {
      const { out, value } = scored(i === 0 ? 3 : 0.1);
      return trackAnomaly(state, START_MS + i * 15_000, value, out);
    });

    expect(events.indexOf('closed')).toBe(60);
  });

  test('closes when data stops, and tells of the old anomaly before it begins a new one', () => {
    const state = new Float64Array(TRACKER_FLOATS);
    track([0.1, 3, 2], state);
    const laterMs = START_MS + 3 * 3_600_000;

    expect(track([4, 4], state, laterMs)).toBe('co');
    expect(trackedAnomaly(state)).toMatchObject({ open: true, startedAtMs: laterMs + STEP_MS });
  });

  test('closes a series that never sends again when it is asked to', () => {
    const state = new Float64Array(TRACKER_FLOATS);
    track([3, 2], state);

    expect(closeSilentAnomaly(state, START_MS + 30 * 60_000)).toBe(false);
    expect(closeSilentAnomaly(state, START_MS + 2 * 3_600_000)).toBe(true);
    expect(trackedAnomaly(state)).toMatchObject({ open: false, endedAtMs: START_MS + STEP_MS });
    expect(closeSilentAnomaly(state, START_MS + 9 * 3_600_000)).toBe(false);
  });

  test('does not take the pauses of an hourly series for silence', () => {
    const state = new Float64Array(TRACKER_FLOATS);
    const events = [0.1, 0.1, 3, 3, 3].map((score, i) => {
      const { out, value } = scored(score);
      return trackAnomaly(state, START_MS + i * 3_600_000, value, out);
    });

    expect(events).toEqual(['none', 'none', 'opened', 'updated', 'updated']);
  });

  test('gives up after a week', () => {
    expect(track(Array(2100).fill(3)).indexOf('c')).toBe(2017);
  });

  test('hears nothing of points that were not scored', () => {
    const state = new Float64Array(TRACKER_FLOATS);
    for (const kind of [WARMING, MISSING] as const) {
      expect(trackAnomaly(state, START_MS, 1e9, { ...createScoreOut(), kind, score: 50 })).toBe('none');
    }
    expect(state.every((word) => word === 0)).toBe(true);
  });
});
