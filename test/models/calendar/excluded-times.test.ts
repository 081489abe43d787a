import { describe, expect, it } from 'vitest';
import { excludedTimes, withoutTimes } from '../../../models/calendar/excluded-times.ts';
import type { Calendar } from '../../../models/domain/calendar.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';

const START_MS = Date.UTC(2026, 0, 5);

function calendar(replaced: Partial<Calendar> = {}): Calendar {
  const event = {
    title: '',
    start: '2026-01-05T02:30:00',
    end: '2026-01-05T04:00:00',
    durationMs: null,
    timeZone: null,
  };
  return {
    calendarId: 'c',
    title: '',
    timeZone: 'UTC',
    selector: [{ name: 'env', value: 'prod' }],
    muteAlerts: false,
    excludeFromTraining: true,
    shiftMs: 0,
    events: [{ ...event, rrule: null, except: [], also: [] }],
    updatedAtMs: START_MS,
    ...replaced,
  };
}

function hours(calendars: readonly Calendar[], env: string): number[] {
  const values = Float64Array.of(0, 1, 2, 3, 4, 5);
  const given = { startMs: START_MS, values, lastValue: 5, watermarkMs: START_MS + 6 * HOUR_MS };
  const seen = withoutTimes(given, excludedTimes(calendars)([['env', env]]));

  expect([...values]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(seen.lastValue).toBe(5);
  return [...seen.values];
}

describe('hours that a calendar excludes from training', () => {
  it('are missing, each of which a part is excluded', () => {
    expect(hours([calendar()], 'prod')).toEqual([0, 1, Number.NaN, Number.NaN, 4, 5]);
  });

  it('are there for other series, and where a calendar only mutes', () => {
    expect(hours([calendar()], 'test')).toEqual([0, 1, 2, 3, 4, 5]);
    expect(hours([calendar({ excludeFromTraining: false, muteAlerts: true })], 'prod')).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('may lie before and after what there is', () => {
    const events = calendar().events.map((event) => ({
      ...event,
      start: '2026-01-01T00:00:00',
      end: '2026-01-05T01:00:00',
    }));

    expect(hours([calendar({ events })], 'prod')).toEqual([Number.NaN, 1, 2, 3, 4, 5]);
  });

  it('are none where a calendar cannot be expanded', () => {
    expect(hours([calendar({ timeZone: 'Mars/Olympus' })], 'prod')).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
