import { describe, expect, test } from 'vitest';
import { gateWords } from '../../../models/detect/gate-words.ts';
import type { GateResult } from '../../../models/detect/judge.ts';

const HOLIDAY = {
  calendarId: 'c',
  title: 'Christmas',
  startMs: 0,
  endMs: 86_400_000,
  muteAlerts: true,
  excludeFromTraining: false,
  shiftMs: 0,
};

const CASES: readonly (readonly [GateResult, string])[] = [
  [{ gate: 'data', passed: true, value: 4 }, 'Value 4'],
  [{ gate: 'data', passed: false, value: null }, 'The sample is no finite number'],
  [{ gate: 'trained', passed: true, seenPoints: 0, neededPoints: 0, peers: 0 }, 'Trained'],
  [
    { gate: 'trained', passed: true, seenPoints: 4, neededPoints: 72, peers: 9 },
    'New: judged by the shape of 9 peers until its own history is better',
  ],
  [{ gate: 'trained', passed: false, seenPoints: 4, neededPoints: 72, peers: 0 }, 'Still learning: 4 of 72 points'],
  [{ gate: 'score', passed: true, score: 1.52, threshold: 1 }, 'Score 1.52, which must exceed 1'],
  [{ gate: 'direction', passed: true, direction: 'both', side: 'above' }, 'Both directions matter'],
  [
    { gate: 'direction', passed: false, direction: 'below', side: 'above' },
    'The value is above the expectation, and only below it matters',
  ],
  [{ gate: 'impact', passed: false, impact: 2, needed: 10 }, '2 away from the expectation, at least 10 matter'],
  [{ gate: 'calendar', passed: true, spans: [] }, 'No event of a calendar'],
  [{ gate: 'calendar', passed: false, spans: [HOLIDAY] }, 'Muted by Christmas (1 d)'],
  [{ gate: 'calendar', passed: true, spans: [HOLIDAY] }, 'During Christmas (1 d), which does not mute'],
  [{ gate: 'watch', passed: true, changeIds: [] }, 'No watch window of a change'],
  [{ gate: 'watch', passed: true, changeIds: ['a', 'b'] }, 'Within the watch window of a, b'],
  [{ gate: 'feedback', passed: true, feedbackId: null }, 'Nobody has called this shape not useful'],
  [{ gate: 'feedback', passed: false, feedbackId: 'f' }, 'This shape was called not useful (f)'],
];

describe('a gate in words', () => {
  test.each(CASES)('%#: says what it looked at', (result, detail) => {
    expect(gateWords(result)).toEqual({ gate: result.gate, passed: result.passed, detail });
  });
});
