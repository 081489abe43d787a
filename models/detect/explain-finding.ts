import type { Finding } from '../domain/finding.ts';
import { formatNumber } from '../domain/quantity.ts';
import { formatDuration } from './explain.ts';

/** Names that a sentence about a finding is made with. */
export interface FindingNames {
  /** Service, host or whatever the finding is about. */
  readonly subject: string;
  /** Metrics of its members, those with the largest part first, without repeats. */
  readonly metrics: readonly string[];
}

const NAMED_METRICS = 3;

/**
 * Finding in words: one English sentence.
 *
 * Used by the survey room for the field `reason`.
 *
 * Input:      a finding, and the names to tell it with.
 * Output:     one sentence, numbers with three digits, no full stop.
 * Cost:       O(1).
 * Throws:     never.
 */
export function explainFinding(finding: Finding, names: FindingNames): string {
  switch (finding.kind) {
    case 'group':
      return explainGroup(finding, names);
    case 'outlier':
      return explainOutlier(finding, names);
    case 'missing':
      return explainMissing(finding, names);
  }
}

function explainGroup({ sight }: Finding, { subject, metrics }: FindingNames): string {
  const { affected, total, actual, lower, upper, direction } = sight;
  const way = direction > 0 ? 'moved up together' : direction < 0 ? 'moved down together' : 'became restless together';
  const size = `${formatNumber(Math.abs(actual))} standard deviations on average`;
  const usual = `usual is ${formatNumber(lower)} to ${formatNumber(upper)}`;
  return `${affected} of ${total} series of ${subject} ${way}, ${size} where ${usual}: ${listed(metrics)}`;
}

function explainOutlier({ sight }: Finding, { subject, metrics }: FindingNames): string {
  const { actual, expected, lower, upper, total } = sight;
  const what = metrics[0] === undefined ? '' : `${metrics[0]} of `;
  const usual = `${formatNumber(expected)} is usual for it among its ${total - 1} peers`;
  return `${what}${subject} at ${formatNumber(actual)} where ${usual} (${formatNumber(lower)} to ${formatNumber(upper)})`;
}

function explainMissing({ scope, sight }: Finding, { subject, metrics }: FindingNames): string {
  const { affected, total, actual, expected } = sight;
  const silence = `for ${formatDuration(actual * 1000)}, usually at least every ${formatDuration(expected * 1000)}`;
  if (scope === 'series') return `No data ${silence}`;
  const whose = scope === 'workspace' ? 'all services' : subject;
  return `No data from ${affected} of ${total} series of ${whose} ${silence}: ${listed(metrics)}`;
}

function listed(metrics: readonly string[]): string {
  const named = metrics.slice(0, NAMED_METRICS);
  const rest = metrics.length - named.length;
  return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${rest} more`;
}
