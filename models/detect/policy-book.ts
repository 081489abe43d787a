import type { Baseline } from '../domain/baseline.ts';
import type { Change } from '../domain/change.ts';
import type { DetectionPolicy, WatchRule } from '../domain/detection-policy.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { PeerShapes } from '../domain/peer-shape.ts';
import { type Selector, selects } from '../domain/selector.ts';
import type { Labels } from '../domain/series.ts';
import type { UtcOffset } from '../numeric/utc-offset.ts';
import { buildTimeline, type CalendarSpan, type CalendarTimeline } from './calendar-timeline.ts';
import { MIN_IMPACT_STILL, type MutedShape, PLAIN_POLICY, type Policy, type WatchWindow } from './policy.ts';

/** A calendar with its occurrences. */
export interface PolicyCalendar {
  readonly calendarId: string;
  readonly selector: Selector;
  readonly spans: readonly CalendarSpan[];
}

/** All that people have said in one workspace. */
export interface PolicyRules {
  readonly policies: readonly DetectionPolicy[];
  readonly calendars: readonly PolicyCalendar[];
  readonly baselines: readonly Baseline[];
  readonly feedback: readonly Feedback[];
  readonly changes: readonly Change[];
}

export interface PolicyBookOptions {
  /** Word by which changes name what they concern. */
  readonly serviceOf: (labels: Labels) => string;
  /** Of the zone whose time of day and week people mean. */
  readonly utcOffset: UtcOffset;
  /** How the peers of a series move, the same object for all of them; null where that is not known. */
  readonly peersOf?: (labels: Labels) => PeerShapes | null;
}

/** What was said, by series. */
export interface PolicyBook {
  /** The same object for all series of which the same is known; PLAIN_POLICY where nothing is. */
  resolve(seriesId: string, labels: Labels): Policy;
  readonly baselines: readonly Baseline[];
}

/** A change is watched for an hour, and noted, unless a policy says otherwise. */
export const DEFAULT_WATCH: WatchRule = { kinds: [], durationMs: 3_600_000, threshold: 1 };
const MOST_MUTED_SHAPES = 20;

export const EMPTY_BOOK: PolicyBook = { resolve: () => PLAIN_POLICY, baselines: [] };

/**
 * Policy book: resolves what people have said, in general and of single series, to the policy of each series.
 *
 * Used by the detect room, once for each series and version of what was said.
 *
 * Definition: a policy, calendar or baseline holds for the series that its selector names. Of several policies that state
 *             the same thing the one with the most label values counts, of equally specific ones the one with the later
 *             id. A change concerns its service's series, or all where it names none, and is watched by the first rule of
 *             the policy in force that covers its kind. Of the shapes muted for a series the twenty latest count.
 *             How the peers of a series move is no word of anybody, and comes with it all the same: it holds for a series
 *             as calendars do.
 * Input:      rules in any order.
 * Output:     a function without side effects; equal rules give equal policies.
 * Cost:       one series: O((policies + calendars + baselines) × labels + changes); memory O(distinct policies).
 * Throws:     never.
 *
 * @example
 * createPolicyBook({ policies: [], calendars: [], baselines: [], feedback: [], changes: [] }, { serviceOf: () => '', utcOffset: () => 0 }).resolve('', []) === PLAIN_POLICY // => true
 */
