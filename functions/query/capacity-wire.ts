import type { CapacityRow } from '../../data/forecasts/capacity-board.ts';
import type { TimeToLimit } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { additionFor } from '../../models/forecast/addition-for.ts';
import type { AskedWindows } from './asked-windows.ts';
import { formatDuration } from './duration.ts';
import { timeToLimitJson } from './forecast-wire.ts';
import { nameJson, timeJson } from './wire.ts';

const ADD_DIGITS = 4;

/** One resource: a series and one of its limits. */
export interface Resource {
  readonly row: CapacityRow;
  readonly limit: Limit;
}

/** What is asked of each resource. */
export interface CapacityAsk {
  readonly safeDays: number;
  readonly windows: AskedWindows;
}

export function capacityJson({ row, limit }: Resource, { safeDays, windows }: CapacityAsk) {
  const { time, abstain, madeAtMs } = row;
  return {
    ...nameJson(row.seriesId, row.labels),
    title: limit.title,
    unit: limit.unit,
    lead_time: formatDuration(limit.leadTimeMs),
    ...timeToLimitJson(time, row, windows),
    detail: abstain?.detail ?? null,
    act_by: timeJson(actByMs({ row, limit })),
    frees: freesJson(time, madeAtMs, safeDays),
    action: limit.action,
    made_at: timeJson(madeAtMs),
    watermark: timeJson(row.watermarkMs),
  };
}

/** What must be added to be safe for so many days; upwards to four digits, so that it is never too little. */
export function freesJson(time: Pick<TimeToLimit, 'additions' | 'limitChanges'>, madeAtMs: number, safeDays: number) {
  const add = additionFor(time, madeAtMs, safeDays);
  return { safe_days: safeDays, add: add === null ? null : roundedUp(add) };
}

function roundedUp(amount: number): number {
  if (amount === 0) return 0;
  const digit = 10 ** (Math.floor(Math.log10(amount)) + 1 - ADD_DIGITS);
  return Number((Math.ceil(amount / digit) * digit).toPrecision(ADD_DIGITS));
}

/** Latest time to act with little risk: p10 less the lead time. */
function actByMs({ row, limit }: Resource): number | null {
  const { p10Ms, alreadyCrossed } = row.time;
  return p10Ms === null || alreadyCrossed ? null : p10Ms - limit.leadTimeMs;
}

/** Those beyond their limit first, then by slack; then those without a date, likelier ones first. */
export function compareResources(a: Resource, b: Resource): number {
  return (
    rankOf(a) - rankOf(b) ||
    (a.row.time.slackMs ?? 0) - (b.row.time.slackMs ?? 0) ||
    b.row.time.probabilityWithinHorizon - a.row.time.probabilityWithinHorizon ||
    (idOf(a) < idOf(b) ? -1 : 1)
  );
}

/** Names a resource within a list. */
export function idOf({ row, limit }: Resource): string {
  return `${row.seriesId} ${limit.limitId}`;
}

function rankOf({ row: { time } }: Resource): number {
  if (time.alreadyCrossed) return 0;
  return time.slackMs === null ? 2 : 1;
}
