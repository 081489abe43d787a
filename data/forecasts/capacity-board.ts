import type { Forecast, TimeToLimit } from '../../models/domain/forecast.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import type { Objects } from '../contracts.ts';
import { decodeDayLines, encodeDayLines } from './day-lines.ts';

/** What the newest forecast of a series says of one of its limits. */
export interface CapacityRow {
  readonly seriesId: string;
  readonly labels: Labels;
  readonly madeAtMs: number;
  readonly watermarkMs: number;
  readonly abstain: Forecast['abstain'];
  readonly time: TimeToLimit;
}

/** Every limited series of a shard in one object, so that all of a workspace can be put in order without reading its forecasts. */
export interface CapacityBoard {
  /** Replaces what was there. */
  write(workspace: string, shard: number, rows: readonly CapacityRow[], nowMs: number): Promise<void>;
  read(workspace: string, shard: number): Promise<readonly CapacityRow[]>;
}

export function createCapacityBoard(objects: Objects): CapacityBoard {
  return {
    async write(workspace, shard, rows, nowMs) {
      const lines = rows.map((row) => JSON.stringify(row));
      await objects.put(keyOf(workspace, shard), encodeDayLines({ day: Math.floor(nowMs / DAY_MS), lines }));
    },
    async read(workspace, shard) {
      const stored = await objects.get(keyOf(workspace, shard));
      return stored === undefined
        ? []
        : decodeDayLines(stored.bytes).lines.map((line) => JSON.parse(line) as CapacityRow);
    },
  };
}

/** The rows of one forecast. */
export function capacityRows(forecast: Forecast): readonly CapacityRow[] {
  const { seriesId, labels, madeAtMs, watermarkMs, abstain } = forecast;
  return forecast.timeToLimit.map((time) => ({ seriesId, labels, madeAtMs, watermarkMs, abstain, time }));
}

function keyOf(workspace: string, shard: number): string {
  return `forecasts/${workspace}/${shard}/capacity`;
}
