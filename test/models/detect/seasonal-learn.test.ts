import { describe, expect, test } from 'vitest';
import { DAY_BINS, profilesOf, SLOT, STATE_FLOATS, TAIL } from '../../../models/detect/seasonal-layout.ts';
import {
  beginTails,
  clamp,
  doubtedPace,
  learnScale,
  learnShape,
  learnTails,
  refreshBand,
} from '../../../models/detect/seasonal-learn.ts';
import { createPrediction, type Prediction } from '../../../models/detect/seasonal-predict.ts';
import { alarmLimit } from '../../../models/detect/seasonal-score.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const STEP_MS = 300_000;

function warmState(): Float64Array {
  const state = new Float64Array(STATE_FLOATS);
  state[SLOT.seenPoints] = 5000;
  state[SLOT.warm] = 1;
  state[SLOT.stepMs] = STEP_MS;
  state[SLOT.scale] = 1;
  state[SLOT.longScale] = 1;
  beginTails(state);
  refreshBand(state);
  return state;
}

function residualOf(residual: number): Prediction {
  return { ...createPrediction(), residual, offset: residual, scale: 1, floor: 0.001, dayPhase: 0.5, weekPhase: 0.5 };
}

describe('shape', () => {
  test('learns of a wild value no more than of one three scales away', () => {
    const learned = (offset: number) => {
      const state = warmState();
      learnShape(state, profilesOf(state), 30 * DAY_MS, 1, residualOf(offset));
      return [state[SLOT.base]!, profilesOf(state)[DAY_BINS.from + 48]!];
    };

    expect(learned(1e6)).toEqual(learned(3));
    expect(learned(3)[0]).toBeGreaterThan(0);
  });

  test('moves by a doubted value a tenth as far', () => {
    const base = (weight: number) => {
      const state = warmState();
      learnShape(state, profilesOf(state), 30 * DAY_MS, weight, residualOf(2));
      return state[SLOT.base]!;
    };

    expect(base(0.1)).toBeCloseTo(0.1 * base(1), 12);
  });

  test('fast levels hardly follow doubted points, however many a minute', () => {
    expect(doubtedPace(0.1, 3_600_000)).toBe(0.1);
    expect(doubtedPace(0.1, 15_000)).toBeCloseTo(0.005, 12);
  });
});

describe('scale', () => {
  test('settles near the mean absolute residual and forgets a wild one', () => {
    const random = createRandom(6);
    const state = warmState();
    state[SLOT.scale] = 40;
    for (let i = 0; i < 5000; i++) {
      const residual = i % 500 === 0 ? 1e9 : 3 * random.normal();
      learnScale(state, profilesOf(state), 1, { ...residualOf(residual), dayPhase: (i % 288) / 288 });
    }

    expect(state[SLOT.scale]).toBeGreaterThan(1.2);
    expect(state[SLOT.scale]).toBeLessThan(4);
  });

  test('of a constant does not vanish below what can be told apart', () => {
    const state = warmState();
    for (let i = 0; i < 5000; i++) learnScale(state, profilesOf(state), 1, { ...residualOf(0), floor: 0.5 });

    expect(state[SLOT.scale]).toBeGreaterThan(0.05);
  });
});

describe('tails', () => {
  test('start where three percent of the residuals lie beyond, and reach the alarm at the learned rarity', () => {
    const random = createRandom(12);
    const state = warmState();
    for (let i = 0; i < 40_000; i++) {
      state[SLOT.seenPoints]! += 1;
      learnTails(state, 1, residualOf(random.normal()));
    }

    expect(state[SLOT.upperTail + TAIL.start]).toBeGreaterThan(1.7);
    expect(state[SLOT.upperTail + TAIL.start]).toBeLessThan(2.1);
    state[SLOT.drift] = 0;
    expect(alarmLimit(state, 1)).toBeGreaterThan(3.5);
    expect(alarmLimit(state, 1)).toBeLessThan(5);
  });

  test('grow apart where one side is heavier', () => {
    const random = createRandom(13);
    const state = warmState();
    for (let i = 0; i < 40_000; i++) learnTails(state, 1, residualOf(Math.exp(random.normal()) - 1.6));
    state[SLOT.drift] = 0;
    refreshBand(state);

    expect(alarmLimit(state, 1)).toBeGreaterThan(5 * alarmLimit(state, -1));
  });

  test('learn nothing from a point of weight 0', () => {
    const state = warmState();
    const before = state.slice(SLOT.upperTail, SLOT.lowerTail);

    learnTails(state, 0, residualOf(500));

    expect(state.slice(SLOT.upperTail, SLOT.lowerTail)).toEqual(before);
  });

  test.each([
    [15_000, 13.15],
    [STEP_MS, 10.45],
    [3_600_000, 8.7],
  ])('alarm at a cadence of %i ms at %d nats: as often in a month at any cadence', (stepMs, nats) => {
    const state = warmState();
    state[SLOT.stepMs] = stepMs;

    refreshBand(state);

    expect(state[SLOT.alarmNats]).toBeCloseTo(nats, 0);
  });
});

test('clamp keeps the sign', () => {
  expect([clamp(5, 3), clamp(-5, 3), clamp(1, 3)]).toEqual([3, -3, 1]);
});
