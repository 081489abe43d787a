import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Issue } from '../../models/domain/issue.ts';
import { cap, type IssueRow, type IssueSummary } from './digest.ts';
import type { DigestSources } from './digest-sources.ts';
import { everyItem } from './pages.ts';

const SEVERITY_RANK: Readonly<Record<Issue['severity'], number>> = { critical: 0, warning: 1, info: 2 };
const SUSPECTS_SHOWN = 2;
const ISSUES_SHOWN = 8;

type IssueSources = Pick<DigestSources, 'listIssues' | 'listIssuesByStatus' | 'listAnomalies' | 'getChanges'>;

/** The anomalies of the period, grouped as issues, beside the number of the period before. */
export async function gatherIssues(
  sources: IssueSources,
  workspace: string,
  fromMs: number,
  nowMs: number,
): Promise<IssueSummary> {
  const opened: Issue[] = [];
  const bounds = { from: iso(fromMs), to: iso(nowMs) };
  for await (const issue of everyItem((page) => sources.listIssues(workspace, page), bounds)) {
    if (issue.kind === 'anomaly') opened.push(issue);
  }
  let olderOpen = 0;
  for await (const issue of everyItem((page) => sources.listIssuesByStatus(workspace, 'open', page))) {
    if (issue.kind === 'anomaly' && issue.openedAtMs < fromMs) olderOpen += 1;
  }
  const anomalies = new Map<string, Anomaly>();
  let anomaliesBefore = 0;
  const twoPeriods = { from: iso(2 * fromMs - nowMs), to: iso(nowMs) };
  for await (const anomaly of everyItem((page) => sources.listAnomalies(workspace, page), twoPeriods)) {
    if (anomaly.status === 'muted') continue;
    if (anomaly.startedAtMs < fromMs) anomaliesBefore += 1;
    else anomalies.set(anomaly.anomalyId, anomaly);
  }
  const shown = opened.sort(compareIssues).slice(0, ISSUES_SHOWN);
  const changes = await changesOf(sources, workspace, shown);
  return {
    opened: { rows: shown.map((issue) => toIssueRow(issue, anomalies, changes)), total: opened.length },
    olderOpen,
    anomalies: anomalies.size,
    anomaliesBefore,
  };
}

async function changesOf(
  sources: IssueSources,
  workspace: string,
  issues: readonly Issue[],
): Promise<ReadonlyMap<string, Change>> {
  const ids = [...new Set(issues.flatMap(({ suspectChangeIds }) => suspectChangeIds))];
  const changes = ids.length === 0 ? [] : await sources.getChanges(workspace, ids);
  return new Map(changes.map((change) => [change.changeId, change]));
}

/** Gravest first, then newest. */
function compareIssues(a: Issue, b: Issue): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    b.openedAtMs - a.openedAtMs ||
    (a.issueId < b.issueId ? -1 : 1)
  );
}

/** An issue as a row, with its worst anomaly and the changes shortly before it. */
function toIssueRow(
  issue: Issue,
  anomalies: ReadonlyMap<string, Anomaly>,
  changes: ReadonlyMap<string, Change>,
): IssueRow {
  const members = issue.anomalyIds.flatMap((id) => anomalies.get(id) ?? []);
  const worst = members.reduce<Anomaly | null>((best, one) => (best && best.score >= one.score ? best : one), null);
  const suspects = issue.suspectChangeIds.flatMap((id) => changes.get(id) ?? []);
  return {
    issueId: issue.issueId,
    title: issue.title,
    service: issue.service,
    severity: issue.severity,
    status: issue.status,
    openedAtMs: issue.openedAtMs,
    resolvedAtMs: issue.resolvedAtMs,
    anomalyCount: issue.anomalyIds.length,
    worst: worst && { labels: worst.labels, type: worst.type, reason: worst.reason },
    suspects: cap(
      suspects.map(({ summary, kind, atMs }) => ({ summary, kind, atMs })),
      SUSPECTS_SHOWN,
    ),
  };
}

function iso(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}
