import { describe, expect, test } from 'vitest';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { probabilityBefore, timeToLimit } from '../../models/forecast/time-to-limit.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { forecastOf, limitOf, START_MS } from '../support/hourly-shapes.ts';

/*
 * What people report of alarms that a disk will fill: each a picture of eight weeks, one character a day from a Monday
 * on. A digit is tens of percent at the start of its day, a dot lies on the line to the next digit. Now is the end of
 * the eighth week; where a picture goes on, it is only to say where the last line was going.
 * The answer is a picture too: what is said of the next 1, 2, 4, 8, 16 and 32 weeks.
 */
const WEEKS = [1, 2, 4, 8, 16, 32];
const DAYS = 56;
const END_HOUR = DAYS * 24;
const NOW_MS = START_MS + DAYS * DAY_MS;

/** `.` no danger (under 5 %), `?` possible, `!` more likely than not. */
function signOf(probability: number): string {
  if (probability < 0.05) return '.';
  return probability <= 0.5 ? '?' : '!';
}

interface Story {
  readonly days: string;
  /** In percent, besides the picture. */
  readonly add?: (hour: number) => number;
  readonly limit?: Limit;
}

function hoursOf({ days, add = () => 0 }: Story): Float64Array {
  const random = createRandom(20260105);
  const anchors = days
    .split('')
    .flatMap((sign, day) => (sign === '.' ? [] : [{ hour: day * 24, value: 10 * Number(sign) }]));
  return Float64Array.from({ length: END_HOUR }, (_, hour) => {
    const left = anchors.findLast((anchor) => anchor.hour <= hour)!;
    const right = anchors.find((anchor) => anchor.hour > hour) ?? left;
    const share = right === left ? 0 : (hour - left.hour) / (right.hour - left.hour);
    return left.value + share * (right.value - left.value) + add(hour) + 0.2 * random.normal();
  });
}

function told(story: Story): string {
  const values = hoursOf(story);
  const outcome = forecastOf(values);
  const limit = story.limit ?? limitOf(90);
  const time = timeToLimit({ outcome, limit, nowMs: NOW_MS, currentValue: values.at(-1)!, seed: 7 });
  return WEEKS.map((weeks) => signOf(probabilityBefore(time, NOW_MS, NOW_MS + 7 * weeks * DAY_MS))).join('');
}

const FLAT = '5......................................................5';
const limitAfter = (days: number, value: number): Limit => ({
  ...limitOf(90),
  changes: [{ fromMs: NOW_MS + days * DAY_MS, value }],
});

describe('no alarm', () => {
  test.each<[string, Story]>([
    ['a flat disk', { days: FLAT }],
    ['a log that is rotated every week', { days: '4.....84.....84.....84.....84.....84.....84.....84.....84' }],
    ['a bulk load, then flat', { days: '3......3......3......3......37......7......7......7....7' }],
    ['a volume that was deleted', { days: '6......6......6......6.....6......6......6......61......1' }],
    [
      'a capacity that was doubled, as a share that is used',
      { days: '4...........................63...........................4' },
    ],
    ['a clean-up twice a day', { days: FLAT, add: (hour) => 2.8 * (hour % 12) }],
    ['work days and weekends', { days: FLAT, add: (hour) => (Math.floor(hour / 24) % 7 < 5 ? 30 : 0) }],
    ['one spike', { days: FLAT, add: (hour) => (hour >= END_HOUR - 50 && hour < END_HOUR - 47 ? 38 : 0) }],
    ['one spike that has just begun', { days: FLAT, add: (hour) => (hour >= END_HOUR - 2 ? 38 : 0) }],
  ])('for %s', (_, story) => {
    expect(told(story)).toBe('......');
  });
});

describe('an alarm in time', () => {
  test('for a disk that fills', () => {
    // From 30 to 60 in eight weeks: the next 30 in as many.
    expect(told({ days: '3......................................................6' })).toMatch(/^\.\.\.[.?!]!!$/);
  });

  test('for one that fills on work days only, none of them at the weekend', () => {
    const add = (hour: number): number => 5 * (Math.floor(hour / 168) + Math.min(1, (hour % 168) / 120));

    // Now at 40 + 40: two more weeks.
    expect(told({ days: '4......4......4......4......4......4......4......4.....4', add })).toMatch(/^\.[?!]!!!!$/);
  });

  test('for one whose capacity was doubled in the middle: as used bytes against a capacity that is told', () => {
    const days = '2......................................................6';

    // From 20 to 60 in eight weeks: the next 30 in six, the next 120 in twenty-four.
    expect(told({ days })).toMatch(/^\.\.[.?][!]!!$/);
    expect(told({ days, limit: limitOf(2 * 90) })).toMatch(/^\.\.\.\.[.?]!$/);
  });

  test('for a limit that is lowered, on the day that it comes down and not before', () => {
    expect(told({ days: FLAT, limit: limitAfter(10, 45) })).toBe('.!!!!!');
    expect(told({ days: FLAT, limit: limitAfter(-10, 55) })).toBe('......');
  });

  test('for a limit that is raised, later', () => {
    const days = '3......................................................8';

    expect(told({ days })).toMatch(/^[.?!]!!!!!$/);
    expect(told({ days, limit: { ...limitOf(90), changes: limitAfter(3, 900).changes! } })).toBe('......');
  });
});
