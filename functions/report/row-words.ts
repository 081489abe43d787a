import { LIMIT_HORIZON_DAYS } from '../../models/domain/forecast.ts';
import { formatNumber, formatQuantity } from '../../models/domain/quantity.ts';
import { formatSeries, type Labels } from '../../models/domain/series.ts';
import type { CrossedRow, Digest, DigestChart, IssueRow, PredictedRow, ResourceAtLimit, TrendRow } from './digest.ts';
import {
  formatCap,
  formatChance,
  formatDuration,
  formatRelative,
  plural,
  resourceName,
  shorten,
  type ZoneFormat,
} from './format.ts';

export type Urgency = 'now' | 'week' | 'later';

export interface PredictedWords {
  readonly name: string;
  readonly series: string;
  readonly urgency: Urgency;
  /** The urgency in words: colour is never the only signal. */
  readonly urgencyWord: string;
  readonly now: string;
  readonly limit: string;
  readonly likely: string;
  readonly range: string;
  readonly chance: string;
  readonly chanceSoon: string;
  readonly actBy: string;
  readonly action: string;
  /** What keeps it within its limit; null where nobody knows, or nothing is needed so soon. */
  readonly frees: string | null;
}

export interface IssueWords {
  readonly title: string;
  readonly severity: IssueRow['severity'];
  readonly facts: string;
  readonly reason: string | null;
  readonly suspect: string;
}

export interface TrendWords {
  readonly name: string;
  readonly spark: string;
  readonly now: string;
  readonly ahead: string;
  readonly headroom: string;
  readonly crossing: string;
}

export interface ChartWords {
  readonly title: string;
  readonly caption: string;
  readonly alt: string;
}

const SERIES_LENGTH = 160;
const SENTENCE_LENGTH = 400;
const NO_ACTION = 'nothing is noted with the limit';
const URGENCY_WORDS: Readonly<Record<Urgency, string>> = {
  now: 'act now',
  week: 'decide this week',
  later: 'can wait',
};
const WEEK_MS = 604_800_000;
const SPARKS = '▁▂▃▄▅▆▇█';

export function predictedWords(row: PredictedRow, zone: ZoneFormat): PredictedWords {
  const urgency = row.slackMs <= 0 ? 'now' : row.slackMs <= WEEK_MS ? 'week' : 'later';
  return {
    name: nameOf(row.title, row.labels),
    series: shorten(formatSeries(row.labels), SERIES_LENGTH),
    urgency,
    urgencyWord: URGENCY_WORDS[urgency],
    now: formatQuantity(row.currentValue, row.unit),
    limit: limitWords(row, zone),
    likely: zone.aboutWhen(row.p50Ms),
    range: rangeWords(row.p10Ms, row.p90Ms, zone),
    chance: `${formatChance(row.probability)} within ${LIMIT_HORIZON_DAYS} days`,
    chanceSoon: `${formatChance(row.probabilityWithinLeadTime)} within the lead time of ${formatDuration(row.leadTimeMs)}`,
    actBy: zone.aboutWhen(row.actByMs),
    action: row.action === '' ? NO_ACTION : shorten(row.action, SENTENCE_LENGTH),
    frees: freesWords(row),
  };
}

/** Between p10 and p90 lie eight of ten futures. */
export function rangeWords(p10Ms: number, p90Ms: number | null, zone: ZoneFormat): string {
  const first = zone.day(p10Ms);
  if (p90Ms === null) return `8 in 10: ${first} to beyond the forecast`;
  const last = zone.day(p90Ms);
  return first === last ? `8 in 10: on ${first}` : `8 in 10: ${first} to ${last}`;
}

/** What keeps a resource within its limit, be it more capacity or less load. */
function freesWords({ frees, bound, unit }: Pick<CrossedRow, 'frees' | 'bound' | 'unit'>): string | null {
  if (frees === null || frees.amount === 0) return null;
  const amount = `about ${formatQuantity(frees.amount, unit)}`;
  const what = bound === 'max' ? `${amount} added or freed` : `${amount} more`;
  return `${what} would keep it within the limit for ${frees.days} days, in 9 of 10 cases`;
}

/** One line for each resource that stands beyond its limit. */
export function crossedWords({ crossed }: Digest): string[] {
  const lines = crossed.rows.map((row) => {
    const side = row.bound === 'max' ? 'at or above' : 'at or below';
    const state = `${nameOf(row.title, row.labels)}: ${formatQuantity(row.currentValue, row.unit)}, ${side} its limit of ${formatQuantity(row.limitValue, row.unit)}`;
    const action = row.action === '' ? null : `to do: ${shorten(row.action, SENTENCE_LENGTH)}`;
    return [state, freesWords(row), action].filter((words) => words !== null).join('; ');
  });
  const more = formatCap(crossed.rows.length, crossed.total);
  return more === null ? lines : [...lines, more];
}

