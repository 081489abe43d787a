import { describe, expect, test } from 'vitest';
import { createScoreOut } from '../../../models/detect/detector.ts';
import { createEnsemble } from '../../../models/detect/ensemble.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { runDetector } from '../../support/detector-run.ts';
import { generateSeries, MONDAY_MS, type TimedValue, WELL_BEHAVED } from '../../support/generated-series.ts';

const STEP_MS = 300_000;
const ONSET_MS = MONDAY_MS + 14 * DAY_MS + 11 * HOUR_MS;
const detector = createEnsemble({});

function wave(days: number): TimedValue[] {
  const shape = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
  return generateSeries({ shape, seed: 6, stepMs: STEP_MS, days });
}

/** Times of the points above 1 from the onset on, after a change of the values. */
function alarmsAfter(series: TimedValue[], change: (value: number, timestampMs: number) => number): number[] {
  const changed = series.map(({ timestampMs, value }) => ({
    timestampMs,
    value: timestampMs >= ONSET_MS ? change(value, timestampMs) : value,
  }));
  const { scores } = runDetector(detector, changed);
  return changed.flatMap(({ timestampMs }, i) =>
    timestampMs >= ONSET_MS && scores[i]!.score > 1 ? [timestampMs] : [],
  );
}

describe('ensemble', () => {
  test('raises its alarm at the first points of a value never seen', () => {
    const alarms = alarmsAfter(wave(16), (value, ms) => (ms < ONSET_MS + HOUR_MS ? value + 90 : value));

    expect(alarms[0]).toBe(ONSET_MS);
  });

  test('tells of a lasting trouble once in half a day, unless it becomes twice as grave', () => {
    const alarms = alarmsAfter(wave(16), (value) => value + 60);
    const halfDay = alarms.filter((ms) => ms < ONSET_MS + 12 * HOUR_MS);

    expect(alarms[0]! - ONSET_MS).toBeLessThanOrEqual(2 * STEP_MS);
    expect(halfDay.length).toBeLessThanOrEqual(2);
  });

  test('an outage during the pause is twice as grave and breaks it', () => {
    const alarms = alarmsAfter(wave(16), (value, ms) => (ms < ONSET_MS + HOUR_MS ? value + 25 : value - 5000));

    expect(alarms.some((ms) => ms >= ONSET_MS + HOUR_MS && ms < ONSET_MS + 2 * HOUR_MS)).toBe(true);
  });

  test('counts it as half an alarm that a lively series has fallen still, at a value that is nothing new', () => {
    const random = createRandom(12);
    const still = wave(15).map(({ timestampMs }) => {
      const noise = 50 + 10 * random.normal();
      return { timestampMs, value: timestampMs < ONSET_MS ? noise : 50.5 };
    });
    const { scores, state } = runDetector(detector, still);
    const shares = new Float64Array(detector.components!.length);
    detector.attribute!(state, MONDAY_MS + 15 * DAY_MS, 50.5, shares);

    expect(scores.at(-1)!.score).toBeGreaterThan(0.5);
    expect(shares[detector.components!.indexOf('quiet')]).toBeGreaterThan(0.9);
  });

  test('tells of a trouble that comes back every day on few of the days', () => {
    const alarms = alarmsAfter(wave(40), (value, ms) => ((ms - ONSET_MS) % DAY_MS < HOUR_MS ? value + 60 : value));

    expect(alarms[0]).toBe(ONSET_MS);
    expect(alarms.filter((ms) => ms > ONSET_MS + 12 * DAY_MS).length).toBeLessThanOrEqual(3);
  });

  test('leaves an anomalous value outside the band and says what the score is made of', () => {
    const series = wave(14);
    const { state } = runDetector(detector, series);
    const out = createScoreOut();
    const shares = new Float64Array(detector.components!.length);

    detector.score(state, ONSET_MS, 400, out);
    detector.attribute!(state, ONSET_MS, 400, shares);

    expect(out.score).toBeGreaterThan(1);
    expect(out.upper).toBeLessThan(400);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shares.every((share) => share >= 0)).toBe(true);
  });

  test('a new normal that people accept takes the offsets with it', () => {
    const { state } = runDetector(detector, wave(14));
    const accepted = state.slice();
    const at = MONDAY_MS + 14 * DAY_MS;
    const [before, after] = [createScoreOut(), createScoreOut()];

    detector.relevel!(accepted, at, 200, 1);
    detector.score(state, at, 200, before);
    detector.score(accepted, at, 200, after);

    expect(after.expected).toBeCloseTo(200, 6);
    expect(after.score).toBeLessThan(before.score);
  });

  test('refuses an unknown time zone', () => {
    expect(() => createEnsemble({ timeZone: 'Moon/Base' })).toThrow(RangeError);
  });
});

describe('well-behaved series', () => {
  const LEARNING_MS = 14 * DAY_MS;

  test.each(Object.entries(WELL_BEHAVED))('tell of at most one anomaly a month after two weeks: %s', (_name, shape) => {
    for (const [stepMs, seeds] of [
      [STEP_MS, 3],
      [HOUR_MS, 6],
    ] as const) {
      const days = 59;
      let found = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const { anomalies } = runDetector(detector, generateSeries({ shape, seed, stepMs, days }));
        found += anomalies.filter(({ startedAtMs }) => startedAtMs >= MONDAY_MS + LEARNING_MS).length;
      }

      expect(found / ((seeds * (days - 14)) / 30)).toBeLessThanOrEqual(1);
    }
  });
});
