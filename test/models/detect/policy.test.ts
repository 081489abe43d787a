import { describe, expect, test } from 'vitest';
import { buildTimeline } from '../../../models/detect/calendar-timeline.ts';
import { createScoreOut, SCORED, type ScoreOut } from '../../../models/detect/detector.ts';
import { gatedScore } from '../../../models/detect/judge.ts';
import {
  changesAt,
  holdingGate,
  mutingFeedback,
  neededImpact,
  PLAIN_POLICY,
  type Policy,
  thresholdAt,
} from '../../../models/detect/policy.ts';

function answer(score: number, expected = 50): ScoreOut {
  return { ...createScoreOut(), kind: SCORED, score, expected };
}

function policy(replaced: Partial<Policy>): Policy {
  return { ...PLAIN_POLICY, ...replaced };
}

const MUTED_FROM_10_TO_20 = buildTimeline([
  {
    calendarId: 'c',
    title: 'maintenance',
    startMs: 10,
    endMs: 20,
    muteAlerts: true,
    excludeFromTraining: false,
    shiftMs: 0,
  },
]);

describe('the gate that holds a value back', () => {
  test.each([
    ['nothing was said', {}, 5, 60, undefined],
    ['above, where above is looked for', { direction: 'above' }, 5, 60, undefined],
    ['below, where above is looked for', { direction: 'above' }, 5, 40, 'direction'],
    ['above, where below is looked for', { direction: 'below' }, 5, 60, 'direction'],
    ['farther than the least impact', { minImpact: 9 }, 5, 60, undefined],
    ['just as far', { minImpact: 10 }, 5, 60, undefined],
    ['nearer', { minImpact: 11 }, 5, 60, 'impact'],
    ['nearer on the other side', { minImpact: 11 }, 5, 40, 'impact'],
    ['a fifth of the expectation, where a tenth matters', { minImpactRelative: 0.1 }, 5, 60, undefined],
    ['a fifth of the expectation, where half matters', { minImpactRelative: 0.5 }, 5, 60, 'impact'],
    ['before the mute', { timeline: MUTED_FROM_10_TO_20 }, 9, 60, undefined],
    ['in the mute', { timeline: MUTED_FROM_10_TO_20 }, 10, 60, 'calendar'],
    ['direction before impact and calendar', { direction: 'below', minImpact: 99 }, 10, 60, 'direction'],
  ] as const)('%s', (_why, replaced, atMs, value, gate) => {
    expect(holdingGate(policy(replaced), atMs, value, false, answer(2))).toBe(gate);
  });

  test('is the impact where a series that hardly ever moves, moves by less than a percent', () => {
    expect(holdingGate(PLAIN_POLICY, 0, 50.4, true, answer(9))).toBe('impact');
    expect(holdingGate(PLAIN_POLICY, 0, 50.4, false, answer(9))).toBeUndefined();
    expect(holdingGate(PLAIN_POLICY, 0, 50.5, true, answer(9))).toBeUndefined();
  });

  test('needs the larger of two impacts', () => {
    const both = policy({ minImpact: 3, minImpactRelative: 0.1 });

    expect(neededImpact(both, 10, false)).toBe(3);
    expect(neededImpact(both, -100, false)).toBe(10);
  });
});

describe('the threshold', () => {
  const watched = policy({
    threshold: 2,
    watches: [
      { changeId: 'old', fromMs: 0, toMs: 20, threshold: 0.5 },
      { changeId: 'new', fromMs: 10, toMs: 30, threshold: 3 },
    ],
  });

  test.each([
    [-1, 2, []],
    [0, 1, ['old']],
    [10, 3, ['new', 'old']],
    [20, 6, ['new']],
    [30, 2, []],
  ])('at %d is %d, after changes %j', (atMs, threshold, changes) => {
    expect(thresholdAt(watched, atMs)).toBe(threshold);
    expect(changesAt(watched, atMs)).toEqual(changes);
  });

  test('divides the score', () => {
    expect(gatedScore(policy({ threshold: 2 }), 0, 60, false, answer(3))).toBe(1.5);
    expect(gatedScore(policy({ threshold: 0.5 }), 0, 60, false, answer(0.8))).toBe(1.6);
  });

  test('leaves scores alone that no gate has to hold back', () => {
    expect(gatedScore(policy({ direction: 'above' }), 0, 40, false, answer(0.8))).toBe(0.8);
    expect(gatedScore(policy({ direction: 'above' }), 0, 40, false, answer(1.8))).toBe(0);
  });
});

describe('feedback', () => {
  const shape = { type: 'spike', side: 'above', deviation: 40, durationMs: 0, startedAtMs: 0 } as const;
  const silenced = policy({ mutedShapes: [{ feedbackId: 'f', shape, when: 'always' }] });
  const spike = { type: 'spike', startedAtMs: 5, lastAtMs: 5, actual: 90, expected: 50 } as const;

  test('mutes what it was given for, and names itself', () => {
    expect(mutingFeedback(silenced, spike)?.feedbackId).toBe('f');
  });

  test('lets pass what is clearly larger', () => {
    expect(mutingFeedback(silenced, { ...spike, actual: 120 })).toBeUndefined();
  });
});
