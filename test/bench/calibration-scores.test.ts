import { expect, test } from 'vitest';
import { type Answer, formatScores, scoreAnswers } from '../../bench/calibration-scores.ts';

const answer = (change: Partial<Answer>): Answer => ({
  family: 'a',
  abstained: null,
  alreadyCrossed: false,
  leadTimeDays: 7,
  crossedDays: 10,
  p10Days: 8,
  p50Days: 10,
  p90Days: 12,
  probabilityWithinLeadTime: 0,
  probabilityWithinHorizon: 1,
  ...change,
});

const score = (answers: readonly Answer[]) => scoreAnswers(answers, ['a', 'b'], 400);

test('a true date falls before, inside or after the range; one that never comes falls after', () => {
  const { all } = score([
    answer({}),
    answer({ crossedDays: 7 }),
    answer({ crossedDays: 13 }),
    answer({ crossedDays: null }),
  ]);

  expect(all).toMatchObject({ dated: 4, before: 0.25, inside: 0.25, after: 0.5 });
});

test('where the range ends beyond the horizon, a date beyond it counts by what was said of it', () => {
  const open = { p90Days: null, crossedDays: null, probabilityWithinHorizon: 0.4 };

  // Half of all lies between p10 and p90 beyond the horizon, of six tenths that do.
  expect(score([answer(open)]).all).toMatchObject({ dated: 0, insideAll: 0.8333 });
  expect(score([answer({ ...open, crossedDays: 100 })]).all.insideAll).toBe(1);
});

test('who abstained or had crossed is counted, and asked nothing', () => {
  const { all, families, abstentions, horizon } = score([
    answer({}),
    answer({ abstained: 'no_skill', p10Days: null, p50Days: null, p90Days: null }),
    answer({ family: 'b', alreadyCrossed: true }),
  ]);

  expect(all).toMatchObject({ resources: 3, abstained: 1, alreadyCrossed: 1, dated: 1 });
  expect(families.map(({ family, resources }) => [family, resources])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(abstentions).toEqual({ no_skill: 1 });
  expect(horizon.bins).toEqual([{ from: 0.9, count: 1, said: 1, cameTrue: 1 }]);
});

test('Brier and the bins compare what was said with what came', () => {
  const { leadTime } = score([
    answer({ probabilityWithinLeadTime: 0.25, crossedDays: 3 }),
    answer({ probabilityWithinLeadTime: 0.25 }),
    answer({ probabilityWithinLeadTime: 0.95, crossedDays: 7 }),
  ]);

  expect(leadTime.brier).toBe(0.2092);
  expect(leadTime.bins).toEqual([
    { from: 0.2, count: 2, said: 0.25, cameTrue: 0.5 },
    { from: 0.9, count: 1, said: 0.95, cameTrue: 1 },
  ]);
});

test('the table names every family', () => {
  const table = formatScores(score([answer({})]));

  expect(table).toContain('\na ');
  expect(table).toContain('\nb ');
});
