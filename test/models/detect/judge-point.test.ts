import { describe, expect, test } from 'vitest';
import { buildTimeline } from '../../../models/detect/calendar-timeline.ts';
import { COLD_START_FLOATS } from '../../../models/detect/cold-start.ts';
import { type Detector, SCORED, WARMING } from '../../../models/detect/detector.ts';
import { WATCH_FLOATS } from '../../../models/detect/evidence.ts';
import { HABIT_FLOATS } from '../../../models/detect/habits.ts';
import { createPointJudge } from '../../../models/detect/judge-point.ts';
import { PLAIN_POLICY, type Policy } from '../../../models/detect/policy.ts';

/** Counts what it learns; above 100 is anomalous, and the season is added to the expectation as far as it is shifted. */
const OVER_HUNDRED: Detector = {
  name: 'over-hundred',
  version: 1,
  stateFloats: 1,
  weekKnownMs: 0,
  init: () => undefined,
  score(state, _timestampMs, value, out, seasonShiftMs = 0) {
    out.kind = state[0]! < 1 ? WARMING : SCORED;
    out.neededPoints = 1;
    out.score = value > 100 ? 2 : 0.1;
    out.goesOn = value > 80;
    out.expected = 50 + seasonShiftMs;
  },
  learn(state) {
    state[0]! += 1;
  },
};

const EVENT = { calendarId: 'c', title: 'sale', startMs: 1_000, endMs: 2_000, muteAlerts: false, shiftMs: 0 };

/** Takes values, one a minute, by one judge. */
function judged(values: readonly number[], said: Partial<Policy> = {}) {
  const judge = createPointJudge(OVER_HUNDRED);
  const memory = {
    detector: new Float64Array(1),
    tracker: new Float64Array(WATCH_FLOATS),
    habits: new Float64Array(HABIT_FLOATS),
    cold: new Float64Array(COLD_START_FLOATS),
  };
  const policy = { ...PLAIN_POLICY, ...said };
  const events = values.map((value, i) => judge.take(memory, policy, (i + 1) * 60_000, value, i));
  return { events, verdict: judge.verdict, learned: memory.detector[0] };
}

describe('a point', () => {
  test('is learned, and nothing else, while the detector warms up', () => {
    const { events, verdict, learned } = judged([900]);

    expect(events).toEqual(['none']);
    expect(verdict).toMatchObject({ score: 0, heldBy: undefined, learned: true, out: { kind: WARMING } });
    expect(learned).toBe(1);
  });

  test('that is anomalous opens an anomaly', () => {
    const { events, verdict } = judged([1, 60, 900]);

    expect(events).toEqual(['none', 'none', 'opened']);
    expect(verdict).toMatchObject({ score: 2, still: false, out: { score: 2 } });
  });

  test('that goes on with an anomaly does so only where people want to hear of it', () => {
    const heard = judged([1, 60, 900, 90]);
    const unheard = judged([1, 60, 900, 90], { direction: 'below' });

    expect(heard.events.at(-1)).toBe('updated');
    expect(heard.verdict).toMatchObject({ heldBy: undefined, out: { goesOn: true } });
    expect(unheard.events.at(-1)).toBe('none');
    expect(unheard.verdict).toMatchObject({ heldBy: 'direction', out: { goesOn: false, score: 0 } });
  });

  test('that people do not want to hear of is scored and learned, and is no anomaly', () => {
    const { events, verdict, learned } = judged([1, 60, 900], { direction: 'below' });

    expect(events).toEqual(['none', 'none', 'none']);
    expect(verdict).toMatchObject({ score: 2, heldBy: 'direction', learned: true, out: { score: 0 } });
    expect(learned).toBe(3);
  });

  test('below the threshold of the policy is none, and nobody holds it back', () => {
    expect(judged([1, 60, 900], { threshold: 4 }).verdict).toMatchObject({ heldBy: undefined, out: { score: 0.5 } });
  });

  test('that a calendar excludes from training is judged, and not learned', () => {
    const timeline = buildTimeline([{ ...EVENT, excludeFromTraining: true, startMs: 120_000, endMs: 240_000 }]);

    const { events, verdict, learned } = judged([1, 60, 900], { timeline });

    expect(events.at(-1)).toBe('opened');
    expect(verdict.learned).toBe(false);
    expect(learned).toBe(1);
  });

  test('within a shifted season is expected to be what comes then', () => {
    const timeline = buildTimeline([{ ...EVENT, excludeFromTraining: false, shiftMs: 7, startMs: 0, endMs: 1e9 }]);

    expect(judged([1, 60], { timeline }).verdict.out.expected).toBe(57);
  });

  test('says that the detector has begun anew where a new normal was accepted', () => {
    const acceptedNormals = [{ baselineId: 'b', fromMs: 120_000 }];

    const { verdict, learned } = judged([1, 60], { acceptedNormals });

    expect(verdict.anew).toBe(true);
    expect(learned).toBe(1);
  });
});
