import { DAY_MS } from '../../models/domain/rollup.ts';
import { formatSeries } from '../../models/domain/series.ts';
import type { Resource } from './capacity-resource.ts';
import { type CapacityAsk, capacityJson } from './capacity-wire.ts';
import { formatDuration } from './duration.ts';

type Cell = string | number | null;
type Column = readonly [name: string, cell: (json: ReturnType<typeof capacityJson>, resource: Resource) => Cell];

const COLUMNS: readonly Column[] = [
  ['resource', (_, { row }) => formatSeries(row.labels)],
  ['series_id', (json) => json.series_id],
  ['limit_id', (json) => json.limit_id],
  ['title', (json) => json.title],
  ['bound', (json) => json.bound],
  ['unit', (json) => json.unit],
  ['current_value', (json) => json.current_value],
  ['limit_value', (json) => json.limit_value],
  ['p10_date', (json) => json.dates.p10],
  ['p50_date', (json) => json.dates.p50],
  ['p90_date', (json) => json.dates.p90],
  ['lead_time_days', (_, { limit }) => daysOf(limit.leadTimeMs / DAY_MS)],
  ['slack_days', (json) => daysOf(json.slack_days)],
  ['act_by', (json) => json.act_by],
  ['probability_within_lead_time', (json) => json.probability_within_lead_time],
  ['probability_within_horizon', (json) => json.probability_within_horizon],
  ['reason', (json) => json.reason],
  ['detail', (json) => json.detail],
  ['safe_days', (json) => json.frees.safe_days],
  ['add', (json) => json.frees.add],
  ['action', (json) => json.action],
  ['made_at', (json) => json.made_at],
];
const DAYS_DIGITS = 1e2;
/** What a table program would take for a formula, and what it must then begin with to be text. */
const FORMULA = /^[=+\-@\t\r]/;

/** A header and one line for each resource, as RFC 4180 has it. */
export function capacityCsv(resources: readonly Resource[], ask: CapacityAsk): string {
  const columns = [...COLUMNS, ...windowColumns(ask)];
  const lines = resources.map((resource) => {
    const json = capacityJson(resource, ask);
    return columns.map(([, cell]) => quoted(cell(json, resource)));
  });
  return [columns.map(([name]) => name), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** One for each window that was asked for. */
function windowColumns({ windows: { withinMs, between } }: CapacityAsk): readonly Column[] {
  const columns: Column[] = [];
  if (withinMs !== undefined) {
    const window = formatDuration(withinMs);
    columns.push([`probability_within_${window}`, (json) => json.probability_within?.[window] ?? null]);
  }
  if (between !== undefined) {
    columns.push(['probability_between', (json) => json.probability_between?.probability ?? null]);
  }
  return columns;
}

function daysOf(days: number | null): number | null {
  return days === null ? null : Math.round(days * DAYS_DIGITS) / DAYS_DIGITS;
}

function quoted(cell: Cell): string {
  if (cell === null || typeof cell === 'number') return cell === null ? '' : String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
