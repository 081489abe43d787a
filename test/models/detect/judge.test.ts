import { describe, expect, test } from 'vitest';
import { buildTimeline } from '../../../models/detect/calendar-timeline.ts';
import { createScoreOut, SCORED, type ScoreOut, WARMING } from '../../../models/detect/detector.ts';
import { gatedScore, judge } from '../../../models/detect/judge.ts';
import { PLAIN_POLICY, type Policy } from '../../../models/detect/policy.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const SPIKE = { timestampMs: 15, value: 90, still: false };

function answer(score: number): ScoreOut {
  return { ...createScoreOut(), kind: SCORED, score, expected: 50 };
}

function namesOf(policy: Policy, point = SPIKE, out = answer(2)): string {
  const { gates } = judge(policy, point, out);
  return gates.map(({ gate, passed }) => (passed ? gate : `!${gate}`)).join(' ');
}

describe('a judgement', () => {
  test('names every gate in its order', () => {
    expect(namesOf(PLAIN_POLICY)).toBe('data trained score direction impact calendar watch feedback');
  });

  test('ends where there is no data', () => {
    expect(namesOf(PLAIN_POLICY, { ...SPIKE, value: Number.NaN })).toBe('!data');
    expect(judge(PLAIN_POLICY, { ...SPIKE, value: Number.NaN }, answer(2)).score).toBe(0);
  });

  test('ends where the detector still learns, and says how much it needs', () => {
    const out: ScoreOut = { ...createScoreOut(), kind: WARMING, seenPoints: 3, neededPoints: 72 };

    expect(judge(PLAIN_POLICY, SPIKE, out)).toEqual({
      score: 0,
      gates: [
        { gate: 'data', passed: true, value: 90 },
        { gate: 'trained', passed: false, seenPoints: 3, neededPoints: 72, peers: 0 },
      ],
    });
  });

  test('names all that hold a value back, not only the first', () => {
    const policy: Policy = { ...PLAIN_POLICY, direction: 'below', minImpact: 100, threshold: 3 };

    expect(namesOf(policy)).toBe('data trained !score !direction !impact calendar watch feedback');
  });

  test('says what each gate looked at', () => {
    const policy: Policy = {
      ...PLAIN_POLICY,
      minImpactRelative: 0.5,
      watches: [{ changeId: 'deploy', fromMs: 10, toMs: 20, threshold: 0.5 }],
    };
    const { score, gates } = judge(policy, SPIKE, answer(2));

    expect(score).toBe(4);
    expect(gates).toContainEqual({ gate: 'score', passed: true, score: 2, threshold: 0.5 });
    expect(gates).toContainEqual({ gate: 'impact', passed: true, impact: 40, needed: 25 });
    expect(gates).toContainEqual({ gate: 'watch', passed: true, changeIds: ['deploy'] });
  });

  test('hears feedback on the anomaly that the value belongs to', () => {
    const shape = { type: 'spike', side: 'above', deviation: 40, durationMs: 0, startedAtMs: 0 } as const;
    const policy: Policy = { ...PLAIN_POLICY, mutedShapes: [{ feedbackId: 'f', shape, when: 'always' }] };
    const episode = { type: 'spike', startedAtMs: 15, lastAtMs: 15, actual: 90, expected: 50 } as const;
    const { score, gates } = judge(policy, { ...SPIKE, episode }, answer(2));

    expect(score).toBe(0);
    expect(gates.at(-1)).toEqual({ gate: 'feedback', passed: false, feedbackId: 'f' });
    expect(judge(policy, SPIKE, answer(2)).score).toBe(2);
  });

  test('comes to the same score as the room does', () => {
    const random = createRandom(8);
    const timeline = buildTimeline([
      {
        calendarId: 'c',
        title: '',
        startMs: 10,
        endMs: 20,
        muteAlerts: true,
        excludeFromTraining: false,
        shiftMs: 0,
      },
    ]);
    for (let i = 0; i < 2_000; i++) {
      const policy: Policy = {
        ...PLAIN_POLICY,
        direction: (['above', 'below', 'both'] as const)[random.below(3)]!,
        minImpact: 20 * random.uniform(),
        minImpactRelative: random.uniform(),
        threshold: 0.5 + random.uniform(),
        timeline: random.below(2) === 0 ? null : timeline,
      };
      const point = { timestampMs: random.below(30), value: 100 * random.uniform(), still: random.below(2) === 0 };
      const out = answer(3 * random.uniform());
      const { score, gates } = judge(policy, point, out);

      expect(score).toBe(gatedScore(policy, point.timestampMs, point.value, point.still, out));
      expect(score > 1).toBe(gates.every(({ passed }) => passed));
    }
  });
});
