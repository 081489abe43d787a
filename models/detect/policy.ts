import type { CalendarOccurrence } from '../domain/anomaly.ts';
import type { Direction } from '../domain/detection-policy.ts';
import type { AnomalyShape, ShapeTime } from '../domain/feedback.ts';
import type { PeerShapes } from '../domain/peer-shape.ts';
import type { UtcOffset } from '../numeric/utc-offset.ts';
import { isSameShape, type ShapedEpisode } from './anomaly-shape.ts';
import { type CalendarTimeline, effectAt, spansDuring } from './calendar-timeline.ts';
import type { ScoreOut } from './detector.ts';

/** Time after a change in which its series are watched. */
export interface WatchWindow {
  readonly changeId: string;
  readonly fromMs: number;
  /** Excluded. */
  readonly toMs: number;
  /** Multiplies the threshold: below 1 is stricter, above 1 quieter, 1 only notes the change. */
  readonly threshold: number;
}

export interface AcceptedNormal {
  readonly baselineId: string;
  readonly fromMs: number;
}

/** A shape of anomaly that people have called not useful. */
export interface MutedShape {
  readonly feedbackId: string;
  readonly shape: AnomalyShape;
  readonly when: ShapeTime;
}

/** All that people have told us about one series, resolved. */
export interface Policy {
  readonly direction: Direction;
  /** Least distance from the expectation that matters: in the unit of the values, and as a share of the expectation. */
  readonly minImpact: number;
  readonly minImpactRelative: number;
  /** The same share, for a series that hardly ever moves. */
  readonly minImpactStill: number;
  /** Score that a point must exceed. */
  readonly threshold: number;
  readonly timeline: CalendarTimeline | null;
  readonly watches: readonly WatchWindow[];
  /** Ascending in time. */
  readonly acceptedNormals: readonly AcceptedNormal[];
  readonly mutedShapes: readonly MutedShape[];
  /** How the peers of the series move, for its first days; null where it has none that are known. */
  readonly peers: PeerShapes | null;
  /** Of the zone whose time of day and week people mean. */
  readonly utcOffset: UtcOffset;
}

/**
 * A series that hardly ever moves has no spread that a move could be measured by: whatever it does is infinitely rare. One
 * percent of the level is the least that anybody would see on a chart that begins at zero.
 */
export const MIN_IMPACT_STILL = 0.01;

/** Nobody has said anything: what is true of most series. */
export const PLAIN_POLICY: Policy = {
  direction: 'both',
  minImpact: 0,
  minImpactRelative: 0,
  minImpactStill: MIN_IMPACT_STILL,
  threshold: 1,
  timeline: null,
  watches: [],
  acceptedNormals: [],
  mutedShapes: [],
  peers: null,
  utcOffset: () => 0,
};

/** Gates that hold back what is anomalous by its score. */
export type HoldingGate = 'direction' | 'impact' | 'calendar' | 'feedback';

/**
 * Threshold that a score must exceed at a time.
 *
 * Definition: that of the policy, times those of the watch windows that hold the time; of several windows the strictest
 *             and the quietest both count.
 * Cost:       O(watch windows), no allocation.
 * Throws:     never.
 *
 * @example
 * thresholdAt(PLAIN_POLICY, 0) // => 1
 */
export function thresholdAt({ threshold, watches }: Policy, timestampMs: number): number {
  if (watches.length === 0) return threshold;
  let strictest = 1;
  let quietest = 1;
  for (const watch of watches) {
    if (timestampMs < watch.fromMs || timestampMs >= watch.toMs) continue;
    if (watch.threshold < strictest) strictest = watch.threshold;
    if (watch.threshold > quietest) quietest = watch.threshold;
  }
  return threshold * strictest * quietest;
}

/**
 * Least distance from the expectation that matters to people.
 *
 * Definition: the largest of the absolute minimum, the relative one times |expected| and, for a series that hardly ever
 *             moves, one percent of |expected| (unless a policy states any minimum).
 * Throws:     never.
 *
 * @example
 * neededImpact(PLAIN_POLICY, 200, true) // => 2
 * neededImpact(PLAIN_POLICY, 200, false) // => 0
 */
