import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { generateSeries, MONDAY_MS, type TimedValue, WELL_BEHAVED } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

const STEP_MS = 60_000;

/** A counter that grows by about a thousand a minute and begins anew at zero every so often. */
function counter(days: number, resetEveryMs: number): TimedValue[] {
  const random = createRandom(17);
  let value = 5e9;
  return Array.from({ length: (days * DAY_MS) / STEP_MS }, (_, i) => {
    const timestampMs = MONDAY_MS + i * STEP_MS;
    value = timestampMs % resetEveryMs === 0 ? 700 * random.uniform() : value + 1_000 + 30 * random.normal();
    return { timestampMs, value };
  });
}

describe('a counter', () => {
  test.each([
    ['every day', DAY_MS],
    ['every two hours', 2 * HOUR_MS],
  ])('that is reset %s alarms nobody', (_often, resetEveryMs) => {
    const street = openPainStreet();
    street.feed(counter(10, resetEveryMs), { kind: 'counter' });

    expect(drawDays(street.alerts(), MONDAY_MS, 10)).toBe('..........');
  });
});

describe('a pod with a new name', () => {
  test('alarms nobody, neither where it ends nor where it begins', () => {
    const series = generateSeries({
      shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!,
      seed: 5,
      stepMs: STEP_MS,
      days: 12,
    });
    const street = openPainStreet();
    const renamedMs = MONDAY_MS + 9.4 * DAY_MS;
    const pod = (name: string) => ({
      name,
      labels: [
        ['__name__', 'requests'],
        ['pod', name],
        ['service', 'shop'],
      ] as const,
    });
    street.feed(
      series.filter(({ timestampMs }) => timestampMs < renamedMs),
      pod('shop-7f9c'),
    );
    street.feed(
      series.filter(({ timestampMs }) => timestampMs >= renamedMs),
      pod('shop-84b1'),
    );

    expect(drawDays(street.alerts(), MONDAY_MS, 12)).toBe('............');
  });
});
