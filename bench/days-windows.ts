import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { createRandom } from '../models/numeric/random.ts';
import { FAMILIES, knownResource } from './calibration-resources.ts';
import { type CsvSeries, readCsvFolder } from './series-csv.ts';

/** A past to forecast from, and what came. */
export interface DayWindow {
  readonly source: string;
  /** Means of hours, NaN = missing; the newest is known. */
  readonly pastHours: Float64Array;
  /** Means of the days after it, NaN = missing. */
  readonly futureDays: Float64Array;
}

const DAY_HOURS = 24;
const FEWEST_PAST_DAYS = 28;
const FEWEST_FUTURE_DAYS = 14;
const DAYS_BETWEEN_ORIGINS = 15;

/** Resources of the calibration bench, cut where their future begins. */
export function generatedWindows(count: number, seed: number, futureDays: number): DayWindow[] {
  const families = Object.keys(FAMILIES);
  return Array.from({ length: count }, (_, k) => {
    const source = families[k % families.length]!;
    const { values, pastHours } = knownResource(source, createRandom(seed + k), futureDays);
    return { source, ...cut(values, pastHours, futureDays) };
  });
}

/** Windows of measured series: from the 28th day on an origin every fifteen days that has two weeks after it. */
export function measuredWindows(folder: string, futureDays: number): DayWindow[] {
  return readCsvFolder(folder).flatMap((series) => {
    const hours = hourlyMeans(series);
    const windows: DayWindow[] = [];
    for (
      let day = FEWEST_PAST_DAYS;
      day + FEWEST_FUTURE_DAYS <= hours.length / DAY_HOURS;
      day += DAYS_BETWEEN_ORIGINS
    ) {
      // A forecast begins after the newest hour that is known.
      const end = hours.subarray(0, day * DAY_HOURS).findLastIndex((hour) => !Number.isNaN(hour)) + 1;
      windows.push({ source: series.name, ...cut(hours, end, futureDays) });
    }
    return windows;
  });
}

function cut(hours: Float64Array, pastHours: number, futureDays: number): Omit<DayWindow, 'source'> {
  return {
    pastHours: hours.slice(0, pastHours),
    futureDays: Float64Array.from({ length: futureDays }, (_, day) =>
      dayMean(hours.subarray(pastHours + day * DAY_HOURS, pastHours + (day + 1) * DAY_HOURS)),
    ),
  };
}

/** NaN where less than half of the day was seen. */
function dayMean(hours: Float64Array): number {
  const seen = hours.filter((hour) => !Number.isNaN(hour));
  return seen.length < DAY_HOURS / 2 ? Number.NaN : seen.reduce((sum, hour) => sum + hour, 0) / seen.length;
}

function hourlyMeans({ columns: { timestampsMs, values } }: CsvSeries): Float64Array {
  const firstMs = timestampsMs.reduce((least, atMs) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  const lastMs = timestampsMs.reduce((most, atMs) => Math.max(most, atMs), Number.NEGATIVE_INFINITY);
  const startMs = Math.ceil(firstMs / DAY_MS) * DAY_MS;
  const hours = Math.max(0, Math.floor((lastMs - startMs) / HOUR_MS));
  const sums = new Float64Array(hours);
  const counts = new Float64Array(hours);
  timestampsMs.forEach((atMs, row) => {
    const hour = Math.floor((atMs - startMs) / HOUR_MS);
    if (hour < 0 || hour >= hours || Number.isNaN(values[row]!)) return;
    sums[hour]! += values[row]!;
    counts[hour]! += 1;
  });
  return sums.map((sum, hour) => sum / counts[hour]!);
}
