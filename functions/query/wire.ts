import type { Anomaly, CalendarOccurrence, PastAnomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import { type Labels, metricName, type SampleColumns, type Series } from '../../models/domain/series.ts';
import { formatDuration } from './duration.ts';
import { formatRfc3339 } from './rfc3339.ts';

/** Times as people and programs read them; null stays null. */
export function timeJson(timestampMs: number | null): string | null {
  return timestampMs === null ? null : formatRfc3339(timestampMs);
}

function secondsJson(durationMs: number | null): number | null {
  return durationMs === null ? null : durationMs / 1_000;
}

/** How every answer names its series. */
export function nameJson(seriesId: string, labels: Labels) {
  return {
    series_id: seriesId,
    metric: metricName(labels),
    labels: Object.fromEntries(labels.filter(([name]) => name !== '__name__')),
  };
}

export function seriesJson(series: Series) {
  return {
    ...nameJson(series.seriesId, series.labels),
    kind: series.kind,
    first_sample_at: timeJson(series.firstSampleMs),
  };
}

export function samplesJson({ timestampsMs, values }: SampleColumns) {
  return Array.from(timestampsMs, (timestampMs, i) => ({ time: formatRfc3339(timestampMs), value: values[i]! }));
}

export function rollupsJson({ startsMs, counts, sums, mins, maxs, lasts }: RollupColumns) {
  return Array.from(startsMs, (startMs, i) => ({
    time: formatRfc3339(startMs),
    count: counts[i]!,
    mean: sums[i]! / counts[i]!,
    min: mins[i]!,
    max: maxs[i]!,
    last: lasts[i]!,
  }));
}

export function anomalyJson(anomaly: Anomaly) {
  const { startedAtMs, lastAtMs, endedAtMs } = anomaly;
  return {
    anomaly_id: anomaly.anomalyId,
    ...nameJson(anomaly.seriesId, anomaly.labels),
    detector: anomaly.detector,
    type: anomaly.type,
    status: anomaly.status,
    started_at: timeJson(startedAtMs),
    last_at: timeJson(lastAtMs),
    ended_at: timeJson(endedAtMs),
    duration_seconds: secondsJson((endedAtMs ?? lastAtMs) - startedAtMs),
    points: anomaly.points,
    initial_score: anomaly.initialScore,
    score: anomaly.score,
    actual: anomaly.actual,
    expected: anomaly.expected,
    lower: anomaly.lower,
    upper: anomaly.upper,
    ...explanationJson(anomaly),
    changes: anomaly.changeIds ?? [],
    calendar: (anomaly.calendar ?? []).map(occurrenceJson),
    muted_by: anomaly.mutedBy ?? null,
    ...membersJson(anomaly),
    reason: anomaly.reason,
  };
}

/** Of anomalies of several series. */
function membersJson({ members, affectedSeries, totalSeries }: Anomaly) {
  return {
    ...(members && {
      members: members.map(({ seriesId, labels, deviation, share }) => {
        return { ...nameJson(seriesId, labels), deviation, share };
      }),
    }),
    ...(affectedSeries !== undefined && { affected_series: affectedSeries }),
    ...(totalSeries !== undefined && { total_series: totalSeries }),
  };
}

/** Evidence: what does not apply, or was not kept yet when the anomaly was found, is left out. */
function explanationJson({ detector, peakAtMs, attribution, model, similarPast }: Anomaly) {
  return {
    ...(peakAtMs !== undefined && { peak_at: timeJson(peakAtMs) }),
    ...(attribution && { attribution }),
    ...(similarPast && { similar_past: similarPast.map(pastAnomalyJson) }),
    ...(model && {
      model: {
        name: detector,
        version: model.version,
        trained_to: timeJson(model.trainedToMs),
        samples: model.samples,
        ...(model.peers !== undefined && { prior: { peers: model.peers } }),
      },
    }),
  };
}

function occurrenceJson({ calendarId, title, startMs, endMs }: CalendarOccurrence) {
  return { calendar_id: calendarId, title, starts_at: timeJson(startMs), ends_at: timeJson(endMs) };
}

function pastAnomalyJson({ anomalyId, type, startedAtMs, lastAtMs, deviation }: PastAnomaly) {
  return {
    anomaly_id: anomalyId,
    type,
    started_at: timeJson(startedAtMs),
    duration_seconds: secondsJson(lastAtMs - startedAtMs),
    deviation,
  };
}

export function predictionJson(prediction: Prediction) {
  const { claim, window } = prediction;
  return {
    prediction_id: prediction.predictionId,
    ...nameJson(prediction.seriesId, prediction.labels),
    status: prediction.status,
    made_at: timeJson(prediction.madeAtMs),
    watermark: timeJson(prediction.watermarkMs),
    model_version: prediction.modelVersion,
    claim: {
      limit_id: claim.limitId,
      title: claim.title,
      bound: claim.bound,
      value: claim.value,
      ...(claim.changes && {
        changes: claim.changes.map(({ fromMs, value }) => ({ from: timeJson(fromMs), value })),
      }),
      unit: claim.unit,
      lead_time: formatDuration(claim.leadTimeMs),
      action: claim.action,
    },
    window: { p10: timeJson(window.p10Ms), p50: timeJson(window.p50Ms), p90: timeJson(window.p90Ms) },
    probability: prediction.probability,
    probability_within_lead_time: prediction.probabilityWithinLeadTime,
    act_by: timeJson(prediction.actByMs),
    current_value: prediction.currentValue,
    evidence: prediction.evidence,
    due_at: timeJson(prediction.dueAtMs),
    settled_at: timeJson(prediction.settledAtMs),
    notice_seconds: secondsJson(prediction.noticeMs),
    actual_value: prediction.actualValue,
    settle_reason: prediction.settleReason,
  };
}

export function issueJson(issue: Issue) {
  return {
    issue_id: issue.issueId,
    kind: issue.kind,
    service: issue.service,
    title: issue.title,
    status: issue.status,
    severity: issue.severity,
    opened_at: timeJson(issue.openedAtMs),
    updated_at: timeJson(issue.updatedAtMs),
    resolved_at: timeJson(issue.resolvedAtMs),
    anomaly_ids: issue.anomalyIds,
    prediction_ids: issue.predictionIds,
    suspect_change_ids: issue.suspectChangeIds,
  };
}

export function changeJson(change: Change) {
  return {
    change_id: change.changeId,
    kind: change.kind,
    summary: change.summary,
    source: change.source,
    service: change.service,
    at: timeJson(change.atMs),
    details: change.details,
    links: change.links,
  };
}
