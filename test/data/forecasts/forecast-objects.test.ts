import { describe, expect, it } from 'vitest';
import { capacityRows, createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import { dayOfLines, decodeDayLines, encodeDayLines } from '../../../data/forecasts/day-lines.ts';
import { createForecastArchive } from '../../../data/forecasts/forecast-archive.ts';
import { createOlderDaysStore } from '../../../data/forecasts/older-days.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleForecast, sampleTimeToLimit } from '../../support/decide-samples.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';

const WORKSPACE = 'aaaaaaaaaaaa';

describe('lines of a day', () => {
  const bytes = encodeDayLines({ day: 20_758, lines: ['{"a":"ü"}', '{}'] });

  it('come back as they were, none included', () => {
    expect(decodeDayLines(bytes)).toEqual({ day: 20_758, lines: ['{"a":"ü"}', '{}'] });
    expect(decodeDayLines(encodeDayLines({ day: 0, lines: [] }))).toEqual({ day: 0, lines: [] });
    expect(dayOfLines(bytes.subarray(0, 16))).toBe(20_758);
  });

  it('are refused where any byte was changed or is missing', () => {
    for (const at of [0, 12, 18, bytes.length - 1]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= 1;
      expect(() => decodeDayLines(damaged)).toThrow(expect.objectContaining({ code: 'store/corrupt' }));
    }
    expect(() => decodeDayLines(bytes.subarray(0, 10))).toThrow(expect.objectContaining({ code: 'store/corrupt' }));
  });

  it('are refused in a version that is not known', () => {
    const newer = Uint8Array.from(bytes);
    newer[4] = 9;
    expect(() => decodeDayLines(newer)).toThrow(expect.objectContaining({ code: 'store/version-unknown' }));
  });
});

describe('forecasts of earlier days', () => {
  const at = (days: number, hours = 0) => NOW_MS + days * DAY_MS + hours * HOUR_MS;
  const forecastAt = (madeAtMs: number) =>
    sampleForecast({ madeAtMs, daily: { startMs: 0, stepMs: DAY_MS, p10: [1.23456789], p50: [2], p90: [3] } });

  it('are found by the time they were made, and their values kept to five digits', async () => {
    const archive = createForecastArchive(createMemoryObjects());
    for (const day of [0, 1, 3]) {
      expect(await archive.isKept(WORKSPACE, 2, at(day, 5))).toBe(false);
      await archive.keep(WORKSPACE, 2, [forecastAt(at(day, 5))], at(day, 5));
      expect(await archive.isKept(WORKSPACE, 2, at(day, 6))).toBe(true);
    }
    const find = async (asOfMs: number) => (await archive.find(WORKSPACE, 2, 'series-disk', asOfMs))?.madeAtMs;

    expect(await find(at(0, 4))).toBeUndefined();
    expect(await find(at(0, 5))).toBe(at(0, 5));
    expect(await find(at(1, 4))).toBe(at(0, 5));
    expect(await find(at(2, 23))).toBe(at(1, 5));
    expect(await find(at(20))).toBe(at(3, 5));
    expect(await find(at(60))).toBeUndefined();
    expect((await archive.find(WORKSPACE, 2, 'series-disk', at(3, 6)))?.daily?.p10).toEqual([1.2346]);
    expect(await archive.find(WORKSPACE, 2, 'another', at(3, 6))).toBeUndefined();
    expect(await archive.find('bbbbbbbbbbbb', 2, 'series-disk', at(3, 6))).toBeUndefined();
  });

  it('give their place to those of 400 days later', async () => {
    const archive = createForecastArchive(createMemoryObjects());
    await archive.keep(WORKSPACE, 0, [forecastAt(at(0))], at(0));
    await archive.keep(WORKSPACE, 0, [forecastAt(at(400))], at(400));

    expect(await archive.find(WORKSPACE, 0, 'series-disk', at(5))).toBeUndefined();
    expect((await archive.find(WORKSPACE, 0, 'series-disk', at(401)))?.madeAtMs).toBe(at(400));
  });
});

describe('the capacity board', () => {
  it('holds the rows of the newest run', async () => {
    const board = createCapacityBoard(createMemoryObjects());
    const rows = capacityRows(sampleForecast());
    await board.write(WORKSPACE, 1, [...rows, ...rows], NOW_MS);
    await board.write(WORKSPACE, 1, rows, NOW_MS);

    expect(await board.read(WORKSPACE, 1)).toEqual([
      expect.objectContaining({ seriesId: 'series-disk', time: sampleTimeToLimit(), abstain: null }),
    ]);
    expect(await board.read(WORKSPACE, 0)).toEqual([]);
  });
});

describe('older days', () => {
  it('are those of the day on which they were kept', async () => {
    const store = createOlderDaysStore(createMemoryObjects());
    const days = new Map([['series-disk', { endMs: 5 * DAY_MS, means: Float64Array.of(1, Number.NaN, 2.5) }]]);
    await store.keep(WORKSPACE, 0, days, NOW_MS);

    expect(await store.read(WORKSPACE, 0, NOW_MS + HOUR_MS)).toEqual(days);
    expect(await store.read(WORKSPACE, 0, NOW_MS + DAY_MS)).toBeUndefined();
    expect(await store.read(WORKSPACE, 1, NOW_MS)).toBeUndefined();
  });
});
