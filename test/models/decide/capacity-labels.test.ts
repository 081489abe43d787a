import { expect, it } from 'vitest';
import { capacityLabels, newestTold } from '../../../models/decide/capacity-labels.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { hourlyRollups } from '../../support/decide-samples.ts';

it('the series that tells a limit has the same labels under its own name', () => {
  expect(
    capacityLabels(
      [
        ['Zone', 'a'],
        ['__name__', 'used'],
        ['device', 'used'],
      ],
      'size',
    ),
  ).toEqual([
    ['Zone', 'a'],
    ['__name__', 'size'],
    ['device', 'used'],
  ]);
});

it('the newest value is believed for two days, where it is a number', () => {
  const rows = hourlyRollups(0, [5, 7]);

  expect(newestTold(rows, HOUR_MS + 2 * DAY_MS)).toBe(7);
  expect(newestTold(rows, HOUR_MS + 2 * DAY_MS + 1)).toBeUndefined();
  expect(newestTold(hourlyRollups(0, [Number.NaN]), HOUR_MS)).toBeUndefined();
  expect(newestTold(hourlyRollups(0, []), 0)).toBeUndefined();
});
