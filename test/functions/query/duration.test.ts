import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../functions/query/duration.ts';

describe('durations', () => {
  it.each([
    ['14d', 1_209_600_000, '14d'],
    ['36h', 129_600_000, '36h'],
    ['24h', 86_400_000, '1d'],
    ['90m', 5_400_000, '90m'],
    ['1.5s', 1_500, '1.5s'],
    [5_400, 5_400_000, '90m'],
    [0, 0, '0s'],
  ])('read %s as %i ms and write it as %s', (given, durationMs, written) => {
    expect(parseDuration(given)).toBe(durationMs);
    expect(formatDuration(durationMs)).toBe(written);
  });

  it.each(['', '14', 'd', '1w', '-1d', '1e3s', '1d12h'])('do not take %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
