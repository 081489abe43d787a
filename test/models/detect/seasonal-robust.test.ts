import { describe, expect, test } from 'vitest';
import { createSeasonalRobust } from '../../../models/detect/seasonal-robust.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { runDetector } from '../../support/detector-run.ts';
import {
  changedFrom,
  dailyWave,
  generateSeries,
  hourOfDay,
  MONDAY_MS,
  type Shape,
  type TimedValue,
  WELL_BEHAVED,
} from '../../support/generated-series.ts';
import { drawScores, readPicture } from '../../support/picture.ts';

const MINUTE_MS = 60_000;
const FIVE_MINUTES_MS = 300_000;
const detector = createSeasonalRobust({});
const wave: Shape = (random, ms) => 100 + 30 * dailyWave(ms) + 3 * random.normal();
const WAVE = { shape: wave, seed: 11, stepMs: FIVE_MINUTES_MS, days: 30 };
/** Four weeks in, ten in the morning. */
const ONSET_MS = MONDAY_MS + 28 * DAY_MS + 10 * HOUR_MS;

function anomaliesOf(series: readonly TimedValue[]) {
  return runDetector(detector, series).anomalies;
}

describe('well-behaved series', () => {
  const rates = new Map<string, number>();

  test.each(Object.entries(WELL_BEHAVED))('alarm at most once a month: %s', (name, shape) => {
    const months = 8;
    let anomalies = 0;
    for (let seed = 1; seed <= months / 2; seed++) {
      anomalies += anomaliesOf(generateSeries({ shape, seed, stepMs: FIVE_MINUTES_MS, days: 60 })).length;
    }

    rates.set(name, anomalies / months);
    expect(anomalies / months).toBeLessThanOrEqual(1);
  });

  test('alarm much less than once a month on average', () => {
    const mean = [...rates.values()].reduce((sum, rate) => sum + rate, 0) / rates.size;

    expect(rates.size).toBe(Object.keys(WELL_BEHAVED).length);
    expect(mean).toBeLessThan(0.3);
  });

  test.each([
    ['15 s', 15_000, 12],
    ['1 min', MINUTE_MS, 21],
    ['1 h', HOUR_MS, 120],
  ])('stay quiet at a cadence of %s', (_, stepMs, days) => {
    const shapes = Object.values(WELL_BEHAVED).slice(0, 3);

    const found = shapes.flatMap((shape) => anomaliesOf(generateSeries({ shape, seed: 5, stepMs, days })));

    expect(found.length).toBeLessThanOrEqual((shapes.length * days) / 30);
  });
});

