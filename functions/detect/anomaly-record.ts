import type { TrackedAnomaly } from '../../models/detect/anomaly-tracker.ts';
import type { Detector } from '../../models/detect/detector.ts';
import type { Evidence } from '../../models/detect/evidence.ts';
import { byPeers, duringEvents, explainEpisode } from '../../models/detect/explain.ts';
import type { PastEpisode } from '../../models/detect/past-anomalies.ts';
import { changesAt, eventsDuring, mutingFeedback, type Policy } from '../../models/detect/policy.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Labels } from '../../models/domain/series.ts';
import { hashId, timeId } from '../platform/ids.ts';

export interface AnomalySubject {
  readonly workspace: string;
  readonly detector: Pick<Detector, 'name' | 'version'>;
  readonly seriesId: string;
  readonly labels: Labels;
  /** What people have said of the series: its anomaly may carry a change, or be muted. */
  readonly policy: Policy;
}

/** What its own state knows of it, earlier anomalies like it among that. */
export interface AnomalyEvidence extends Evidence {
  readonly past: readonly PastEpisode[];
  /** Number of peers whose shape gave the highest score; 0 where the detector itself did. */
  readonly peers: number;
}

/** The record of an episode as it stands now. The same onset of the same series has the same id, whoever writes it. */
export function anomalyRecord(subject: AnomalySubject, episode: TrackedAnomaly, evidence: AnomalyEvidence): Anomaly {
  const { workspace, detector, seriesId, labels, policy } = subject;
  const muting = mutingFeedback(policy, episode);
  const changeIds = changesAt(policy, episode.startedAtMs);
  const calendar = eventsDuring(policy, episode.startedAtMs, episode.lastAtMs);
  const idOf = (startedAtMs: number): string =>
    timeId(startedAtMs, hashId(workspace, detector.name, seriesId, String(startedAtMs)));
  return {
    anomalyId: idOf(episode.startedAtMs),
    seriesId,
    labels,
    detector: detector.name,
    type: episode.type,
    status: muting !== undefined ? 'muted' : episode.open ? 'open' : 'closed',
    startedAtMs: episode.startedAtMs,
    lastAtMs: episode.lastAtMs,
    endedAtMs: episode.endedAtMs,
    points: episode.points,
    initialScore: episode.initialScore,
    score: episode.score,
    actual: episode.actual,
    expected: episode.expected,
    lower: episode.lower,
    upper: episode.upper,
    peakAtMs: episode.peakAtMs,
    ...(evidence.attribution.length > 0 && evidence.peers === 0 && { attribution: evidence.attribution }),
    model: {
      version: detector.version,
      trainedToMs: evidence.trainedToMs,
      samples: evidence.samples,
      ...(evidence.peers > 0 && { peers: evidence.peers }),
    },
    ...(evidence.past.length > 0 && {
      similarPast: evidence.past.map((past) => ({ anomalyId: idOf(past.startedAtMs), ...past })),
    }),
    ...(muting !== undefined && { mutedBy: muting.feedbackId }),
    ...(changeIds.length > 0 && { changeIds }),
    ...(calendar.length > 0 && { calendar }),
    reason: `${explainEpisode(episode)}${byPeers(evidence.peers)}${duringEvents(calendar)}`,
  };
}
