import { describe, expect, test } from 'vitest';
import { createParseTime } from '../../../local/replay/parse-time.ts';

const iso = (text: string, timeZone = 'UTC') => {
  const timestampMs = createParseTime(timeZone)(text);
  return timestampMs === undefined ? undefined : new Date(timestampMs).toISOString();
};

describe('a time', () => {
  test.each([
    ['1396310400', '2014-04-01T00:00:00.000Z'],
    ['1396310400.5', '2014-04-01T00:00:00.500Z'],
    ['1396310400000', '2014-04-01T00:00:00.000Z'],
    ['1396310400000000', '2014-04-01T00:00:00.000Z'],
    ['1396310400000000000', '2014-04-01T00:00:00.000Z'],
    ['2014-04-01T00:00:00Z', '2014-04-01T00:00:00.000Z'],
    ['2014-04-01T02:00:00.250+02:00', '2014-04-01T00:00:00.250Z'],
    ['2014-04-01 00:00:00', '2014-04-01T00:00:00.000Z'],
    ['2014/04/01 00:00', '2014-04-01T00:00:00.000Z'],
    ['2014-04-01', '2014-04-01T00:00:00.000Z'],
    ['2014-04-01 00:00:00 UTC', '2014-04-01T00:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(iso(text)).toBe(time);
  });

  test.each([
    ['2026-07-01 12:00:00', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01 12:00:00', '2026-12-01T11:00:00.000Z'],
    ['2026-03-29 03:30:00', '2026-03-29T01:30:00.000Z'],
    ['2026-07-01T12:00:00Z', '2026-07-01T12:00:00.000Z'],
  ])('%s on the clock of Berlin is %s', (text, time) => {
    expect(iso(text, 'Europe/Berlin')).toBe(time);
  });

  test.each(['', 'yesterday', '2014-02-30', '2014-04-01 25:00:00', '01.04.2014', '12:00'])('fails for %j', (text) => {
    expect(iso(text)).toBeUndefined();
  });
});
