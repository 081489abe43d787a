import type { Anomaly } from '../domain/anomaly.ts';
import type { Issue } from '../domain/issue.ts';

export type Severity = Issue['severity'];

/** Twice as far out as "anomalous" begins. */
const STRONG_SCORE = 2;
const SEVERE_SCORE = 4;
/** So many series of one service at once are no accident of one sensor. */
const MANY_SERIES = 3;

/**
 * Severity of anomalies: how much attention a group of them deserves.
 *
 * Used by the decide room for issues of kind anomaly.
 *
 * Definition: critical where three series or more are anomalous and one scores at least 2, or any scores at least 4;
 *             warning where any scores at least 2, several series are anomalous, a series went missing or moved to a new
 *             level; else info.
 * Edge:       no anomaly → info.
 * Throws:     never.
 *
 * @example
 * severityOfAnomalies([]) // => 'info'
 */
export function severityOfAnomalies(anomalies: readonly Anomaly[]): Severity {
  let seriesCount = new Set(anomalies.map(({ seriesId }) => seriesId)).size;
  let highestScore = 0;
  for (const { score, affectedSeries = 0 } of anomalies) {
    highestScore = Math.max(highestScore, score);
    seriesCount = Math.max(seriesCount, affectedSeries);
  }
  if (highestScore >= SEVERE_SCORE || (seriesCount >= MANY_SERIES && highestScore >= STRONG_SCORE)) return 'critical';
  const lasting = anomalies.some(({ type }) => type === 'missing' || type === 'level_shift');
  return highestScore >= STRONG_SCORE || seriesCount > 1 || lasting ? 'warning' : 'info';
}

export interface Outlook {
  readonly p10Ms: number | null;
  readonly p50Ms: number | null;
  readonly probabilityWithinLeadTime: number;
  readonly leadTimeMs: number;
  /** The limit's own: warn from here on. */
  readonly warnProbability: number;
  readonly nowMs: number;
}

/**
 * Severity of an outlook: how urgent a predicted crossing is against the time that acting takes.
 *
 * Used by the decide room for issues of kind prediction.
 *
 * Definition: critical where the median date lies within the lead time from now; warning where the probability within
 *             the lead time reaches the limit's, or the p10 date lies within the lead time; else info.
 * Throws:     never.
 *
 * @example
 * severityOfOutlook({ p10Ms: 10, p50Ms: 20, probabilityWithinLeadTime: 0.9, leadTimeMs: 30, warnProbability: 0.5, nowMs: 0 }) // => 'critical'
 * severityOfOutlook({ p10Ms: 10, p50Ms: 20, probabilityWithinLeadTime: 0, leadTimeMs: 5, warnProbability: 0.5, nowMs: 0 }) // => 'info'
 */
export function severityOfOutlook(outlook: Outlook): Severity {
  const actUntilMs = outlook.nowMs + outlook.leadTimeMs;
  if (outlook.p50Ms !== null && outlook.p50Ms <= actUntilMs) return 'critical';
  const likely = outlook.probabilityWithinLeadTime >= outlook.warnProbability;
  return likely || (outlook.p10Ms !== null && outlook.p10Ms <= actUntilMs) ? 'warning' : 'info';
}

/**
 * Highest severity: the one that an issue of several members has.
 *
 * Throws: never.
 *
 * @example
 * highestSeverity(['info', 'critical', 'warning']) // => 'critical'
 * highestSeverity([]) // => 'info'
 */
export function highestSeverity(severities: readonly Severity[]): Severity {
  if (severities.includes('critical')) return 'critical';
  return severities.includes('warning') ? 'warning' : 'info';
}
