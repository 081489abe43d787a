import type { TrackedAnomaly } from '../../models/detect/anomaly-tracker.ts';
import type { Detector } from '../../models/detect/detector.ts';
import type { Evidence } from '../../models/detect/evidence.ts';
import { explainEpisode } from '../../models/detect/explain.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Labels } from '../../models/domain/series.ts';
import { hashId, timeId } from '../platform/ids.ts';

export interface AnomalySubject {
  readonly workspace: string;
  readonly detector: Pick<Detector, 'name' | 'version'>;
  readonly seriesId: string;
  readonly labels: Labels;
}

/** The record of an episode as it stands now. The same onset of the same series has the same id, whoever writes it. */
export function anomalyRecord(subject: AnomalySubject, episode: TrackedAnomaly, evidence: Evidence): Anomaly {
  const { workspace, detector, seriesId, labels } = subject;
  const hash = hashId(workspace, detector.name, seriesId, String(episode.startedAtMs));
  return {
    anomalyId: timeId(episode.startedAtMs, hash),
    seriesId,
    labels,
    detector: detector.name,
    type: episode.type,
    status: episode.open ? 'open' : 'closed',
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
    ...(evidence.attribution.length > 0 && { attribution: evidence.attribution }),
    model: { version: detector.version, trainedToMs: evidence.trainedToMs, samples: evidence.samples },
    reason: explainEpisode(episode),
  };
}
