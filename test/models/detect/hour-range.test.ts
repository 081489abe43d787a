import { describe, expect, test } from 'vitest';
import { beginHourRange, distanceFromHour, HOUR_RANGE_FLOATS, widenHour } from '../../../models/detect/hour-range.ts';

const FROM = 2;
const NOON = 0.5;

function range(): Float32Array {
  const view = new Float32Array(FROM + HOUR_RANGE_FLOATS);
  beginHourRange(view, FROM);
  return view;
}

describe('range by hour', () => {
  test('calls nothing far from a time at which nothing was seen', () => {
    const view = range();
    widenHour(view, FROM, 0, 5);

    expect(distanceFromHour(view, FROM, NOON, 1e9)).toBe(0);
  });

  test('knows at two in the morning the job that ran at two, and not at noon', () => {
    const view = range();
    for (const value of [20, 80]) widenHour(view, FROM, 2 / 24, value);
    for (const value of [18, 22]) widenHour(view, FROM, NOON, value);

    expect(distanceFromHour(view, FROM, 2 / 24, 70)).toBe(0);
    expect(distanceFromHour(view, FROM, NOON, 70)).toBe(48);
    expect(distanceFromHour(view, FROM, NOON, 10)).toBe(8);
  });

  test('allows half an hour on either side, across midnight too', () => {
    const view = range();
    widenHour(view, FROM, 0.999, 50);
    widenHour(view, FROM, 0.001, 10);

    expect(distanceFromHour(view, FROM, 0.001, 50)).toBe(0);
    expect(distanceFromHour(view, FROM, 0.025, 50)).toBe(40);
  });
});
