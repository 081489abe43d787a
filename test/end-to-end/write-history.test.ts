import { expect, test } from 'vitest';
import { type Fate, fatesOf, findViolations, type SampleCode, type WriteEvent } from './write-history.ts';

const CODE: SampleCode = { startMs: 1_200_000, stepMs: 60_000, rollupMs: 300_000, valueAt: (index) => 100 + index };
const FATES: readonly Fate[] = ['acknowledged', 'acknowledged', 'unknown', 'never', 'acknowledged', 'acknowledged'];

function point(index: number, value = 100 + index) {
  return { timestampMs: 1_200_000 + index * 60_000, value };
}

const SOUND = {
  name: 'a',
  points: [point(0), point(1), point(4), point(5)],
  rollups: [
    { startMs: 1_200_000, count: 3 },
    { startMs: 1_500_000, count: 1 },
  ],
};

test('a history says of each sample whether it must, may or must not be there', () => {
  const event = (type: WriteEvent['type'], from: number, to: number, sender = 1): WriteEvent => ({
    type,
    sender,
    from,
    to,
  });
  const history = [
    event('invoke', 0, 2),
    event('invoke', 0, 9, 2),
    event('ok', 0, 2),
    event('invoke', 2, 3),
    event('info', 2, 3),
    event('invoke', 3, 4),
    event('fail', 3, 4),
    event('invoke', 4, 5),
    event('info', 4, 5),
    event('invoke', 4, 6),
    event('ok', 4, 6),
    event('invoke', 6, 7),
  ];

  expect(fatesOf(history, 1)).toEqual([...FATES, 'unknown']);
  expect(fatesOf(history, 2)).toEqual(Array.from({ length: 9 }, () => 'unknown'));
  expect(fatesOf(history, 3)).toEqual([]);
});

test('a sound store has no violations, with an unknown sample or without it', () => {
  expect(findViolations(SOUND, FATES, CODE)).toEqual([]);

  const withUnknown = {
    ...SOUND,
    points: [...SOUND.points, point(2)],
    rollups: [{ startMs: 1_200_000, count: 4 }, SOUND.rollups[1]!],
  };
  expect(findViolations(withUnknown, FATES, CODE)).toEqual([]);
});

test.each([
  [
    'a lost sample',
    { ...SOUND, points: SOUND.points.slice(0, 3), rollups: SOUND.rollups.slice(0, 1) },
    'a: sample 5 was acknowledged and is lost',
  ],
  ['a sample twice', { ...SOUND, points: [...SOUND.points, point(0)] }, 'a: sample 0 is there twice'],
  ['a sample that was refused', { ...SOUND, points: [...SOUND.points, point(3)] }, 'a: sample 3 was never sent'],
  ['a sample of nobody', { ...SOUND, points: [...SOUND.points, point(77)] }, 'a: sample 77 was never sent'],
  ['another value', { ...SOUND, points: [point(0, 7), ...SOUND.points.slice(1)] }, 'a: sample 0 has the value 7'],
  [
    'a sample counted twice',
    { ...SOUND, rollups: [{ startMs: 1_200_000, count: 4 }, SOUND.rollups[1]!] },
    'a: the rollup at 1970-01-01T00:20:00.000Z counts 4 of 3',
  ],
  [
    'a missing rollup',
    { ...SOUND, rollups: SOUND.rollups.slice(1) },
    'a: the rollup at 1970-01-01T00:20:00.000Z is missing',
  ],
])('%s is found', (_what, stored, violation) => {
  expect(findViolations(stored, FATES, CODE)).toContain(violation);
});
