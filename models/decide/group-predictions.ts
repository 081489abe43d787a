import type { TimeToLimit } from '../domain/forecast.ts';
import type { Issue } from '../domain/issue.ts';
import type { Limit } from '../domain/limit.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Overrun } from './find-overruns.ts';
import { type IdentifyIssue, sameIssue } from './group-anomalies.ts';
import { predictionTitle } from './issue-title.ts';
import { serviceOf } from './service-of.ts';
import { highestSeverity, type Severity, severityOfOutlook } from './severity.ts';

export interface PredictionGroupInput {
  /** Open predictions, and all members of the issues given. */
  readonly predictions: readonly Prediction[];
  readonly overruns: readonly Overrun[];
  /** Open issues of kind prediction. */
  readonly issues: readonly Issue[];
  readonly limits: readonly Limit[];
  /** What the newest forecast says of a series and a limit, where there is one. */
  readonly outlookOf: (seriesId: string, limitId: string) => TimeToLimit | undefined;
  readonly identify: IdentifyIssue;
  readonly nowMs: number;
}

interface Draft {
  readonly issue: Issue | undefined;
  readonly service: string;
  readonly limitId: string;
  readonly members: Prediction[];
  readonly overruns: Overrun[];
}

/** An issue is one item of the table, with a bounded size; what is beyond it is in the list of predictions. */
const MAX_MEMBERS = 500;

/**
 * Prediction issues: all series of one service that will reach, or have reached, one limit.
 *
 * Used by the decide room.
 *
 * Definition: an open prediction and an overrun belong to the open issue of their service and limit; where there is none they begin one. It is resolved when every member is settled and no series is beyond the limit.
 * Input:      arrays in any order.
 * Output:     every issue given or begun, as it should be now; one that needs no change is the same object.
 * Edge:       a limit crossed without a warning → an issue without predictions, so that it is seen all the same.
 * Cost:       O(predictions + overruns + issues × limits).
 * Throws:     never.
 */
export function groupPredictions(input: PredictionGroupInput): readonly Issue[] {
  const byId = new Map(input.predictions.map((prediction) => [prediction.predictionId, prediction]));
  const drafts = new Map<string, Draft>();
  const idle: Issue[] = [];
  for (const issue of [...input.issues].sort((a, b) => (a.issueId < b.issueId ? -1 : 1))) {
    const members = issue.predictionIds.flatMap((id) => byId.get(id) ?? []);
    const limitId = members[0]?.claim.limitId ?? limitOf(issue, input);
    const key = `${limitId} ${issue.service}`;
    if (limitId === undefined || drafts.has(key)) idle.push(resolved(issue, input.nowMs));
    else drafts.set(key, { issue, service: issue.service, limitId, members, overruns: [] });
  }
  const assigned = new Set([...drafts.values()].flatMap(({ members }) => members.map((member) => member.predictionId)));
  // In one order, so that it is always the same ones that find room.
  const ordered = [...byId.values()].sort((a, b) => (a.predictionId < b.predictionId ? -1 : 1));
  for (const prediction of ordered) {
    if (prediction.status !== 'open' || assigned.has(prediction.predictionId)) continue;
    const { members } = draftFor(drafts, prediction, prediction.claim.limitId);
    if (members.length < MAX_MEMBERS) members.push(prediction);
  }
  for (const overrun of input.overruns) draftFor(drafts, overrun, overrun.limitId).overruns.push(overrun);
  return [...[...drafts.values()].map((draft) => finish(draft, input)), ...idle];
}

function draftFor(drafts: Map<string, Draft>, { labels }: Prediction | Overrun, limitId: string): Draft {
  const service = serviceOf(labels);
  const key = `${limitId} ${service}`;
  const draft = drafts.get(key) ?? { issue: undefined, service, limitId, members: [], overruns: [] };
  drafts.set(key, draft);
  return draft;
}

/** An issue that began without predictions says by its id which limit it is about. */
function limitOf(issue: Issue, { limits, identify }: PredictionGroupInput): string | undefined {
  const isOf = ({ limitId }: Limit): boolean =>
    identify('prediction', issue.service, limitId, issue.openedAtMs) === issue.issueId;
  return limits.find(isOf)?.limitId;
}

/** Its limit was removed, or another issue already stands for it: nothing can be said of it any more. */
function resolved(issue: Issue, nowMs: number): Issue {
  return { ...issue, status: 'resolved', resolvedAtMs: nowMs, updatedAtMs: nowMs };
}

function finish(draft: Draft, input: PredictionGroupInput): Issue {
  const { issue, service, limitId, overruns } = draft;
  const members = draft.members.sort((a, b) => a.madeAtMs - b.madeAtMs || (a.predictionId < b.predictionId ? -1 : 1));
  const open = members.filter(({ status }) => status === 'open');
  const isOver = open.length === 0 && overruns.length === 0;
  const limit = input.limits.find((candidate) => candidate.limitId === limitId);
  let onsetMs = Number.POSITIVE_INFINITY;
  for (const { madeAtMs } of members) onsetMs = Math.min(onsetMs, madeAtMs);
  for (const { sinceMs } of overruns) onsetMs = Math.min(onsetMs, sinceMs);
  const openedAtMs = issue?.openedAtMs ?? onsetMs;
  const next: Issue = {
    issueId: issue?.issueId ?? input.identify('prediction', service, limitId, openedAtMs),
    kind: 'prediction',
    service,
    title: predictionTitle(service, open, overruns, limit) ?? issue?.title ?? service,
    status: isOver ? 'resolved' : 'open',
    severity: isOver && issue !== undefined ? issue.severity : severityOf(open, overruns, limit, input),
    openedAtMs,
    updatedAtMs: input.nowMs,
    resolvedAtMs: isOver ? input.nowMs : null,
    anomalyIds: [],
    predictionIds: members.map(({ predictionId }) => predictionId),
    suspectChangeIds: [],
  };
  return sameIssue(issue, next) ? issue : next;
}

function severityOf(
  open: readonly Prediction[],
  overruns: readonly Overrun[],
  limit: Limit | undefined,
  { outlookOf, nowMs }: PredictionGroupInput,
): Severity {
  if (overruns.length > 0) return 'critical';
  return highestSeverity(
    open.map(({ seriesId, claim, window, probabilityWithinLeadTime }) => {
      const outlook = outlookOf(seriesId, claim.limitId);
      return severityOfOutlook({
        p10Ms: outlook === undefined ? window.p10Ms : outlook.p10Ms,
        p50Ms: outlook === undefined ? window.p50Ms : outlook.p50Ms,
        probabilityWithinLeadTime: outlook?.probabilityWithinLeadTime ?? probabilityWithinLeadTime,
        leadTimeMs: limit?.leadTimeMs ?? claim.leadTimeMs,
        warnProbability: limit?.probability ?? 1,
        nowMs,
      });
    }),
  );
}
