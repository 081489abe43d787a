import type { Forecast, TimeToLimit, UntoldLimit } from '../../models/domain/forecast.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import type { Objects } from '../contracts.ts';
import { decodeDayLines, encodeDayLines } from './day-lines.ts';

/** What the newest forecast of a series says of one of its limits. */
export interface CapacityRow extends ForecastOfRow {
  readonly time: TimeToLimit;
}

/** A limit of which it says nothing, since the limit's own value is not known. */
export interface UntoldRow extends ForecastOfRow {
  readonly untold: UntoldLimit;
}

interface ForecastOfRow {
  readonly seriesId: string;
  readonly labels: Labels;
  readonly madeAtMs: number;
  readonly watermarkMs: number;
  readonly abstain: Forecast['abstain'];
}

export type BoardRow = CapacityRow | UntoldRow;

/** Every limited series of a shard in one object, so that all of a workspace can be put in order without reading its forecasts. */
export interface CapacityBoard {
  /** Replaces what was there. */
  write(workspace: string, shard: number, rows: readonly BoardRow[], nowMs: number): Promise<void>;
  read(workspace: string, shard: number): Promise<readonly BoardRow[]>;
}

export function createCapacityBoard(objects: Objects): CapacityBoard {
  return {
    async write(workspace, shard, rows, nowMs) {
      const lines = rows.map((row) => JSON.stringify(row));
      await objects.put(keyOf(workspace, shard), encodeDayLines({ day: Math.floor(nowMs / DAY_MS), lines }));
    },
    async read(workspace, shard) {
      const stored = await objects.get(keyOf(workspace, shard));
      return stored === undefined ? [] : decodeDayLines(stored.bytes).lines.map((line) => JSON.parse(line) as BoardRow);
    },
  };
}

/** The rows of one forecast. */
export function capacityRows(forecast: Forecast): readonly BoardRow[] {
  const { seriesId, labels, madeAtMs, watermarkMs, abstain, timeToLimit, limitsUntold = [] } = forecast;
  const row = { seriesId, labels, madeAtMs, watermarkMs, abstain };
  return [...timeToLimit.map((time) => ({ ...row, time })), ...limitsUntold.map((untold) => ({ ...row, untold }))];
}

function keyOf(workspace: string, shard: number): string {
  return `forecasts/${workspace}/${shard}/capacity`;
}
