import type { CapacityRow } from '../../data/forecasts/capacity-board.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { formatSeries } from '../../models/domain/series.ts';
import { formatDuration } from './duration.ts';
import { timeToLimitJson } from './forecast-wire.ts';
import { nameJson, timeJson } from './wire.ts';

/** One resource: a series and one of its limits. */
export interface Resource {
  readonly row: CapacityRow;
  readonly limit: Limit;
}

const DAYS = ['p10', 'p50', 'p90'] as const;
const COLUMNS = [
  'resource',
  'series_id',
  'limit_id',
  'title',
  'bound',
  'unit',
  'current_value',
  'limit_value',
  'p10_date',
  'p50_date',
  'p90_date',
  'slack_days',
  'act_by',
  'probability_within_lead_time',
  'probability_within_horizon',
  'reason',
  'safe_days',
  'add',
  'action',
] as const;
/** What a table program would take for a formula, and what it must then begin with to be text. */
const FORMULA = /^[=+\-@\t\r]/;

/** `safeDays` is one of those for which an addition is known. */
export function capacityJson({ row, limit }: Resource, safeDays: number) {
  const { time } = row;
  return {
    ...nameJson(row.seriesId, row.labels),
    title: limit.title,
    unit: limit.unit,
    lead_time: formatDuration(limit.leadTimeMs),
    ...timeToLimitJson(time, row),
    act_by: timeJson(actByMs({ row, limit })),
    frees: { safe_days: safeDays, add: additionOf(row, safeDays) },
    action: limit.action,
    made_at: timeJson(row.madeAtMs),
    watermark: timeJson(row.watermarkMs),
  };
}

/** A header and one line for each resource, as RFC 4180 has it. */
export function capacityCsv(resources: readonly Resource[], safeDays: number): string {
  const lines = resources.map((resource) => csvCells(resource, safeDays).map(quoted).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function csvCells(resource: Resource, safeDays: number): readonly (string | number | null)[] {
  const { row, limit } = resource;
  const json = timeToLimitJson(row.time, row);
  return [
    formatSeries(row.labels),
    row.seriesId,
    limit.limitId,
    limit.title,
    json.bound,
    limit.unit,
    json.current_value,
    json.limit_value,
    ...DAYS.map((quantile) => json.dates[quantile]),
    json.slack_days,
    timeJson(actByMs(resource)),
    json.probability_within_lead_time,
    json.probability_within_horizon,
    json.reason,
    safeDays,
    additionOf(row, safeDays),
    limit.action,
  ];
}

function quoted(cell: string | number | null): string {
  if (cell === null || typeof cell === 'number') return cell === null ? '' : String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Latest time to act with little risk: p10 less the lead time. */
function actByMs({ row, limit }: Resource): number | null {
  const { p10Ms, alreadyCrossed } = row.time;
  return p10Ms === null || alreadyCrossed ? null : p10Ms - limit.leadTimeMs;
}

function additionOf({ time }: CapacityRow, safeDays: number): number | null {
  return time.additions?.find(({ days }) => days === safeDays)?.amount ?? null;
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
