import { forecastJson } from '../../functions/query/forecast-wire.ts';
import { lacksJson } from '../../functions/query/lacks-wire.ts';
import { nameJson, timeJson } from '../../functions/query/wire.ts';
import type { ReplayedAnomaly } from '../../models/detect/replay.ts';
import type { FileContent } from './read-series.ts';
import type { SeriesReplay } from './replay-series.ts';
import { anomalyWords } from './words.ts';

/** Everything that was found, in the words of the API. */
export function replayJson(file: string, content: FileContent, replays: readonly SeriesReplay[], timeZone: string) {
  return {
    file,
    time_zone: timeZone,
    rows: content.rows,
    refused_rows: content.refused,
    refusals: content.refusals,
    left_out_columns: content.leftOutColumns,
    series: replays.map(seriesJson),
  };
}

function seriesJson(replay: SeriesReplay) {
  const { series_id: _unused, ...name } = nameJson('', replay.labels);
  const { forecast } = replay;
  return {
    ...name,
    samples: replay.samples,
    missing: replay.missing,
    first_sample_at: timeJson(replay.firstMs),
    last_sample_at: timeJson(replay.lastMs),
    cadence_seconds: Number.isFinite(replay.cadenceMs) ? replay.cadenceMs / 1_000 : null,
    detector: replay.detector,
    trained_since: timeJson(replay.trainedSinceMs),
    lacks: lacksJson(replay.lacks),
    anomalies: replay.anomalies.map(anomalyJson),
    forecast: forecast && forecastJson(forecast),
  };
}

function anomalyJson(anomaly: ReplayedAnomaly) {
  const { evidence } = anomaly;
  return {
    type: anomaly.type,
    status: anomaly.open ? 'open' : 'closed',
    started_at: timeJson(anomaly.startedAtMs),
    raised_at: timeJson(anomaly.raisedAtMs),
    last_at: timeJson(anomaly.lastAtMs),
    ended_at: timeJson(anomaly.endedAtMs),
    points: anomaly.points,
    initial_score: anomaly.initialScore,
    score: anomaly.score,
    peak_at: timeJson(anomaly.peakAtMs),
    actual: anomaly.actual,
    expected: anomaly.expected,
    lower: anomaly.lower,
    upper: anomaly.upper,
    ...(evidence.attribution.length > 0 && { attribution: evidence.attribution }),
    model: { trained_to: timeJson(evidence.trainedToMs), samples: evidence.samples },
    reason: anomalyWords(anomaly),
  };
}
