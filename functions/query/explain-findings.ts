import type { Anomaly } from '../../models/domain/anomaly.ts';
import { EVERY_SERVICE } from '../../models/domain/finding.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { labelValue, type Series } from '../../models/domain/series.ts';
import type { Collection } from './dependencies.ts';

/** No finding lasts longer than this. */
const LONGEST_MS = 7 * DAY_MS;
const PAGE = 1_000;
const MOST_PAGES = 5;
/** What is found by looking at several series together. */
const TYPES: ReadonlySet<Anomaly['type']> = new Set(['group', 'outlier', 'missing']);

/**
 * Findings on several series that concern a series at a time: the series is named in them, or carries all labels that
 * their members have in common. Those that began last come first.
 */
export async function findingsAt(
  anomalies: Pick<Collection<Anomaly>, 'list'>,
  workspace: string,
  series: Series,
  atMs: number,
): Promise<readonly Anomaly[]> {
  const found: Anomaly[] = [];
  const range = { from: new Date(atMs - LONGEST_MS).toISOString(), to: new Date(atMs + 1).toISOString() };
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await anomalies.list(workspace, { limit: PAGE, descending: true, ...range, cursor });
    found.push(...answer.items.filter((anomaly) => isAt(anomaly, atMs) && concernsSeries(anomaly, series)));
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  return found;
}

function isAt({ type, startedAtMs, endedAtMs }: Anomaly, atMs: number): boolean {
  return TYPES.has(type) && startedAtMs <= atMs && (endedAtMs === null || atMs < endedAtMs);
}

function concernsSeries({ seriesId, labels, members }: Anomaly, series: Series): boolean {
  if (members === undefined) return seriesId === series.seriesId;
  if (members.some((member) => member.seriesId === series.seriesId)) return true;
  if (labels.length === 0) return false;
  return labels.every(([name, value]) => value === EVERY_SERVICE || labelValue(series.labels, name) === value);
}
