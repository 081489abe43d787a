import { ServiceError } from '../../functions/platform/errors.ts';
import type { Forecast, QuantilePath } from '../../models/domain/forecast.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Objects } from '../contracts.ts';
import { DAY_LINES_HEAD_BYTES, type DayLines, dayOfLines, decodeDayLines, encodeDayLines } from './day-lines.ts';

/** Forecasts of so many days are kept; each slot is written again when its day comes round. */
const SLOTS = 400;
/** A service that stood still for longer said nothing in that time. */
const MOST_DAYS_BACK = 31;
/** Digits of a path's values that are kept. */
const DIGITS = 5;

/** What is kept of the forecasts of a shard beyond the newest one of each series. */
export interface ForecastArchive {
  /** Keeps these as the shard's forecasts of the day. Later runs of the day need not come: see `isKept`. */
  keep(workspace: string, shard: number, forecasts: readonly Forecast[], nowMs: number): Promise<void>;
  isKept(workspace: string, shard: number, nowMs: number): Promise<boolean>;
  /** What was forecast of a series by then: the newest kept forecast that was made by asOfMs; undefined where there is none. */
  find(workspace: string, shard: number, seriesId: string, asOfMs: number): Promise<Forecast | undefined>;
}

export function createForecastArchive(objects: Objects): ForecastArchive {
  const dayIn = async (key: string): Promise<number | undefined> => {
    const head = await objects.getRange(key, 0, DAY_LINES_HEAD_BYTES);
    return head && orDamaged(() => dayOfLines(head.bytes));
  };
  return {
    async keep(workspace, shard, forecasts, nowMs) {
      const day = Math.floor(nowMs / DAY_MS);
      const lines = forecasts.map((forecast) => JSON.stringify(shortened(forecast)));
      await objects.put(slotKey(workspace, shard, day), encodeDayLines({ day, lines }));
    },
    async isKept(workspace, shard, nowMs) {
      const day = Math.floor(nowMs / DAY_MS);
      return (await dayIn(slotKey(workspace, shard, day))) === day;
    },
    async find(workspace, shard, seriesId, asOfMs) {
      const newest = Math.floor(asOfMs / DAY_MS);
      for (let day = newest; day > newest - MOST_DAYS_BACK && day >= 0; day--) {
        const key = slotKey(workspace, shard, day);
        if ((await dayIn(key)) !== day) continue;
        const found = findIn(await readLines(objects, key), seriesId);
        if (found !== undefined && found.madeAtMs <= asOfMs) return found;
      }
      return undefined;
    },
  };
}

async function readLines(objects: Objects, key: string): Promise<DayLines | undefined> {
  const stored = await objects.get(key);
  return stored && orDamaged(() => decodeDayLines(stored.bytes));
}

function findIn(kept: DayLines | undefined, seriesId: string): Forecast | undefined {
  const beginning = `{"seriesId":${JSON.stringify(seriesId)},`;
  const line = kept?.lines.find((one) => one.startsWith(beginning));
  return line === undefined ? undefined : (JSON.parse(line) as Forecast);
}

/** A copy that is damaged is as good as none: what was forecast then is told from no other place, and nothing waits for it. */
function orDamaged<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'store/corrupt') return undefined;
    throw error;
  }
}

function slotKey(workspace: string, shard: number, day: number): string {
  return `forecasts/${workspace}/${shard}/day-${String(day % SLOTS).padStart(3, '0')}`;
}

/** Id first, by which it is found; values to five digits. */
function shortened({ seriesId, ...forecast }: Forecast): Forecast {
  return { seriesId, ...forecast, hourly: shorter(forecast.hourly), daily: shorter(forecast.daily) };
}

function shorter(path: QuantilePath | null): QuantilePath | null {
  const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(DIGITS)));
  return path && { ...path, p10: round(path.p10), p50: round(path.p50), p90: round(path.p90) };
}
