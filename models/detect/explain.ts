import type { AnomalyType, CalendarOccurrence } from '../domain/anomaly.ts';
import { formatNumber } from '../domain/quantity.ts';
import type { TrackedAnomaly } from './anomaly-tracker.ts';

/** What a sentence about an anomaly is made of; a TrackedAnomaly is one. */
export type ExplainedEpisode = Pick<TrackedAnomaly, 'type' | 'actual' | 'expected' | 'lower' | 'upper' | 'points'> & {
  readonly startedAtMs: number;
  readonly lastAtMs: number;
};

/**
 * Anomaly in words: one English sentence with what was seen, what was expected and how long it has lasted.
 *
 * Used by the detect room for the field `reason`.
 *
 * Input:      a tracked anomaly.
 * Output:     one sentence, numbers with three digits, first letter upper case, no full stop.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * explainEpisode({ type: 'spike', actual: 93.21, expected: 52, lower: 41, upper: 63, points: 1, startedAtMs: 0, lastAtMs: 0 }) // => 'Rose to 93.2 where 52 was expected (41 to 63)'
 */
export function explainEpisode(anomaly: ExplainedEpisode): string {
  const { actual, expected, lower, upper } = anomaly;
  const usual = `${formatNumber(expected)} was expected (${formatNumber(lower)} to ${formatNumber(upper)})`;
  return `${verb(anomaly.type, actual, expected)} ${formatNumber(actual)} where ${usual}${lasting(anomaly)}`;
}

/**
 * That a newcomer was judged by its peers, in words, to be put behind the sentence of its anomaly.
 *
 * Output:     '' where it was not.
 * Throws:     never.
 *
 * @example
 * byPeers(12) // => ', judged by the shape of 12 peers since it is new'
 */
export function byPeers(peers: number): string {
  return peers === 0 ? '' : `, judged by the shape of ${peers} peers since it is new`;
}

/**
 * Events in words, to be put behind the sentence of an anomaly.
 *
 * Output:     '' for none; else ", during" and their titles.
 * Throws:     never.
 *
 * @example
 * duringEvents([{ title: 'Black Friday' }]) // => ', during Black Friday'
 */
export function duringEvents(events: readonly Pick<CalendarOccurrence, 'title'>[]): string {
  const titles = [...new Set(events.map(({ title }) => (title === '' ? 'an event of a calendar' : title)))];
  return titles.length === 0 ? '' : `, during ${titles.join(' and ')}`;
}

function verb(type: AnomalyType, actual: number, expected: number): string {
  const above = actual > expected;
  if (type === 'level_shift')
    return above ? 'Moved up and stayed there, at most' : 'Moved down and stayed there, at least';
  return above ? 'Rose to' : 'Dropped to';
}

function lasting(anomaly: ExplainedEpisode): string {
  if (anomaly.points <= 1) return '';
  return `, ${anomaly.points} anomalous points in ${formatDuration(anomaly.lastAtMs - anomaly.startedAtMs)}`;
}

/**
 * Length of time in words: the two largest units.
 *
 * Input:      durationMs ≥ 0.
 * Output:     such as "45 s", "12 min", "3 h 20 min", "2 d 4 h".
 * Throws:     never.
 *
 * @example
 * formatDuration(12_000_000) // => '3 h 20 min'
 * formatDuration(45_000) // => '45 s'
 */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(hours, 'h', minutes % 60, 'min');
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;
}