describe('what went wrong is found', () => {
  const history = generateSeries(WAVE);

  test.each([
    ['a spike of one point', (value: number, sinceMs: number) => (sinceMs === 0 ? value + 60 : value), 'spike'],
    ['an outage of an hour', (value: number, sinceMs: number) => (sinceMs < HOUR_MS ? 0 : value), 'dip'],
    ['an outage of six hours', (value: number, sinceMs: number) => (sinceMs < 6 * HOUR_MS ? 0 : value), 'dip'],
    ['a step up that stays', (value: number) => value + 60, 'level_shift'],
    ['a step down that stays', (value: number) => value - 45, 'level_shift'],
  ] as const)('%s, at once and as one anomaly', (_, change, type) => {
    const anomalies = anomaliesOf(changedFrom(history, ONSET_MS, change));

    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatchObject({ type, open: false, startedAtMs: ONSET_MS });
  });

  test.each([
    ['15 s', 15_000, 9, 3],
    ['1 min', MINUTE_MS, 15, 3],
    ['1 h', HOUR_MS, 60, 20],
  ])('at a cadence of %s: a step, once, within a few points', (_, stepMs, days, rest) => {
    const onsetMs = MONDAY_MS + days * DAY_MS + 10 * HOUR_MS;
    const series = changedFrom(generateSeries({ ...WAVE, stepMs, days: days + rest }), onsetMs, (value) => value + 60);

    const anomalies = anomaliesOf(series).filter(({ startedAtMs }) => startedAtMs >= onsetMs);

    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]!.startedAtMs - onsetMs).toBeLessThanOrEqual(3 * stepMs);
    expect(anomalies[0]!.type).toBe('level_shift');
  });

  test('drop to zero in lognormal noise, where zero is not far out but never was', () => {
    const shape = WELL_BEHAVED['lognormal noise']!;
    const outage = changedFrom(generateSeries({ ...WAVE, shape }), ONSET_MS, (value, ms) => (ms < HOUR_MS ? 0 : value));

    const anomalies = anomaliesOf(outage).filter(({ startedAtMs }) => startedAtMs >= ONSET_MS);

    expect(anomalies[0]).toMatchObject({ type: 'dip', actual: 0 });
    expect(anomalies[0]!.startedAtMs - ONSET_MS).toBeLessThanOrEqual(FIVE_MINUTES_MS);
  });

  test('a spike in a quiet night, small as it is against the noise of the day', () => {
    const shape = WELL_BEHAVED['a quiet night and a noisy day']!;
    const nightMs = MONDAY_MS + 28 * DAY_MS + 3 * HOUR_MS;
    const series = changedFrom(generateSeries({ ...WAVE, shape }), nightMs, (value, ms) =>
      ms === 0 ? value + 12 : value,
    );

    expect(anomaliesOf(series)).toMatchObject([{ type: 'spike', startedAtMs: nightMs }]);
  });

  test('a value that is normal at noon but comes at night', () => {
    const nightMs = MONDAY_MS + 28 * DAY_MS + 2 * HOUR_MS;
    const series = changedFrom(history, nightMs, (value, ms) => (ms < HOUR_MS ? 125 : value));

    expect(anomaliesOf(series)[0]).toMatchObject({ startedAtMs: nightMs, type: 'spike' });
  });

  test('and does not spoil what was learned: a giant spike a week leaves the band nearly as it was', () => {
    const spiked = history.map(({ timestampMs, value }, i) => ({
      timestampMs,
      value: i % 2016 === 1000 ? value + 1000 : value,
    }));

    const clean = runDetector(detector, history).scores.at(-1)!;
    const after = runDetector(detector, spiked).scores.at(-1)!;

    expect(Math.abs(after.expected - clean.expected)).toBeLessThan(3);
    expect(after.upper - after.expected).toBeLessThan(2 * (clean.upper - clean.expected));
  });
});

describe('what is no anomaly stays quiet', () => {
  test.each([
    ['Europe/Berlin', 'spring', Date.UTC(2025, 2, 3), 42],
    ['Europe/Berlin', 'autumn', Date.UTC(2025, 8, 29), 42],
    ['America/New_York', 'spring', Date.UTC(2025, 1, 10), 42],
    ['America/New_York', 'autumn', Date.UTC(2025, 9, 6), 42],
  ])('the change of the clock in %s in %s', (timeZone, _, startMs, days) => {
    const zoned = createSeasonalRobust({ timeZone });
    const office = WELL_BEHAVED['an office: high from nine to five on weekdays']!;
    for (const shape of [wave, office]) {
      const series = generateSeries({ shape, seed: 21, stepMs: FIVE_MINUTES_MS, days, startMs, timeZone });

      expect(runDetector(zoned, series).anomalies).toEqual([]);
    }
  });

  test.each([
    ['an hour', HOUR_MS],
    ['a night', 9 * HOUR_MS],
    ['a weekend', 2 * DAY_MS],
    ['ten days', 10 * DAY_MS],
  ])('a gap of %s and the points after it', (_, gapMs) => {
    const fromMs = MONDAY_MS + 22 * DAY_MS + 9 * HOUR_MS;
    for (const shape of [wave, WELL_BEHAVED['lognormal noise']!]) {
      const series = generateSeries({ ...WAVE, shape, days: 40 }).filter(
        ({ timestampMs }) => timestampMs < fromMs || timestampMs >= fromMs + gapMs,
      );

      expect(anomaliesOf(series).filter(({ startedAtMs }) => startedAtMs >= fromMs)).toEqual([]);
    }
  });

  test('a constant that moves by a trifle', () => {
    const series = generateSeries({ ...WAVE, shape: () => 64 });

    expect(anomaliesOf(changedFrom(series, ONSET_MS, () => 64.5))).toEqual([]);
    expect(anomaliesOf(changedFrom(series, ONSET_MS, () => 90))).toMatchObject([{ type: 'level_shift' }]);
  });

  test('the first few errors of a service that never had any, but not a flood of them', () => {
    const series = generateSeries({ ...WAVE, shape: () => 0 });
    const asRate = (count: number) => (count * 1000) / FIVE_MINUTES_MS;

    expect(anomaliesOf(changedFrom(series, ONSET_MS, (_, ms) => (ms === 0 ? 2 : 0)))).toEqual([]);
    expect(anomaliesOf(changedFrom(series, ONSET_MS, (_, ms) => (ms === 0 ? asRate(2) : 0)))).toEqual([]);
    expect(anomaliesOf(changedFrom(series, ONSET_MS, (_, ms) => (ms === 0 ? 500 : 0)))).toMatchObject([
      { type: 'spike' },
    ]);
  });

  test('a slow leak: the baseline follows, and its band with it', () => {
    const leak: Shape = (random, ms) => 1e9 + ((ms - MONDAY_MS) / DAY_MS) * 2e7 + 3e6 * random.normal();

    const { scores, anomalies } = runDetector(detector, generateSeries({ ...WAVE, shape: leak }));

    expect(anomalies).toEqual([]);
    expect(Math.abs(scores.at(-1)!.expected - (1e9 + 30 * 2e7))).toBeLessThan(1e7);
  });

  test('a cadence that jitters, and one that changes for good', () => {
    const random = createRandom(8);
    const jittered = generateSeries(WAVE).map(({ timestampMs, value }) => ({
      timestampMs: timestampMs + random.below(200_000),
      value,
    }));
    const slowerFrom = MONDAY_MS + 20 * DAY_MS;
    const slower = generateSeries({ ...WAVE, stepMs: MINUTE_MS }).filter(
      ({ timestampMs }) => timestampMs < slowerFrom || timestampMs % (10 * MINUTE_MS) === 0,
    );

    expect(anomaliesOf(jittered)).toEqual([]);
    expect(anomaliesOf(slower)).toEqual([]);
  });

  test('the return to the old level after a shift that was taken for the new normal', () => {
    const series = changedFrom(generateSeries({ ...WAVE, days: 36 }), ONSET_MS, (value, ms) =>
      ms < 3 * DAY_MS ? value + 60 : value,
    );

    expect(anomaliesOf(series)).toHaveLength(1);
  });
});

