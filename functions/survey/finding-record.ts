import { duringEvents } from '../../models/detect/explain.ts';
import { explainFinding } from '../../models/detect/explain-finding.ts';
import { groupLabelOf, instanceLabelOf, instanceOf } from '../../models/detect/peer-labels.ts';
import { changesAt, eventsDuring, isMutedAt, mutingFeedback } from '../../models/detect/policy.ts';
import type { PolicyBook } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import { EVERY_SERVICE, type Finding } from '../../models/domain/finding.ts';
import { type Labels, metricName } from '../../models/domain/series.ts';
import { hashId, timeId } from '../platform/ids.ts';

/** Names of the analyses, as anomalies say by which they were found. */
const DETECTORS: Readonly<Record<Finding['kind'], string>> = {
  group: 'group-anomaly',
  outlier: 'peer-outlier',
  missing: 'absence',
};

export interface FindingContext {
  readonly workspace: string;
  readonly labelsOf: (seriesId: string) => Labels;
  /** What people have said; of a finding on several series, what is about their common labels. */
  readonly policies: Pick<PolicyBook, 'resolve'>;
}

/**
 * The record of a finding as it stands now. The same onset of the same thing has the same id, whoever writes it.
 *
 * It is muted where a calendar mutes both its beginning and its newest moment: what outlasts a maintenance is told of.
 */
export function findingRecord({ workspace, labelsOf, policies }: FindingContext, finding: Finding): Anomaly {
  const { kind, key, seriesId, episode, sight } = finding;
  const detector = DETECTORS[kind];
  const own = labelsOf(seriesId);
  const members = sight.members.map(({ seriesId: id, deviation, share }) => {
    return { seriesId: id, labels: labelsOf(id), deviation, share };
  });
  const metrics = [
    ...new Set((members.length > 0 ? members : [{ labels: own }]).map(({ labels }) => metricName(labels))),
  ];
  const { startedAtMs, lastAtMs } = episode;
  const labels = labelsFor(finding, own);
  const policy = policies.resolve(seriesId, labels);
  const { actual, expected } = sight;
  const muting = mutingFeedback(policy, { type: kind, startedAtMs, lastAtMs, actual, expected });
  const isMuted = muting !== undefined || (isMutedAt(policy, startedAtMs) && isMutedAt(policy, lastAtMs));
  const changeIds = changesAt(policy, startedAtMs);
  const calendar = eventsDuring(policy, startedAtMs, lastAtMs);
  const sentence = explainFinding(finding, { subject: subjectOf(finding, own), metrics });
  return {
    anomalyId: timeId(startedAtMs, hashId(workspace, detector, key, String(startedAtMs))),
    seriesId,
    labels,
    detector,
    type: kind,
    status: isMuted ? 'muted' : episode.phase === 'open' ? 'open' : 'closed',
    startedAtMs,
    lastAtMs,
    endedAtMs: episode.endedAtMs,
    points: episode.points,
    initialScore: episode.initialScore,
    score: episode.score,
    actual,
    expected,
    lower: sight.lower,
    upper: sight.upper,
    ...(isOfOneSeries(finding) ? {} : { members, affectedSeries: sight.affected }),
    totalSeries: sight.total,
    ...(muting !== undefined && { mutedBy: muting.feedbackId }),
    ...(changeIds.length > 0 && { changeIds }),
    ...(calendar.length > 0 && { calendar }),
    reason: `${sentence}${duringEvents(calendar)}`,
  };
}

function isOfOneSeries({ kind, scope }: Finding): boolean {
  return kind === 'outlier' || (kind === 'missing' && scope === 'series');
}

/** Of one series its own labels; else those that its members have in common: service, and host where it is one. */
function labelsFor(finding: Finding, own: Labels): Labels {
  if (isOfOneSeries(finding)) return own;
  if (finding.scope === 'workspace') return [['service', EVERY_SERVICE]];
  const group = groupLabelOf(own);
  const instance = finding.scope === 'instance' ? instanceLabelOf(own) : undefined;
  const common = new Set([group, instance]);
  return own.filter((label) => common.has(label));
}

function subjectOf(finding: Finding, own: Labels): string {
  const instance = instanceOf(own);
  if (instance !== undefined && (finding.kind === 'outlier' || finding.scope === 'instance')) return instance;
  return groupLabelOf(own)?.[1] ?? instance ?? metricName(own);
}
