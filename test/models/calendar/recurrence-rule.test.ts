import { describe, expect, test } from 'vitest';
import { parseRecurrenceRule } from '../../../models/calendar/recurrence-rule.ts';

describe('a recurrence rule', () => {
  test('is read whole', () => {
    expect(parseRecurrenceRule('freq=monthly;interval=2;byday=-1FR,MO;bymonth=1,2;until=20261231T230000Z')).toEqual({
      frequency: 'MONTHLY',
      interval: 2,
      count: null,
      until: { timeMs: Date.UTC(2026, 11, 31, 23), isUtc: true },
      months: [1, 2],
      monthDays: [],
      yearDays: [],
      days: [
        { weekday: 5, ordinal: -1 },
        { weekday: 1, ordinal: null },
      ],
      hours: [],
      minutes: [],
      positions: [],
      weekStart: 1,
    });
  });

  test.each([
    ['', 'an empty part is not understood'],
    ['nonsense', 'NONSENSE is not understood'],
    ['INTERVAL=2', 'FREQ must be'],
    ['FREQ=SECONDLY', 'FREQ must be'],
    ['FREQ=HOURLY', 'FREQ must be'],
    ['FREQ=DAILY;FREQ=DAILY', 'stands twice'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL must be between 1'],
    ['FREQ=DAILY;INTERVAL=1e3', 'INTERVAL must be between 1'],
    ['FREQ=DAILY;COUNT=', 'got nothing'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260101', 'both COUNT and UNTIL'],
    ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL must be like'],
    ['FREQ=DAILY;UNTIL=20260231', 'UNTIL must be like'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be between'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'must not be 0'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'BYDAY does not take 2MO'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY does not take XX'],
    ['FREQ=YEARLY;BYWEEKNO=2', 'BYWEEKNO is not understood'],
  ])('fails when it is %j', (text, message) => {
    expect(() => parseRecurrenceRule(text)).toThrow(message);
    expect(() => parseRecurrenceRule(text)).toThrow(RangeError);
  });
});