export function createPolicyBook(rules: PolicyRules, { serviceOf, utcOffset, peersOf }: PolicyBookOptions): PolicyBook {
  const policies = [...rules.policies].sort(bySpecificity);
  const baselines = [...rules.baselines].sort((a, b) => a.fromMs - b.fromMs || order(a.baselineId, b.baselineId));
  const mutedBySeries = Map.groupBy(rules.feedback.filter(isMuting), ({ seriesId }) => seriesId);
  const known = new Map<string, Policy>();
  const knownWithPeers = new Map<PeerShapes, Map<Policy, Policy>>();
  const timelines = new Map<string, CalendarTimeline>();

  function timelineOf(calendars: readonly PolicyCalendar[]): CalendarTimeline | null {
    if (calendars.length === 0) return null;
    const key = calendars.map(({ calendarId }) => calendarId).join(' ');
    const timeline = timelines.get(key) ?? buildTimeline(calendars.flatMap(({ spans }) => spans));
    timelines.set(key, timeline);
    return timeline;
  }

  function resolve(seriesId: string, labels: Labels): Policy {
    const policy = resolveSaid(seriesId, labels);
    const peers = peersOf?.(labels) ?? null;
    return peers === null ? policy : withPeers(policy, peers);
  }

  function withPeers(policy: Policy, peers: PeerShapes): Policy {
    const made = knownWithPeers.get(peers) ?? new Map<Policy, Policy>();
    knownWithPeers.set(peers, made);
    const resolved = made.get(policy) ?? { ...policy, utcOffset, peers };
    made.set(policy, resolved);
    return resolved;
  }

  function resolveSaid(seriesId: string, labels: Labels): Policy {
    const service = rules.changes.length === 0 ? '' : serviceOf(labels);
    const said = {
      policies: policies.filter(({ selector }) => selects(selector, labels)),
      calendars: rules.calendars.filter(({ selector }) => selects(selector, labels)),
      baselines: baselines.filter((baseline) => concerns(baseline, seriesId, labels)),
      changes: rules.changes.filter((change) => change.service === null || change.service === service),
      feedback: mutedBySeries.get(seriesId) ?? [],
    };
    const key = keyOf(said);
    if (key === NOTHING_SAID) return PLAIN_POLICY;
    const policy = known.get(key) ?? {
      ...thresholdsOf(said.policies),
      timeline: timelineOf(said.calendars),
      watches: watchesOf(
        said.changes,
        said.policies.find(({ watches }) => watches !== null)?.watches ?? [DEFAULT_WATCH],
      ),
      acceptedNormals: said.baselines,
      mutedShapes: mutedShapesOf(said.feedback),
      peers: null,
      utcOffset,
    };
    known.set(key, policy);
    return policy;
  }

  return { resolve, baselines };
}

interface Said {
  readonly policies: readonly DetectionPolicy[];
  readonly calendars: readonly PolicyCalendar[];
  readonly baselines: readonly Baseline[];
  readonly changes: readonly Change[];
  readonly feedback: readonly Feedback[];
}

function keyOf({ policies, calendars, baselines, changes, feedback }: Said): string {
  return [
    policies.map(({ policyId }) => policyId).join(' '),
    calendars.map(({ calendarId }) => calendarId).join(' '),
    baselines.map(({ baselineId }) => baselineId).join(' '),
    changes.map(({ changeId }) => changeId).join(' '),
    feedback.map(({ feedbackId }) => feedbackId).join(' '),
  ].join('|');
}

const NOTHING_SAID = keyOf({ policies: [], calendars: [], baselines: [], changes: [], feedback: [] });

function bySpecificity(a: DetectionPolicy, b: DetectionPolicy): number {
  return b.selector.length - a.selector.length || -order(a.policyId, b.policyId);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Does a baseline hold for this series?
 *
 * Throws:     never.
 *
 * @example
 * concerns({ seriesId: 'x', selector: [] }, 'y', []) // => false
 */
export function concerns(
  { seriesId, selector }: Pick<Baseline, 'seriesId' | 'selector'>,
  id: string,
  labels: Labels,
): boolean {
  return seriesId === null ? selects(selector, labels) : seriesId === id;
}

function isMuting({ verdict }: Feedback): boolean {
  return verdict === 'not_useful';
}

/** Each from the most specific policy that states it. The usual minimum is replaced by any that people state. */
function thresholdsOf(policies: readonly DetectionPolicy[]) {
  const stated = <K extends keyof DetectionPolicy>(name: K) =>
    policies.find((policy) => policy[name] !== null)?.[name] ?? null;
  const minImpact = stated('minImpact');
  const minImpactRelative = stated('minImpactRelative');
  return {
    direction: stated('direction') ?? PLAIN_POLICY.direction,
    minImpact: minImpact ?? 0,
    minImpactRelative: minImpactRelative ?? 0,
    minImpactStill: minImpact === null && minImpactRelative === null ? MIN_IMPACT_STILL : 0,
    threshold: stated('threshold') ?? 1,
  };
}

function watchesOf(changes: readonly Change[], rules: readonly WatchRule[]): readonly WatchWindow[] {
  return changes.flatMap(({ changeId, kind, atMs }) => {
    const rule = rules.find(({ kinds }) => kinds.length === 0 || kinds.includes(kind));
    if (rule === undefined) return [];
    return [{ changeId, fromMs: atMs, toMs: atMs + rule.durationMs, threshold: rule.threshold }];
  });
}

function mutedShapesOf(feedback: readonly Feedback[]): readonly MutedShape[] {
  return [...feedback]
    .sort((a, b) => b.createdAtMs - a.createdAtMs || order(a.feedbackId, b.feedbackId))
    .slice(0, MOST_MUTED_SHAPES)
    .map(({ feedbackId, shape, when }) => ({ feedbackId, shape, when }));
}
