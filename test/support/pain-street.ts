import { createShardState, type ShardState } from '../../data/state/shard-state.ts';
import { createSampleProcessor } from '../../functions/detect/sample-processor.ts';
import { expandCalendar } from '../../models/calendar/expand-calendar.ts';
import { serviceOf } from '../../models/decide/service-of.ts';
import {
  createPolicyBook,
  type PolicyBook,
  type PolicyBookOptions,
  type PolicyRules,
} from '../../models/detect/policy-book.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { DetectionPolicy } from '../../models/domain/detection-policy.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';
import type { TimedValue } from './generated-series.ts';
import { idOf, SHARD, WORKSPACE } from './shard-room.ts';

/** What people have said, with calendars as they put them. */
export interface Said extends Partial<Omit<PolicyRules, 'calendars'>> {
  readonly calendars?: readonly Calendar[];
  /** How the peers of a series move, which nobody says but the survey. */
  readonly peersOf?: PolicyBookOptions['peersOf'];
}

/** Samples on their way through the real processor and a detector, the default one unless it is named, under what people have said. */
export interface PainStreet {
  readonly state: ShardState;
  /** From now on this is what they have said. */
  say(said: Said): void;
  feed(points: readonly TimedValue[], series?: FedSeries): void;
  /** As it stands now, every one that was told, in the order of their beginnings. */
  anomalies(): readonly Anomaly[];
  /** Without those that are muted: what people hear of. */
  alerts(): readonly Anomaly[];
}

interface FedSeries {
  readonly name?: string;
  readonly labels?: Labels;
  readonly kind?: SeriesKind;
}

export const SERIES_LABELS: Labels = [
  ['__name__', 'requests'],
  ['service', 'shop'],
];

export function openPainStreet(timeZone = 'UTC', said: Said = {}, detector = DEFAULT_DETECTOR): PainStreet {
  const processor = createSampleProcessor(createDetector(detector, { timeZone }));
  const state = createShardState(WORKSPACE, SHARD, processor.layout);
  const street: PainStreet = {
    state,
    say: (next) => processor.usePolicies(state, bookOf(next, timeZone)),
    feed(points, { name = 'requests', labels = SERIES_LABELS, kind = 'gauge' } = {}) {
      const columns = {
        timestampsMs: Float64Array.from(points, ({ timestampMs }) => timestampMs),
        values: Float64Array.from(points, ({ value }) => value),
        stale: new Uint8Array(points.length),
      };
      const range = { start: 0, end: points.length };
      processor.applySamples(
        state,
        { seriesId: idOf(name), kind, labels: () => labels, ...columns, ...range },
        new Map(),
      );
      processor.closeSilent(state);
    },
    anomalies() {
      const newest = new Map(state.outbox.anomalies.map((anomaly) => [anomaly.anomalyId, anomaly]));
      return [...newest.values()].sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
    alerts: () => street.anomalies().filter(({ status }) => status !== 'muted'),
  };
  street.say(said);
  return street;
}

export function bookOf({ calendars = [], peersOf, ...said }: Said, timeZone = 'UTC'): PolicyBook {
  const nothing = { policies: [], baselines: [], feedback: [], changes: [] };
  const expanded = calendars.map((calendar) => ({
    calendarId: calendar.calendarId,
    selector: calendar.selector,
    spans: expandCalendar(calendar).map((occurrence) => ({ ...calendar, ...occurrence })),
  }));
  const rules = { ...nothing, ...said, calendars: expanded };
  const options = { serviceOf, utcOffset: createUtcOffset(timeZone), ...(peersOf && { peersOf }) };
  return createPolicyBook(rules, options);
}

export function policyFor(said: Partial<DetectionPolicy>): DetectionPolicy {
  const nothing = { direction: null, minImpact: null, minImpactRelative: null, threshold: null, watches: null };
  return { policyId: 'policy', title: '', selector: [], ...nothing, updatedAtMs: 0, ...said };
}

/** One event of a calendar that concerns every series. */
export function calendarFor(start: string, end: string, effects: Partial<Calendar>): Calendar {
  const event = { title: 'event', start, end, durationMs: null, timeZone: null, rrule: null, except: [], also: [] };
  const nothing = { muteAlerts: false, excludeFromTraining: false, shiftMs: 0 };
  const rest = { calendarId: 'calendar', title: '', timeZone: 'UTC', selector: [], events: [event] };
  return { ...rest, ...nothing, updatedAtMs: Date.UTC(2025, 0), ...effects };
}

const SIGNS = { spike: '^', dip: 'v', level_shift: 'L', missing: '_', group: 'g', outlier: 'o' } as const;

/** The days on which alerts began, a character a day: `.` none, `^` spike, `v` dip, `L` level shift, a number for several. */
export function drawDays(alerts: readonly Anomaly[], startMs: number, days: number): string {
  return Array.from({ length: days }, (_, day) => {
    const fromMs = startMs + day * DAY_MS;
    const found = alerts.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < fromMs + DAY_MS);
    return found.length > 1 ? String(found.length) : (found.map(({ type }) => SIGNS[type])[0] ?? '.');
  }).join('');
}
