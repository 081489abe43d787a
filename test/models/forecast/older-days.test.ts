import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { olderDays, olderDaysEnd, withOlderDays } from '../../../models/forecast/older-days.ts';
import { hourlyRollups } from '../../support/decide-samples.ts';

/** Hours of days with these means, the first of which begins on day 10. */
const rowsOf = (means: readonly number[]) =>
  hourlyRollups(
    10 * DAY_MS,
    means.flatMap((mean) => Array<number>(24).fill(mean)),
  );

describe('older days', () => {
  it('are the means of the days that end where they are told to, from the first one with a value', () => {
    expect(olderDays(rowsOf([1, 2, 3]), 5 * DAY_MS, 13 * DAY_MS)).toEqual({
      endMs: 13 * DAY_MS,
      means: Float64Array.of(1, 2, 3),
    });
    expect(olderDays(rowsOf([1, 2, 3]), 11 * DAY_MS, 12 * DAY_MS)?.means).toEqual(Float64Array.of(2));
    expect(olderDays(rowsOf([1]), 5 * DAY_MS, 13 * DAY_MS)?.means).toEqual(Float64Array.of(1, Number.NaN, Number.NaN));
    expect(olderDays(rowsOf([]), 5 * DAY_MS, 13 * DAY_MS)).toBeUndefined();
  });

  it('leave out days of which only some hours are known, unless all days are like that', () => {
    const whole = rowsOf([1, 2, 3, 4]);
    const but = (leftOut: readonly number[]) => {
      const keeps = (_: number, row: number): boolean => !leftOut.includes(row);
      const { startsMs, counts, sums, mins, maxs, lasts } = whole;
      const [a, b, c, d, e, f] = [startsMs, counts, sums, mins, maxs, lasts].map((column) => column.filter(keeps));
      return { startsMs: a!, counts: b!, sums: c!, mins: d!, maxs: e!, lasts: f! };
    };
    const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
    const meansOf = (leftOut: readonly number[]) => olderDays(but(leftOut), 5 * DAY_MS, 14 * DAY_MS)?.means;

    expect(meansOf(hours(0, 18))).toEqual(Float64Array.of(2, 3, 4));
    expect(meansOf(hours(0, 6))).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(meansOf(hours(48, 60))).toEqual(Float64Array.of(1, 2, Number.NaN, 4));
    expect(meansOf(hours(0, 96).filter((hour) => hour % 24 !== 3))).toEqual(Float64Array.of(1, 2, 3, 4));
  });

  it('stand before the hours, with what is missing in between, and without what the hours know better', () => {
    const hoursFrom = (startMs: number) => ({ startMs, values: new Float64Array(24), lastValue: 0, watermarkMs: 0 });
    const older = { endMs: 13 * DAY_MS, means: Float64Array.of(1, 2, 3) };
    const daysBefore = (startMs: number) => withOlderDays(hoursFrom(startMs), older).olderDays;

    expect(daysBefore(13 * DAY_MS + 5 * HOUR_MS)).toEqual(older.means);
    expect(daysBefore(15 * DAY_MS)).toEqual(Float64Array.of(1, 2, 3, Number.NaN, Number.NaN));
    expect(daysBefore(12 * DAY_MS)).toEqual(Float64Array.of(1, 2));
    expect(daysBefore(2 * DAY_MS)).toEqual(new Float64Array(0));
    expect(withOlderDays(hoursFrom(0), undefined).olderDays).toBeUndefined();
  });

  it('keep the hour of the day with which they end, so that each stays on its date', () => {
    const older = { endMs: 13 * DAY_MS, means: Float64Array.of(1, 2, 3) };
    const endOf = (startMs: number) =>
      withOlderDays({ startMs, values: new Float64Array(24), lastValue: 0, watermarkMs: 0 }, older).olderEndMs;

    expect(endOf(13 * DAY_MS + 5 * HOUR_MS)).toBe(13 * DAY_MS);
    expect(endOf(15 * DAY_MS + 14 * HOUR_MS)).toBe(16 * DAY_MS);
    expect(endOf(12 * DAY_MS + HOUR_MS)).toBe(12 * DAY_MS);
  });

  it.each([
    ['UTC', '2026-07-01T00:00:00Z'],
    ['Europe/Vienna', '2026-06-30T22:00:00Z'],
    ['America/Los_Angeles', '2026-07-01T07:00:00Z'],
    ['Pacific/Auckland', '2026-06-30T12:00:00Z'],
  ])('end at midnight in %s', (timeZone, end) => {
    expect(new Date(olderDaysEnd(Date.parse('2026-07-01T10:00:00Z'), timeZone)).toISOString()).toBe(
      new Date(end).toISOString(),
    );
  });
});
