import { formatNumber } from '../domain/quantity.ts';
import { formatDuration } from './explain.ts';
import type { GateResult } from './judge.ts';

/** A gate in words, and whether a value passed it. */
export interface GateWords {
  readonly gate: string;
  readonly passed: boolean;
  /** One sentence without a full stop. */
  readonly detail: string;
}

/**
 * Gate in words: what a gate looked at and what it found.
 *
 * Used by the query room, where people ask why they were, or were not, warned.
 *
 * Input:      the result of one gate.
 * Output:     one sentence, first letter upper case, no full stop.
 * Throws:     never.
 *
 * @example
 * gateWords({ gate: 'score', passed: false, score: 0.4, threshold: 1 }).detail // => 'Score 0.4, which must exceed 1'
 * gateWords({ gate: 'watch', passed: true, changeIds: [] }).detail // => 'No watch window of a change'
 */
export function gateWords(result: GateResult): GateWords {
  return { gate: result.gate, passed: result.passed, detail: detailOf(result) };
}

function detailOf(result: GateResult): string {
  switch (result.gate) {
    case 'data':
      return result.value === null ? 'The sample is no finite number' : `Value ${formatNumber(result.value)}`;
    case 'trained':
      return trainedDetail(result);
    case 'score':
      return `Score ${formatNumber(result.score)}, which must exceed ${formatNumber(result.threshold)}`;
    case 'direction':
      return result.direction === 'both'
        ? 'Both directions matter'
        : `The value is ${result.side} the expectation, and only ${result.direction} it matters`;
    case 'impact':
      return `${formatNumber(result.impact)} away from the expectation, at least ${formatNumber(result.needed)} matter`;
    case 'calendar':
      return calendarDetail(result);
    case 'watch':
      return result.changeIds.length === 0
        ? 'No watch window of a change'
        : `Within the watch window of ${result.changeIds.join(', ')}`;
    case 'feedback':
      return result.feedbackId === null
        ? 'Nobody has called this shape not useful'
        : `This shape was called not useful (${result.feedbackId})`;
  }
}

function trainedDetail({ passed, seenPoints, neededPoints, peers }: Extract<GateResult, { gate: 'trained' }>): string {
  if (peers > 0) return `New: judged by the shape of ${peers} peers until its own history is better`;
  return passed ? 'Trained' : `Still learning: ${seenPoints} of ${neededPoints} points`;
}

function calendarDetail({ spans, passed }: Extract<GateResult, { gate: 'calendar' }>): string {
  if (spans.length === 0) return 'No event of a calendar';
  const titles = spans.map(({ title, startMs, endMs }) => `${title} (${formatDuration(endMs - startMs)})`).join(', ');
  return passed ? `During ${titles}, which does not mute` : `Muted by ${titles}`;
}
