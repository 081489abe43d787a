import type { GateWords } from '../../models/detect/gate-words.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Delivery } from '../../models/domain/delivery.ts';
import type { Issue } from '../../models/domain/issue.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { timeId } from '../platform/ids.ts';
import type { Collection, IndexedCollection } from './dependencies.ts';

/** What became of an anomaly after it was found. */
export interface AlertCourse {
  readonly anomalyId: string | null;
  readonly issueId: string | null;
  readonly deliveryIds: readonly string[];
  readonly gates: readonly GateWords[];
}

export interface AlertCourseDeps {
  readonly anomalies: Collection<Anomaly>;
  readonly issues: Collection<Issue>;
  readonly deliveries: Pick<IndexedCollection<Delivery>, 'listByIndex'>;
  readonly hashId: (...parts: string[]) => string;
}

export interface FoundAnomaly {
  readonly seriesId: string;
  readonly detector: string;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
}

/** An issue may have been open for so long before one of its anomalies begins. */
const ISSUE_MS = 7 * DAY_MS;
const MOST_RECORDS = 1_000;
const STATUSES: readonly Delivery['status'][] = ['sent', 'pending', 'failed'];
const STATUS_WORDS: Readonly<Record<Delivery['status'], string>> = {
  sent: 'sent',
  pending: 'waiting to be sent',
  failed: 'could not be sent',
};

/** Follows an anomaly to the issue that it was grouped into, and to the mails that could tell of it. */
export async function followAlert(deps: AlertCourseDeps, workspace: string, found: FoundAnomaly): Promise<AlertCourse> {
  const anomaly = await findAnomaly(deps, workspace, found);
  if (anomaly === undefined) {
    const detail = 'Not recorded as an anomaly (yet), so that no issue can hold it';
    return { anomalyId: null, issueId: null, deliveryIds: [], gates: [{ gate: 'issue', passed: false, detail }] };
  }
  return followRecord(deps, workspace, anomaly);
}

/** The same for an anomaly that is stored. */
export async function followRecord(deps: AlertCourseDeps, workspace: string, anomaly: Anomaly): Promise<AlertCourse> {
  const { anomalyId } = anomaly;
  const issue = await findIssue(deps, workspace, anomaly);
  if (issue === undefined) {
    const detail = anomaly.status === 'muted' ? 'Muted, and in no issue' : 'In no issue (yet)';
    return { anomalyId, issueId: null, deliveryIds: [], gates: [{ gate: 'issue', passed: false, detail }] };
  }
  const deliveries = await findDeliveries(deps, workspace, issue);
  const gates = [
    {
      gate: 'issue',
      passed: true,
      detail: `In the issue "${issue.title}", opened ${new Date(issue.openedAtMs).toISOString()}`,
    },
    deliveryGate(deliveries),
  ];
  return { anomalyId, issueId: issue.issueId, deliveryIds: deliveries.map(({ deliveryId }) => deliveryId), gates };
}

/** By its name; where it began a little earlier or later for the service, by series and time. */
async function findAnomaly(
  { anomalies, hashId }: AlertCourseDeps,
  workspace: string,
  { seriesId, detector, startedAtMs, lastAtMs }: FoundAnomaly,
): Promise<Anomaly | undefined> {
  const id = timeId(startedAtMs, hashId(workspace, detector, seriesId, String(startedAtMs)));
  const named = await anomalies.get(workspace, id);
  if (named !== undefined) return named.record;
  const { items } = await anomalies.list(workspace, {
    limit: MOST_RECORDS,
    descending: true,
    from: new Date(startedAtMs - DAY_MS).toISOString(),
    to: new Date(lastAtMs + 1).toISOString(),
  });
  return items.find((anomaly) => anomaly.seriesId === seriesId && anomaly.lastAtMs >= startedAtMs);
}

async function findIssue({ issues }: AlertCourseDeps, workspace: string, anomaly: Anomaly): Promise<Issue | undefined> {
  const { items } = await issues.list(workspace, {
    limit: MOST_RECORDS,
    descending: true,
    from: new Date(anomaly.startedAtMs - ISSUE_MS).toISOString(),
    to: new Date(anomaly.startedAtMs + 1).toISOString(),
  });
  return items.find(({ anomalyIds }) => anomalyIds.includes(anomaly.anomalyId));
}

/** The first digest to each recipient after the issue was opened: that is the one which lists it. */
async function findDeliveries(
  { deliveries }: AlertCourseDeps,
  workspace: string,
  { openedAtMs }: Issue,
): Promise<readonly Delivery[]> {
  const from = new Date(openedAtMs).toISOString();
  const pages = await Promise.all(
    STATUSES.map((status) => deliveries.listByIndex(workspace, status, { limit: MOST_RECORDS, from })),
  );
  const first = new Map<string, Delivery>();
  for (const delivery of pages.flatMap(({ items }) => items)) {
    const known = first.get(delivery.recipient);
    if (known === undefined || delivery.createdAtMs < known.createdAtMs) first.set(delivery.recipient, delivery);
  }
  return [...first.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
}

function deliveryGate(deliveries: readonly Delivery[]): GateWords {
  const [first] = deliveries;
  if (first === undefined)
    return { gate: 'delivery', passed: false, detail: 'No mail was made since; the next digest lists it' };
  const more = deliveries.length === 1 ? '' : `, and ${deliveries.length - 1} more`;
  const when = new Date(first.sentAtMs ?? first.createdAtMs).toISOString();
  const detail = `"${first.subject}" to ${first.recipient}${more}: ${STATUS_WORDS[first.status]}, ${when}`;
  return { gate: 'delivery', passed: deliveries.some(({ status }) => status === 'sent'), detail };
}
