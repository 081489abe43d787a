import type { Anomaly } from '../domain/anomaly.ts';
import type { Change } from '../domain/change.ts';
import type { Issue } from '../domain/issue.ts';
import { findSuspects, SUSPECT_MS } from './find-suspects.ts';
import { anomalyTitle } from './issue-title.ts';
import { serviceOf } from './service-of.ts';
import { highestSeverity, severityOfAnomalies } from './severity.ts';

/** Anomalies of one service this near to each other in time are one issue. */
export const JOIN_MS = 1_800_000;
/** An issue is one item of the table, with a bounded size: a storm goes on in a second issue. */
const MAX_MEMBERS = 500;

/** Names an issue by its kind, its service, what it began with and when. */
export type IdentifyIssue = (kind: Issue['kind'], service: string, subject: string, onsetMs: number) => string;

export interface AnomalyGroupInput {
  /** Open anomalies, those closed lately, and all members of the issues given. */
  readonly anomalies: readonly Anomaly[];
  /** Open issues of kind anomaly, and those resolved lately. */
  readonly issues: readonly Issue[];
  readonly changes: readonly Change[];
  /** `changes` is complete from here on. */
  readonly changesFromMs: number;
  readonly identify: IdentifyIssue;
  readonly nowMs: number;
}

interface Draft {
  readonly issue: Issue | undefined;
  readonly service: string;
  readonly members: Anomaly[];
}

/**
 * Anomaly issues: many anomalies of one service at one time become one issue.
 *
 * Used by the decide room.
 *
 * Definition: an anomaly joins the earliest issue of its service with a member whose activity (onset to last anomalous
 *             sample) is within 30 minutes of its own; else it begins an issue. Members never move. An issue is resolved when all members are closed and the
 *             30 minutes in which another might join have passed; one that joins later opens it again.
 * Input:      arrays in any order.
 * Output:     every issue given or begun, as it should be now; one that needs no change is the same object.
 * Cost:       O(anomalies × issues of a service).
 * Throws:     never.
 */
export function groupAnomalies(input: AnomalyGroupInput): readonly Issue[] {
  const byId = new Map(input.anomalies.map((anomaly) => [anomaly.anomalyId, anomaly]));
  const drafts = new Map<string, Draft[]>();
  const assigned = new Set<string>();
  for (const issue of [...input.issues].sort((a, b) => order(a.issueId, b.issueId))) {
    const members = issue.anomalyIds.flatMap((id) => byId.get(id) ?? []);
    for (const id of issue.anomalyIds) assigned.add(id);
    add(drafts, { issue, service: issue.service, members });
  }
  for (const anomaly of [...byId.values()].sort(byOnset)) {
    if (!assigned.has(anomaly.anomalyId)) place(drafts, anomaly);
  }
  return [...drafts.values()].flat().map((draft) => finish(draft, input));
}

function place(drafts: Map<string, Draft[]>, anomaly: Anomaly): void {
  const service = serviceOf(anomaly.labels);
  const home = drafts
    .get(service)
    ?.find(({ members }) => members.length < MAX_MEMBERS && members.some((member) => areNear(member, anomaly)));
  if (home === undefined) add(drafts, { issue: undefined, service, members: [anomaly] });
  else home.members.push(anomaly);
}

function add(drafts: Map<string, Draft[]>, draft: Draft): void {
  const ofService = drafts.get(draft.service);
  if (ofService === undefined) drafts.set(draft.service, [draft]);
  else ofService.push(draft);
}

function areNear(a: Anomaly, b: Anomaly): boolean {
  return a.startedAtMs <= lastActiveMs(b) + JOIN_MS && b.startedAtMs <= lastActiveMs(a) + JOIN_MS;
}

function lastActiveMs(anomaly: Anomaly): number {
  return Math.max(anomaly.endedAtMs ?? 0, anomaly.lastAtMs, anomaly.startedAtMs);
}

function finish({ issue, service, members }: Draft, input: AnomalyGroupInput): Issue {
  const sorted = members.sort(byOnset);
  const [first] = sorted;
  // Only an issue given can be without known members, where all of them were removed.
  if (first === undefined) return withoutMembers(issue!);
  const openedAtMs = issue?.openedAtMs ?? first.startedAtMs;
  let lastMs = 0;
  for (const member of sorted) lastMs = Math.max(lastMs, lastActiveMs(member));
  // One that people have muted meanwhile is over for them.
  const isOver = sorted.every(({ status }) => status !== 'open') && input.nowMs > lastMs + JOIN_MS;
  const severity = severityOfAnomalies(sorted);
  const next: Issue = {
    issueId: issue?.issueId ?? input.identify('anomaly', service, first.anomalyId, first.startedAtMs),
    kind: 'anomaly',
    service,
    title: anomalyTitle(service, sorted),
    status: isOver ? 'resolved' : 'open',
    severity: issue === undefined ? severity : highestSeverity([issue.severity, severity]),
    openedAtMs,
    updatedAtMs: input.nowMs,
    resolvedAtMs: isOver ? lastMs : null,
    anomalyIds: memberIds(issue, sorted),
    predictionIds: [],
    suspectChangeIds: suspectsOf(issue, service, openedAtMs, input),
  };
  return sameIssue(issue, next) ? issue : next;
}

function withoutMembers(issue: Issue): Issue {
  return issue.status === 'resolved' ? issue : { ...issue, status: 'resolved', resolvedAtMs: issue.updatedAtMs };
}

function memberIds(issue: Issue | undefined, sorted: readonly Anomaly[]): readonly string[] {
  const known = new Set(sorted.map(({ anomalyId }) => anomalyId));
  const removed = issue?.anomalyIds.filter((id) => !known.has(id)) ?? [];
  return [...removed, ...known];
}

function suspectsOf(
  issue: Issue | undefined,
  service: string,
  openedAtMs: number,
  { changes, changesFromMs }: AnomalyGroupInput,
): readonly string[] {
  if (issue !== undefined && openedAtMs - SUSPECT_MS < changesFromMs) return issue.suspectChangeIds;
  return findSuspects(changes, service, openedAtMs);
}

/**
 * Same issue: does a second look leave an issue as it was?
 *
 * Used by the decide room, which writes only what has changed.
 *
 * Definition: equal in every field but the time of its last update.
 * Throws:     never.
 */
export function sameIssue(before: Issue | undefined, after: Issue): before is Issue {
  if (before === undefined) return false;
  const fields = (issue: Issue): string =>
    JSON.stringify([
      [issue.issueId, issue.kind, issue.service, issue.title, issue.status, issue.severity],
      [issue.openedAtMs, issue.resolvedAtMs],
      [issue.anomalyIds, issue.predictionIds, issue.suspectChangeIds],
    ]);
  return fields(before) === fields(after);
}

function byOnset(a: Anomaly, b: Anomaly): number {
  return a.startedAtMs - b.startedAtMs || order(a.anomalyId, b.anomalyId);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
