import { createZoneFormat } from '../../functions/report/format.ts';
import { formatSeries } from '../../models/domain/series.ts';
import type { SeriesReplay } from './replay-series.ts';
import {
  anomalyCount,
  anomalyWords,
  courseWords,
  forecastWords,
  LONG_AGO_MS,
  lackWords,
  limitWords,
  spanWords,
  trainingWords,
} from './words.ts';

/** More than these are told as a number: all of them are in the page and the JSON. */
const MOST_ANOMALIES = 20;

/** What was found in one series, for the terminal. */
export function reportLines(replay: SeriesReplay, timeZone: string): string[] {
  const zone = createZoneFormat(timeZone, LONG_AGO_MS);
  const shown = replay.anomalies.slice(-MOST_ANOMALIES);
  const left = replay.anomalies.length - shown.length;
  const { forecast } = replay;
  const lines = [spanWords(replay, zone), trainingWords(replay, zone), anomalyCount(replay)];
  if (left > 0) lines.push(`  (the newest ${shown.length}; ${left} earlier ones are on the page and in the JSON)`);
  for (const anomaly of shown) {
    lines.push(`  ${zone.moment(anomaly.startedAtMs)}  ${anomaly.type.replaceAll('_', ' ')}: ${anomalyWords(anomaly)}`);
    lines.push(`    ${courseWords(anomaly, zone)}`);
  }
  lines.push(forecastWords(forecast));
  for (const time of forecast?.timeToLimit ?? []) lines.push(limitWords(time, zone, forecast?.abstain === null));
  const lacks = lackWords(replay);
  if (lacks !== null) lines.push(lacks);
  return [formatSeries(replay.labels), ...lines.map((line) => `  ${line}`), ''];
}