export function neededImpact(policy: Policy, expected: number, still: boolean): number {
  const level = Math.abs(expected);
  const relative = still ? Math.max(policy.minImpactRelative, policy.minImpactStill) : policy.minImpactRelative;
  return Math.max(policy.minImpact, relative * level);
}

/**
 * Gate that holds back an anomalous value, apart from feedback, which is about whole anomalies.
 *
 * Used by the detect room for every point whose score exceeds the threshold.
 *
 * Definition: direction, impact and calendar, in this order; the first that does not let the value pass.
 * Input:      what the detector answered; `still`, whether the series hardly ever moves.
 * Output:     undefined where all let it pass.
 * Cost:       O(log calendar spans), no allocation.
 * Throws:     never.
 */
export function holdingGate(
  policy: Policy,
  timestampMs: number,
  value: number,
  still: boolean,
  { expected }: ScoreOut,
): HoldingGate | undefined {
  const distance = value - expected;
  if (policy.direction !== 'both' && distance > 0 !== (policy.direction === 'above')) return 'direction';
  if (Math.abs(distance) < neededImpact(policy, expected, still)) return 'impact';
  if (isMutedAt(policy, timestampMs)) return 'calendar';
  return undefined;
}

/**
 * Feedback that silences an anomaly as it is now.
 *
 * Used by the detect room before an anomaly is told of.
 *
 * Output:     the first shape that the anomaly does not go beyond; undefined where there is none.
 * Cost:       O(muted shapes).
 * Throws:     never.
 *
 * @example
 * mutingFeedback(PLAIN_POLICY, { type: 'spike', startedAtMs: 0, lastAtMs: 0, actual: 9, expected: 5 }) // => undefined
 */
export function mutingFeedback(policy: Policy, episode: ShapedEpisode): MutedShape | undefined {
  return policy.mutedShapes.find(({ shape, when }) => isSameShape(shape, when, episode, policy.utcOffset));
}

/**
 * Changes whose watch window holds a time: those that an anomaly which starts then carries.
 *
 * Output:     ids, latest change first.
 * Cost:       O(watch windows).
 * Throws:     never.
 *
 * @example
 * changesAt(PLAIN_POLICY, 0) // => []
 */
export function changesAt({ watches }: Policy, timestampMs: number): readonly string[] {
  return watches
    .filter(({ fromMs, toMs }) => timestampMs >= fromMs && timestampMs < toMs)
    .sort((a, b) => b.fromMs - a.fromMs)
    .map(({ changeId }) => changeId);
}

/** So many are named: a month of nights in a calendar is no explanation. */
const MOST_EVENTS = 5;

/**
 * Events of calendars that were in force at any time of an anomaly: those that it carries.
 *
 * Input:      fromMs ≤ toMs, both included.
 * Output:     at most five, in the order in which they begin.
 * Cost:       O(log calendar spans + those in force).
 * Throws:     never.
 *
 * @example
 * eventsDuring(PLAIN_POLICY, 0, 9) // => []
 */
export function eventsDuring({ timeline }: Policy, fromMs: number, toMs: number): readonly CalendarOccurrence[] {
  if (timeline === null) return [];
  const spans = spansDuring(timeline, fromMs, toMs).slice(0, MOST_EVENTS);
  return spans.map(({ calendarId, title, startMs, endMs }) => ({ calendarId, title, startMs, endMs }));
}

/**
 * Does a calendar mute alerts at this time?
 *
 * Cost:       O(log calendar spans).
 * Throws:     never.
 *
 * @example
 * isMutedAt(PLAIN_POLICY, 0) // => false
 */
export function isMutedAt({ timeline }: Policy, timestampMs: number): boolean {
  return timeline !== null && effectAt(timeline, timestampMs).muteAlerts;
}
