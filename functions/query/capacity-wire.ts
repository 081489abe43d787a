import type { TimeToLimit } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { additionFor } from '../../models/forecast/addition-for.ts';
import type { AskedWindows } from './asked-windows.ts';
import type { Resource } from './capacity-resource.ts';
import { formatDuration } from './duration.ts';
import { timeToLimitJson } from './forecast-wire.ts';
import { nameJson, timeJson } from './wire.ts';

const ADD_DIGITS = 4;

/** What is asked of each resource. */
export interface CapacityAsk {
  readonly safeDays: number;
  readonly windows: AskedWindows;
}

export function capacityJson(
  { row, limit, time, abstain, isLimitKnown }: Resource,
  { safeDays, windows }: CapacityAsk,
) {
  const { madeAtMs, watermarkMs } = row;
  return {
    ...nameJson(row.seriesId, row.labels),
    title: limit.title,
    unit: limit.unit,
    lead_time: formatDuration(limit.leadTimeMs),
    ...timeToLimitJson(time, { madeAtMs, watermarkMs, abstain }, windows),
    limit_value: isLimitKnown ? time.limitValue : null,
    detail: abstain?.detail ?? null,
    act_by: timeJson(actByMs(time, limit)),
    frees: freesJson(time, madeAtMs, safeDays),
    action: limit.action,
    made_at: timeJson(madeAtMs),
    watermark: timeJson(watermarkMs),
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
function actByMs({ p10Ms, alreadyCrossed }: TimeToLimit, { leadTimeMs }: Limit): number | null {
  return p10Ms === null || alreadyCrossed ? null : p10Ms - leadTimeMs;
}
