import { explainFinding } from '../../models/detect/explain-finding.ts';
import { groupLabelOf, instanceLabelOf, instanceOf } from '../../models/detect/peer-labels.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Finding } from '../../models/domain/finding.ts';
import { type Labels, metricName } from '../../models/domain/series.ts';
import { hashId, timeId } from '../platform/ids.ts';

/** Names of the analyses, as anomalies say by which they were found. */
const DETECTORS: Readonly<Record<Finding['kind'], string>> = {
  group: 'group-anomaly',
  outlier: 'peer-outlier',
  missing: 'absence',
};

/** What everything that went silent at once is filed under. */
const EVERY_SERVICE: Labels = [['service', 'every service']];

/** The record of a finding as it stands now. The same onset of the same thing has the same id, whoever writes it. */
export function findingRecord(workspace: string, finding: Finding, labelsOf: (seriesId: string) => Labels): Anomaly {
  const { kind, key, seriesId, episode, sight } = finding;
  const detector = DETECTORS[kind];
  const own = labelsOf(seriesId);
  const members = sight.members.map(({ seriesId: id, deviation, share }) => {
    return { seriesId: id, labels: labelsOf(id), deviation, share };
  });
  const metrics = [
    ...new Set((members.length > 0 ? members : [{ labels: own }]).map(({ labels }) => metricName(labels))),
  ];
  return {
    anomalyId: timeId(episode.startedAtMs, hashId(workspace, detector, key, String(episode.startedAtMs))),
    seriesId,
    labels: labelsFor(finding, own),
    detector,
    type: kind,
    status: episode.phase === 'open' ? 'open' : 'closed',
    startedAtMs: episode.startedAtMs,
    lastAtMs: episode.lastAtMs,
    endedAtMs: episode.endedAtMs,
    points: episode.points,
    initialScore: episode.initialScore,
    score: episode.score,
    actual: sight.actual,
    expected: sight.expected,
    lower: sight.lower,
    upper: sight.upper,
    ...(isOfOneSeries(finding) ? {} : { members, affectedSeries: sight.affected }),
    totalSeries: sight.total,
    reason: explainFinding(finding, { subject: subjectOf(finding, own), metrics }),
  };
}

function isOfOneSeries({ kind, scope }: Finding): boolean {
  return kind === 'outlier' || (kind === 'missing' && scope === 'series');
}

/** Of one series its own labels; else those that its members have in common: service, and host where it is one. */
function labelsFor(finding: Finding, own: Labels): Labels {
  if (isOfOneSeries(finding)) return own;
  if (finding.scope === 'workspace') return EVERY_SERVICE;
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
