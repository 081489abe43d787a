import { expandCalendar } from '../models/calendar/expand-calendar.ts';
import { serviceOf } from '../models/decide/service-of.ts';
import { createPolicyBook, type PolicyBook, type PolicyCalendar } from '../models/detect/policy-book.ts';
import type { Baseline } from '../models/domain/baseline.ts';
import type { Calendar } from '../models/domain/calendar.ts';
import type { Change } from '../models/domain/change.ts';
import type { DetectionPolicy } from '../models/domain/detection-policy.ts';
import type { Feedback } from '../models/domain/feedback.ts';
import { createUtcOffset } from '../models/numeric/utc-offset.ts';
import type { WorkspaceShapes } from './read-shapes.ts';

/** Everything that people have said in one workspace, as it is stored. */
export interface StoredPolicies {
  readonly policies: readonly DetectionPolicy[];
  readonly calendars: readonly Calendar[];
  readonly baselines: readonly Baseline[];
  readonly feedback: readonly Feedback[];
  readonly changes: readonly Change[];
}

export interface ReadPoliciesDeps {
  readonly readStored: (workspace: string) => Promise<StoredPolicies>;
  /** How the peers of series move; left out where nothing is judged by that. */
  readonly readShapes?: (workspace: string) => Promise<WorkspaceShapes>;
  /** Of time of day and week, where people speak of them. */
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** What people say is in force everywhere after this time. */
const REMEMBER_MS = 30_000;
/** Where it could not be read: soon enough again, and not with every batch. */
const RETRY_MS = 5_000;
const MOST_WORKSPACES = 1_000;

interface Known {
  book: PolicyBook | undefined;
  /** What the book was made of: an equal one is not made again, and nothing is resolved anew. */
  fingerprint: string;
  untilMs: number;
  reading: Promise<PolicyBook> | undefined;
}

/**
 * Reads what people have said, at most every half minute. Where it cannot be read, what was known goes on; a workspace of
 * which nothing is known yet has to wait, so that nobody is told of what they have muted.
 */
export function createReadPolicies(deps: ReadPoliciesDeps): (workspace: string) => Promise<PolicyBook> {
  const knownByWorkspace = new Map<string, Known>();
  const utcOffset = createUtcOffset(deps.timeZone);
  const expanded = createExpander(deps.onError);

  async function read(workspace: string, known: Known): Promise<PolicyBook> {
    try {
      const [stored, shapes] = await Promise.all([deps.readStored(workspace), deps.readShapes?.(workspace)]);
      known.untilMs = deps.nowMs() + REMEMBER_MS;
      const fingerprint = JSON.stringify([stored, shapes?.etag]);
      if (known.book !== undefined && fingerprint === known.fingerprint) return known.book;
      const calendars = stored.calendars.map((calendar) => expanded(workspace, calendar));
      known.book = createPolicyBook(
        { ...stored, calendars },
        { serviceOf, utcOffset, ...(shapes && { peersOf: shapes.peersOf }) },
      );
      known.fingerprint = fingerprint;
      return known.book;
    } catch (error) {
      if (known.book === undefined) throw error;
      known.untilMs = deps.nowMs() + RETRY_MS;
      deps.onError(error);
      return known.book;
    } finally {
      known.reading = undefined;
    }
  }

  return async (workspace) => {
    const known = knownByWorkspace.get(workspace) ?? {
      book: undefined,
      fingerprint: '',
      untilMs: 0,
      reading: undefined,
    };
    if (!knownByWorkspace.has(workspace)) {
      if (knownByWorkspace.size >= MOST_WORKSPACES) knownByWorkspace.clear();
      knownByWorkspace.set(workspace, known);
    }
    if (known.book !== undefined && deps.nowMs() < known.untilMs) return known.book;
    known.reading ??= read(workspace, known);
    return known.reading;
  };
}

/** Expands a calendar once for each time that it was put. One that cannot be expanded says nothing, and is told of. */
function createExpander(onError: (error: unknown) => void) {
  const known = new Map<string, { readonly updatedAtMs: number; readonly calendar: PolicyCalendar }>();
  return (workspace: string, calendar: Calendar): PolicyCalendar => {
    const { calendarId, selector, updatedAtMs } = calendar;
    const key = `${workspace}/${calendarId}`;
    const before = known.get(key);
    if (before?.updatedAtMs === updatedAtMs) return before.calendar;
    const made = { calendarId, selector, spans: spansOf(calendar, onError) };
    if (known.size >= MOST_WORKSPACES) known.clear();
    known.set(key, { updatedAtMs, calendar: made });
    return made;
  };
}

function spansOf(calendar: Calendar, onError: (error: unknown) => void): PolicyCalendar['spans'] {
  const { calendarId, muteAlerts, excludeFromTraining, shiftMs } = calendar;
  try {
    return expandCalendar(calendar).map(({ title, startMs, endMs }) => ({
      calendarId,
      title,
      startMs,
      endMs,
      muteAlerts,
      excludeFromTraining,
      shiftMs,
    }));
  } catch (error) {
    onError(error);
    return [];
  }
}
