import { describe, expect, test } from 'vitest';
import { ENSEMBLE_FLOATS, MORE } from '../../../models/detect/ensemble-layout.ts';
import { createEnsembleVerdict, reachVerdict, rememberAlarm } from '../../../models/detect/ensemble-verdict.ts';
import { beginBody } from '../../../models/detect/residual-body.ts';
import { SLOT } from '../../../models/detect/seasonal-layout.ts';
import { createPrediction } from '../../../models/detect/seasonal-predict.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';

const FIRST_MS = Date.UTC(2025, 0, 6);
const STEP_MS = 300_000;

/** A series at 100 with a mean residual of 1, of a given age. */
function openSeries(ageDays: number) {
  const state = new Float64Array(ENSEMBLE_FLOATS);
  beginBody(state, MORE.body);
  state[SLOT.firstMs] = FIRST_MS;
  state[SLOT.alarmNats] = 10;
  let atMs = FIRST_MS + ageDays * DAY_MS;
  state[MORE.seenPoints] = (ageDays * DAY_MS) / STEP_MS;
  const prediction = { ...createPrediction(), expected: 100, scale: 1 };
  const verdict = createEnsembleVerdict();
  return {
    state,
    wait: (ms: number) => {
      atMs += ms;
      state[MORE.seenPoints]! += ms / STEP_MS;
    },
    /** One point and the next step. */
    take(value: number, evidenceNats: number, seasonScore = 0, seasonExpected = 100) {
      prediction.residual = value - 100;
      reachVerdict(state, atMs, value, prediction, { evidenceNats, seasonScore, seasonExpected }, verdict);
      rememberAlarm(state, atMs, prediction, verdict);
      atMs += STEP_MS;
      state[MORE.seenPoints]! += 1;
      return { ...verdict };
    },
  };
}

describe('the verdict of the ensemble', () => {
  test('is an alarm for news, at any age from the fourth day on', () => {
    expect(openSeries(5).take(120, 30).score).toBeCloseTo(4, 1);
    expect(openSeries(40).take(120, 7.4).score).toBeLessThan(5);
    expect(openSeries(5).take(101, 7.4).score).toBeLessThanOrEqual(1);
  });

  test('doubts a single point of a newcomer, and one that is hardly far from its season', () => {
    expect(openSeries(1).take(120, 30).score).toBeLessThan(1.4);
    expect(openSeries(5).take(101, 15).score).toBeLessThan(1.4);
    expect(openSeries(5).take(101, 15).score).toBeGreaterThan(1);
  });

  test('is an alarm for what is far from the season, from the fourth week on', () => {
    expect(openSeries(30).take(112, 0).score).toBeGreaterThan(1);
    expect(openSeries(30).take(112, 0).residual).toBeCloseTo(openSeries(30).take(88, 0).residual, 9);
    expect(openSeries(15).take(112, 0)).toMatchObject({ score: 1, goesOn: false });
    expect(openSeries(30).take(105, 0).score).toBeLessThan(1);
  });

  test('believes the season where that finds more', () => {
    expect(openSeries(30).take(105, 0, 1.5).score).toBe(1.5);
  });

  test('does not hold a value against the season that something else explains', () => {
    expect(openSeries(30).take(112, 0, 0.4, 111).score).toBe(0.4);
  });

  test('asks for more evidence where tails are heavy, and doubts a single point there', () => {
    const heavy = openSeries(30);
    heavy.state[MORE.body + 1] = 4;

    expect(heavy.take(120, 8).novelty).toBeCloseTo(8 / 9, 9);
    expect(heavy.take(120, 30).score).toBeLessThan(1.4);
  });

  test('tells one trouble once: news waits for half a day, a residual for thirty points', () => {
    const series = openSeries(40);
    expect(series.take(120, 30).alarms).toBe(true);

    expect(series.take(120, 30)).toMatchObject({ alarms: false, score: 1, goesOn: true });
    series.wait(2 * HOUR_MS);
    expect(series.take(103, 30)).toMatchObject({ alarms: false, score: 1 });
    series.wait(HOUR_MS);
    expect(series.take(120, 0)).toMatchObject({ alarms: true });
  });

  test('unless it becomes twice as grave', () => {
    const series = openSeries(40);
    series.take(120, 30);

    expect(series.take(160, 75)).toMatchObject({ alarms: true });
  });

  test('knows the points after an alarm that belong to it', () => {
    const series = openSeries(10);
    series.take(106, 10);

    expect(series.take(105, 0).goesOn).toBe(true);
    expect(series.take(95, 0).goesOn).toBe(false);
    series.take(105, 0);
    expect(series.take(105, 0).goesOn).toBe(false);
  });

  test('bears out the third alarm in a row on one side, a drift, and no other', () => {
    const day = (values: readonly number[]): number[] => {
      const series = openSeries(40);
      return values.map((value) => {
        const { score } = series.take(value, 9);
        series.wait(1.3 * DAY_MS);
        return score;
      });
    };

    expect(day([102, 102, 102]).map((score) => score >= 1.4)).toEqual([false, false, true]);
    expect(day([102, 98, 102]).map((score) => score >= 1.4)).toEqual([false, false, false]);
  });
});
