import { describe, expect, test } from 'vitest';
import { SLOT, STATE_FLOATS, TAIL } from '../../../models/detect/seasonal-layout.ts';
import { beginTails, refreshBand } from '../../../models/detect/seasonal-learn.ts';
import { createPrediction } from '../../../models/detect/seasonal-predict.ts';
import {
  alarmLimit,
  BY_OTHER_LEVEL,
  BY_SEASON,
  BY_STAYING,
  createVerdict,
  driftAfter,
  judge,
} from '../../../models/detect/seasonal-score.ts';

const NOW_MS = 1_000_000;

function knownState(): Float64Array {
  const state = new Float64Array(STATE_FLOATS);
  state[SLOT.stepMs] = 300_000;
  state[SLOT.seenPoints] = 5000;
  state[SLOT.base] = 100;
  state[SLOT.raw] = 100;
  state[SLOT.rawScale] = 1;
  state[SLOT.seasonScale] = 1;
  beginTails(state);
  refreshBand(state);
  return state;
}

function judged(state: Float64Array, value: number) {
  const verdict = createVerdict();
  const prediction = {
    ...createPrediction(),
    expected: 100,
    residual: value - 100,
    offset: value - 100,
    scale: 1,
    floor: 0.1,
  };
  judge(state, NOW_MS, value, prediction, verdict);
  return verdict;
}

describe('verdict', () => {
  test('is 0 at the expectation, grows with the distance, and passes 1 at the limit', () => {
    const state = knownState();
    const limit = alarmLimit(state, 1);

    expect(judged(state, 100).score).toBe(0);
    expect(judged(state, 100 + limit / 2).score).toBeLessThan(1);
    expect(judged(state, 100 + 0.999 * limit).score).toBeLessThan(1);
    expect(judged(state, 100 + 1.001 * limit).score).toBeGreaterThan(1);
    expect(judged(state, 100 - 1.001 * alarmLimit(state, -1)).score).toBeGreaterThan(1);
    expect(judged(state, 1e300).score).toBeLessThanOrEqual(100);
  });

  test('sees many moderate points on one side as one improbable thing', () => {
    const state = knownState();
    state[SLOT.upperDriftTail + TAIL.mean] = 0.15;
    state[SLOT.upperDriftTail + TAIL.meanSquare] = 2 * 0.15 * 0.15;
    refreshBand(state);
    const alone = judged(state, 103.5).score;

    for (let i = 0; i < 6; i++) state[SLOT.drift] = driftAfter(state, 3.5);

    expect(alone).toBeLessThan(1);
    expect(judged(state, 103.5).score).toBeGreaterThan(1);
    expect(alarmLimit(state, 1)).toBeLessThan(3.5);
    expect(judged(state, 96.5).score).toBe(alone);
  });

  test('lets a value pass that stays where the series was, while the season is unproven', () => {
    const state = knownState();
    state[SLOT.raw] = 150;

    expect(judged(state, 150)).toMatchObject({ explainedBy: BY_SEASON });
    state[SLOT.unsureUntilMs] = NOW_MS + 1;

    expect(judged(state, 150)).toMatchObject({ explainedBy: BY_STAYING, score: 0, expected: 150 });
  });

  test('lets a value pass that stays where the series was, when the season predicts much worse than that', () => {
    const state = knownState();
    state[SLOT.raw] = 150;
    state[SLOT.seasonScale] = 3;

    expect(judged(state, 150).explainedBy).toBe(BY_STAYING);
  });

  test('lets a value pass at the level that was left lately', () => {
    const state = knownState();
    state[SLOT.otherBase] = 40;
    state[SLOT.otherUntilMs] = NOW_MS + 1;

    expect(judged(state, 40)).toMatchObject({ explainedBy: BY_OTHER_LEVEL, expected: 40 });
    expect(judged(state, 70).score).toBeGreaterThan(1);
  });

  test('takes a second zero for an outage in a series that is never zero, and for nothing in one that often is', () => {
    const state = knownState();
    const scale = 30;
    const prediction = { ...createPrediction(), expected: 100, residual: -100, offset: -100, scale, floor: 0.1 };
    const verdict = createVerdict();

    state[SLOT.lastValue] = 70;
    judge(state, NOW_MS, 0, prediction, verdict);
    const first = verdict.score;
    state[SLOT.lastValue] = 0;
    judge(state, NOW_MS, 0, prediction, verdict);
    const never = verdict.score;
    state[SLOT.zeroShare] = 0.3;
    judge(state, NOW_MS, 0, prediction, verdict);

    expect(first).toBeLessThan(0.5);
    expect(never).toBeGreaterThan(1);
    expect(verdict.score).toBeLessThan(0.7);
  });
});
