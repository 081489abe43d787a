import { describe, expect, it } from 'vitest';
import { formatDay, formatQuantity } from '../../../models/domain/quantity.ts';

describe('formatQuantity', () => {
  it.each([
    [0, 'bytes', '0 B'],
    [999, 'bytes', '999 B'],
    [1_536, 'bytes', '1.5 KiB'],
    [500 * 1_024 ** 3, 'bytes', '500 GiB'],
    [2 ** 70, 'bytes', '1,024 EiB'],
    [-2_560, 'bytes', '-2.5 KiB'],
    [0.8734, 'ratio', '87.3 %'],
    [95, '%', '95 %'],
    [123_456, 'requests', '123,456 requests'],
    [0.0123, 's', '12.3 ms'],
    [7, '', '7'],
    [Number.NaN, '%', 'unknown'],
    [2.5e-7, 'volts', '2.50e-7 volts'],
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
