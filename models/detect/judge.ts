import type { Direction } from '../domain/detection-policy.ts';
import type { ShapedEpisode } from './anomaly-shape.ts';
import { type CalendarSpan, effectAt, NO_EFFECT } from './calendar-timeline.ts';
import { MISSING, type ScoreOut, WARMING } from './detector.ts';
import { changesAt, holdingGate, mutingFeedback, neededImpact, type Policy, thresholdAt } from './policy.ts';

/** One gate on the way from a sample to an alert, with what it looked at. */
export type GateResult =
  | { readonly gate: 'data'; readonly passed: boolean; readonly value: number | null }
  | {
      readonly gate: 'trained';
      readonly passed: boolean;
      readonly seenPoints: number;
      readonly neededPoints: number;
      /** So many peers whose shape judged it; 0 where the detector did. */
      readonly peers: number;
    }
  | { readonly gate: 'score'; readonly passed: boolean; readonly score: number; readonly threshold: number }
  | {
      readonly gate: 'direction';
      readonly passed: boolean;
      readonly direction: Direction;
      readonly side: 'above' | 'below';
    }
  | { readonly gate: 'impact'; readonly passed: boolean; readonly impact: number; readonly needed: number }
  | { readonly gate: 'calendar'; readonly passed: boolean; readonly spans: readonly CalendarSpan[] }
  | { readonly gate: 'watch'; readonly passed: true; readonly changeIds: readonly string[] }
  | { readonly gate: 'feedback'; readonly passed: boolean; readonly feedbackId: string | null };

export type GateName = GateResult['gate'];

/** What becomes of one value. */
export interface Judgement {
  /** After the gates, above 1 = anomalous and told; 0 where a gate holds it back. */
  readonly score: number;
  /** In the order in which they are passed; those after missing data or an untrained detector are left out. */
  readonly gates: readonly GateResult[];
}

/** What is judged: a value, how its series usually moves, and the anomaly that it belongs to, where there is one. */
export interface JudgedPoint {
  readonly timestampMs: number;
  readonly value: number;
  readonly still: boolean;
  /** So many peers whose shape has judged it; left out for none. */
  readonly peers?: number;
  readonly episode?: ShapedEpisode | undefined;
}

/**
 * Score after the gates: what the tracker is given in place of the detector's score.
 *
 * Used by the detect room for every sample; `judge` says the same with all its reasons.
 *
 * Definition: score / threshold; 0 where that exceeds 1 and a gate holds the value back.
 * Input:      an answer of kind SCORED.
 * Cost:       O(1) where nobody has said anything; no allocation.
 * Throws:     never.
 */
export function gatedScore(policy: Policy, timestampMs: number, value: number, still: boolean, out: ScoreOut): number {
  const score = out.score / thresholdAt(policy, timestampMs);
  if (score <= 1) return score;
  return holdingGate(policy, timestampMs, value, still, out) === undefined ? score : 0;
}

/**
 * Judgement of one value: gate by gate, whether it is told of and why.
 *
 * Used wherever people ask why they were, or were not, warned.
 *
 * Definition: data, trained, score, direction, impact, calendar, watch, feedback, in this order. A watch window never
 *             holds anything back: it changes the threshold of the gate `score`, and is named.
 * Input:      the policy of the series; the point; what the detector answered for it.
 * Output:     a value of its own.
 * Edge:       without an episode, feedback lets everything pass: it is about whole anomalies.
 * Cost:       O(watch windows + muted shapes + log calendar spans).
 * Throws:     never.
 */
export function judge(policy: Policy, point: JudgedPoint, out: ScoreOut): Judgement {
  const { timestampMs, value, still, peers = 0, episode } = point;
  const present = Number.isFinite(value) && out.kind !== MISSING;
  const gates: GateResult[] = [{ gate: 'data', passed: present, value: Number.isFinite(value) ? value : null }];
  if (!present) return { score: 0, gates };
  const { seenPoints, neededPoints } = out;
  gates.push({ gate: 'trained', passed: out.kind !== WARMING, seenPoints, neededPoints, peers });
  if (out.kind === WARMING) return { score: 0, gates };
  const muting = episode && mutingFeedback(policy, episode);
  gates.push(...gatesOfScore(policy, timestampMs, value, still, out), {
    gate: 'feedback',
    passed: muting === undefined,
    feedbackId: muting?.feedbackId ?? null,
  });
  const score = gatedScore(policy, timestampMs, value, still, out);
  return { score: muting === undefined || score <= 1 ? score : 0, gates };
}

function gatesOfScore(
  policy: Policy,
  timestampMs: number,
  value: number,
  still: boolean,
  out: ScoreOut,
): readonly GateResult[] {
  const threshold = thresholdAt(policy, timestampMs);
  const side = value > out.expected ? 'above' : 'below';
  const impact = Math.abs(value - out.expected);
  const needed = neededImpact(policy, out.expected, still);
  const calendar = policy.timeline === null ? NO_EFFECT : effectAt(policy.timeline, timestampMs);
  const { direction } = policy;
  return [
    { gate: 'score', passed: out.score > threshold, score: out.score, threshold },
    { gate: 'direction', passed: direction === 'both' || direction === side, direction, side },
    { gate: 'impact', passed: impact >= needed, impact, needed },
    { gate: 'calendar', passed: !calendar.muteAlerts, spans: calendar.spans },
    { gate: 'watch', passed: true, changeIds: changesAt(policy, timestampMs) },
  ];
}
