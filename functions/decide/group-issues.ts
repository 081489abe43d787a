import { findOverruns } from '../../models/decide/find-overruns.ts';
import { groupAnomalies, type IdentifyIssue, sameIssue } from '../../models/decide/group-anomalies.ts';
import { groupPredictions } from '../../models/decide/group-predictions.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { ServiceError } from '../platform/errors.ts';
import { collectPages, type DecideDependencies } from './dependencies.ts';
import { MAX_TRIES } from './write-record.ts';

/** Anomalies that ended longer ago open no issue: history is for learning, nobody is woken by it. */
export const LOOKBACK_MS = 7 * DAY_MS;
const MAX_OPEN = 10_000;
const MAX_CLOSED = 5_000;

export interface GroupContext {
  readonly workspace: string;
  readonly limits: readonly Limit[];
  readonly forecasts: readonly Forecast[];
  /** Open predictions, and those settled just now. */
  readonly predictions: readonly Prediction[];
  readonly changes: readonly Change[];
  readonly changesFromMs: number;
  readonly nowMs: number;
}

export interface GroupResult {
  readonly opened: number;
  readonly updated: number;
  readonly resolved: number;
}

/**
 * Brings the issues of a workspace up to date with its anomalies and predictions.
 *
 * Reads what is open and what ended in the last seven days, writes what has changed. Where another run has written one
 * of these issues in between, it reads and groups again, at most five times; run twice, the second run writes nothing.
 */
export async function groupIssues(deps: DecideDependencies, context: GroupContext): Promise<GroupResult> {
  const done = { opened: 0, updated: 0, resolved: 0 };
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const before = await readIssues(deps, context);
    const after = [
      ...(await groupedAnomalies(deps, before, context)),
      ...(await groupedPredictions(deps, before, context)),
    ];
    const known = new Map(before.map((issue) => [issue.issueId, issue]));
    let conflicts = 0;
    for (const issue of after) {
      const previous = known.get(issue.issueId);
      if (previous === issue) continue;
      if (!(await writeIssue(deps, context.workspace, previous, issue))) conflicts++;
      else if (previous === undefined) done.opened++;
      else if (issue.status === 'resolved') done.resolved++;
      else done.updated++;
    }
    if (conflicts === 0) return done;
  }
  throw new ServiceError('store/conflict', `issues were changed by others ${MAX_TRIES} times in a row`, {
    retryable: true,
  });
}

async function readIssues(
  { issues }: DecideDependencies,
  { workspace, nowMs }: GroupContext,
): Promise<readonly Issue[]> {
  const from = new Date(nowMs - LOOKBACK_MS).toISOString();
  const open = await collectPages((options) => issues.listByIndex(workspace, 'open', options), MAX_OPEN);
  const resolved = await collectPages(
    (options) => issues.listByIndex(workspace, 'resolved', { ...options, from, descending: true }),
    MAX_CLOSED,
  );
  return [...open, ...resolved];
}

async function groupedAnomalies(
  deps: DecideDependencies,
  before: readonly Issue[],
  { workspace, changes, changesFromMs, nowMs }: GroupContext,
): Promise<readonly Issue[]> {
  const from = new Date(nowMs - LOOKBACK_MS).toISOString();
  const list = deps.anomalies.listByIndex;
  const open = await collectPages((options) => list(workspace, 'open', options), MAX_OPEN);
  const closed = await collectPages(
    (options) => list(workspace, 'closed', { ...options, from, descending: true }),
    MAX_CLOSED,
  );
  const issues = before.filter(({ kind }) => kind === 'anomaly');
  const found = [...open, ...closed];
  const members = await readMissing(
    issues.flatMap(({ anomalyIds }) => anomalyIds),
    new Set(found.map(({ anomalyId }) => anomalyId)),
    (ids) => deps.anomalies.getMany(workspace, ids),
  );
  const anomalies: readonly Anomaly[] = [...found, ...members];
  return groupAnomalies({ anomalies, issues, changes, changesFromMs, identify: identifier(deps, workspace), nowMs });
}

async function groupedPredictions(
  deps: DecideDependencies,
  before: readonly Issue[],
  { workspace, limits, forecasts, predictions, nowMs }: GroupContext,
): Promise<readonly Issue[]> {
  const issues = before.filter(({ kind, status }) => kind === 'prediction' && status === 'open');
  const members = await readMissing(
    issues.flatMap(({ predictionIds }) => predictionIds),
    new Set(predictions.map(({ predictionId }) => predictionId)),
    (ids) => deps.predictions.getMany(workspace, ids),
  );
  const all = [...predictions, ...members];
  const times = new Map(
    forecasts.flatMap(({ seriesId, timeToLimit }) => timeToLimit.map((time) => [`${seriesId} ${time.limitId}`, time])),
  );
  return groupPredictions({
    predictions: all,
    overruns: findOverruns({ forecasts, limits, predictions: all, nowMs }),
    issues,
    limits,
    outlookOf: (seriesId, limitId) => times.get(`${seriesId} ${limitId}`),
    identify: identifier(deps, workspace),
    nowMs,
  });
}

async function readMissing<T>(
  ids: readonly string[],
  known: ReadonlySet<string>,
  read: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  return missing.length === 0 ? [] : read(missing);
}

function identifier({ hashId, timeId }: DecideDependencies, workspace: string): IdentifyIssue {
  return (kind, service, subject, onsetMs) =>
    timeId(onsetMs, hashId('issue', workspace, kind, service, subject, String(onsetMs)));
}

/** False where the stored issue is no longer the one that was grouped from. */
async function writeIssue(
  { issues }: DecideDependencies,
  workspace: string,
  previous: Issue | undefined,
  next: Issue,
): Promise<boolean> {
  const stored = await issues.get(workspace, next.issueId);
  if (!isUnchanged(previous, stored?.record)) return false;
  const result = await issues.put(
    workspace,
    next,
    stored === undefined ? { kind: 'absent' } : { kind: 'revision', revision: stored.revision },
  );
  return result.kind === 'stored';
}

function isUnchanged(previous: Issue | undefined, stored: Issue | undefined): boolean {
  if (previous === undefined || stored === undefined) return previous === stored;
  return sameIssue(previous, stored) && previous.updatedAtMs === stored.updatedAtMs;
}