export function issueWords(row: IssueRow, zone: ZoneFormat): IssueWords {
  const state = row.resolvedAtMs === null ? 'open' : `resolved ${zone.moment(row.resolvedAtMs)}`;
  const members = row.anomalyCount === 1 ? '1 anomaly' : `${formatNumber(row.anomalyCount)} anomalies`;
  const worst = row.worst && `${shorten(formatSeries(row.worst.labels), SERIES_LENGTH)}: ${row.worst.reason}`;
  return {
    title: shorten(row.title, SERIES_LENGTH),
    severity: row.severity,
    facts: `${row.severity}, ${state}; since ${zone.when(row.openedAtMs)}; ${members}`,
    reason: worst && shorten(worst, SENTENCE_LENGTH),
    suspect: suspectWords(row),
  };
}

function suspectWords({ suspects, openedAtMs }: IssueRow): string {
  if (suspects.total === 0) return 'No change was recorded shortly before.';
  const each = suspects.rows.map(({ kind, summary, atMs }) => {
    const distance = formatRelative(atMs, openedAtMs);
    const place =
      distance === 'now' ? 'at that moment' : distance.replace(/ ago$/, ' before').replace(/^in (.*)/, '$1 after');
    return `${kind} “${shorten(summary, 120)}” ${place}`;
  });
  const more = suspects.total - suspects.rows.length;
  return `Suspected change: ${each.join('; ')}${more > 0 ? `; and ${plural(more, 'other')}` : ''}.`;
}

export function trendWords(row: TrendRow, zone: ZoneFormat): TrendWords {
  const { p10, p50, p90 } = row.ahead;
  const at = (value: number): string => formatQuantity(value, row.unit);
  return {
    name: nameOf(row.title, row.labels),
    spark: sparkline(row.recentDays),
    now: `${at(row.currentValue)}, limit ${limitWords(row, zone)}`,
    // Beyond the limit the world is another one: a value there would be a fiction.
    ahead: row.headroomUsed >= 1 ? 'past the limit' : `${at(p50)} (${at(p10)} to ${at(p90)})`,
    headroom:
      row.headroomUsed >= 1
        ? 'uses up all that is left'
        : `uses ${formatNumber(Math.round(row.headroomUsed * 100))} % of what is left`,
    crossing: row.p50Ms === null ? 'not within the forecast' : zone.day(row.p50Ms),
  };
}

export function chartWords(chart: DigestChart, zone: ZoneFormat): ChartWords {
  const name = nameOf(chart.title, chart.labels);
  const { p10Ms, p50Ms, p90Ms } = chart.crossing;
  const range = p10Ms === null ? '' : ` (${rangeWords(p10Ms, p90Ms, zone)})`;
  const crossing =
    p50Ms === null
      ? 'The forecast stays within the limit.'
      : `The forecast reaches the limit about ${zone.day(p50Ms)}${range}.`;
  return {
    title: name,
    caption: `Line: measured. Dashed: forecast (p50), shaded p10 to p90. ${crossing}`,
    alt: `Chart of ${name}: now ${formatQuantity(chart.currentValue, chart.unit)}, limit ${formatQuantity(chart.limitValue, chart.unit)}. ${crossing}`,
  };
}

function nameOf(title: string, labels: Labels): string {
  const resource = resourceName(labels);
  return shorten(resource === '' ? title : `${title}: ${resource}`, SERIES_LENGTH);
}

/** The limit as it is and will be next, and for an upper one how much of it is used. */
function limitWords(row: ResourceAtLimit, zone: ZoneFormat): string {
  const [change] = row.limitChanges ?? [];
  const later = change && `, ${formatQuantity(change.value, row.unit)} from ${zone.day(change.fromMs)} on`;
  return `${limitNow(row)}${later ?? ''}`;
}

function limitNow({ bound, limitValue, currentValue, unit }: ResourceAtLimit): string {
  const limit = formatQuantity(limitValue, unit);
  if (bound === 'min') return `at least ${limit}`;
  const share = Math.round((currentValue / limitValue) * 100);
  // A limit that is a percentage itself needs no second one.
  const isPercent = unit === '%' || unit === 'percent' || unit === 'ratio';
  return isPercent || !Number.isFinite(share) || share < 0 ? limit : `${limit} (${formatNumber(share)} % used)`;
}

/** Eight heights between the lowest and the highest; a dot where there is no data. */
function sparkline(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return '·';
      const step = span === 0 ? 3 : Math.round(((value - low) / span) * (SPARKS.length - 1));
      return SPARKS[step];
    })
    .join('');
}
