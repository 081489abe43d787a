import type { OlderDays } from '../../models/domain/older-days.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Objects } from '../contracts.ts';
import { decodeDayLines, encodeDayLines } from './day-lines.ts';

/** Days of the limited series of a shard before those whose hours are read for each forecast: summed up once a day. */
export interface OlderDaysStore {
  /** Those that were kept on this day; undefined where none were. */
  read(workspace: string, shard: number, nowMs: number): Promise<ReadonlyMap<string, OlderDays> | undefined>;
  keep(workspace: string, shard: number, days: ReadonlyMap<string, OlderDays>, nowMs: number): Promise<void>;
}

/** A mean of a day needs no more. */
const DIGITS = 7;

type Line = readonly [seriesId: string, endMs: number, ...means: (number | null)[]];

export function createOlderDaysStore(objects: Objects): OlderDaysStore {
  return {
    async read(workspace, shard, nowMs) {
      const stored = await objects.get(keyOf(workspace, shard));
      if (stored === undefined) return undefined;
      const { day, lines } = decodeDayLines(stored.bytes);
      return day === Math.floor(nowMs / DAY_MS) ? new Map(lines.map(parseLine)) : undefined;
    },
    async keep(workspace, shard, days, nowMs) {
      const lines = [...days].map(([seriesId, { endMs, means }]) =>
        JSON.stringify([seriesId, endMs, ...Array.from(means, (mean) => Number(mean.toPrecision(DIGITS)))]),
      );
      await objects.put(keyOf(workspace, shard), encodeDayLines({ day: Math.floor(nowMs / DAY_MS), lines }));
    },
  };
}

function parseLine(line: string): [string, OlderDays] {
  const [seriesId, endMs, ...means] = JSON.parse(line) as Line;
  return [seriesId, { endMs, means: Float64Array.from(means, (mean) => mean ?? Number.NaN) }];
}

function keyOf(workspace: string, shard: number): string {
  return `forecasts/${workspace}/${shard}/older-days`;
}
