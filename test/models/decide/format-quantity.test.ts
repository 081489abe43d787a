import { describe, expect, it } from 'vitest';
import { formatDay, formatQuantity } from '../../../models/decide/format-quantity.ts';

describe('formatQuantity', () => {
  it.each([
    [0, 'bytes', '0 bytes'],
    [999, 'bytes', '999 bytes'],
    [999_999, 'bytes', '1 MB'],
    [123_456_789_000, 'bytes', '123 GB'],
    [5e18, 'bytes', '5000 PB'],
    [-2_500, 'bytes', '-2.5 kB'],
    [0.8734, 'ratio', '87.3 %'],
    [95, '%', '95 %'],
    [123_456, 'requests', '123456 requests'],
    [0.012345, 's', '0.0123 s'],
    [7, '', '7'],
    [Number.NaN, '%', 'unknown'],
  ])('words %d %s as %s', (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });
});

describe('formatDay', () => {
  it('is the UTC day, and fails when there is no such instant', () => {
    expect(formatDay(Date.UTC(2026, 9, 14, 23, 59))).toBe('14 Oct 2026');
    expect(() => formatDay(Number.NaN)).toThrow(RangeError);
  });
});