describe('the band', () => {
  test('follows the hour of the day', () => {
    const { scores } = runDetector(detector, generateSeries(WAVE));
    const expectedAt = (hour: number) => scores[28 * 288 + hour * 12]!.expected;

    expect(expectedAt(14)).toBeGreaterThan(120);
    expect(expectedAt(2)).toBeLessThan(80);
  });

  test('knows that a weekend is no weekday', () => {
    const { scores } = runDetector(detector, generateSeries({ ...WAVE, days: 42 }));
    const expectedAtNoonOf = (day: number) => scores[day * 288 + 144]!.expected;

    expect(expectedAtNoonOf(35)).toBeGreaterThan(115); // Monday
    expect(expectedAtNoonOf(40)).toBeLessThan(105); // Saturday
  });

  test('follows the clock of the zone', () => {
    const tokyo = createSeasonalRobust({ timeZone: 'Asia/Tokyo' });
    const series = generateSeries({ ...WAVE, timeZone: 'Asia/Tokyo' });
    const { scores } = runDetector(tokyo, series);
    const noonInTokyo = series.findLastIndex(({ timestampMs }) => hourOfDay(timestampMs + 9 * HOUR_MS) === 14);

    expect(scores[noonInTokyo]!.expected).toBeGreaterThan(105);
  });
});

describe('pictures: one sign is one point, a digit ten units; two weeks of level 50 come before', () => {
  const before = generateSeries({ ...WAVE, shape: (random) => 50 + random.normal(), days: 14 });
  const startMs = MONDAY_MS + 14 * DAY_MS;

  test.each([
    ['5555555555', '..........', 'nothing happens'],
    ['5559555555', '...^......', 'a spike'],
    ['5550005555', '...vvv....', 'an outage'],
    ['5999999995', '.^^^^^^^^.', 'a step that ends within the hour'],
    ['55__5595__', '..__..^.__', 'missing values say nothing'],
    ['5    5559 ', '....^', 'a gap is no anomaly'],
    ['5959595959', '.^.^.^.^.^', 'one after another'],
  ])('%s → %s: %s', (line, expected) => {
    const points = readPicture(line, startMs, FIVE_MINUTES_MS);

    const { scores } = runDetector(detector, [...before, ...points]);

    expect(drawScores(points, scores.slice(before.length))).toBe(expected);
  });
});
