/** One occurrence of an event of a calendar, in UTC. */
export interface CalendarSpan {
  readonly calendarId: string;
  readonly title: string;
  readonly startMs: number;
  /** Excluded. */
  readonly endMs: number;
  readonly muteAlerts: boolean;
  readonly excludeFromTraining: boolean;
  readonly shiftMs: number;
}

/** What calendars say of one time. */
export interface CalendarEffect {
  readonly muteAlerts: boolean;
  readonly excludeFromTraining: boolean;
  readonly shiftMs: number;
  /** The occurrences that say so. */
  readonly spans: readonly CalendarSpan[];
}

export const NO_EFFECT: CalendarEffect = { muteAlerts: false, excludeFromTraining: false, shiftMs: 0, spans: [] };

/** Stretches of time without gaps, each with one effect: the first begins at the first boundary. */
export interface CalendarTimeline {
  readonly boundariesMs: Float64Array;
  readonly effects: readonly CalendarEffect[];
}

/**
 * Timeline of calendars: turns occurrences that may overlap into stretches that can be looked up.
 *
 * Used by the detect room for every set of calendars that touch a series.
 *
 * Definition: within a stretch, alerts are muted where any occurrence mutes them, training is excluded where any
 *             excludes it, and the season is shifted as the occurrence says that began last (of equal ones the one given
 *             last). Starts belong to an occurrence, ends do not.
 * Input:      occurrences in any order.
 * Edge:       empty or reversed occurrences are left out.
 * Cost:       O(n log n + n × most that overlap).
 * Throws:     never.
 *
 * @example
 * buildTimeline([]).effects // => []
 */
export function buildTimeline(spans: readonly CalendarSpan[]): CalendarTimeline {
  const ordered = spans.filter(({ startMs, endMs }) => startMs < endMs).sort((a, b) => a.startMs - b.startMs);
  const edges = new Set(ordered.flatMap(({ startMs, endMs }) => [startMs, endMs]));
  const boundariesMs = Float64Array.from(edges).sort();
  let active: CalendarSpan[] = [];
  let next = 0;
  const effects = Array.from(boundariesMs, (atMs) => {
    active = active.filter(({ endMs }) => endMs > atMs);
    while (next < ordered.length && ordered[next]!.startMs === atMs) active.push(ordered[next++]!);
    return effectOf(active);
  });
  return { boundariesMs, effects };
}

function effectOf(active: readonly CalendarSpan[]): CalendarEffect {
  if (active.length === 0) return NO_EFFECT;
  return {
    muteAlerts: active.some(({ muteAlerts }) => muteAlerts),
    excludeFromTraining: active.some(({ excludeFromTraining }) => excludeFromTraining),
    shiftMs: active.findLast(({ shiftMs }) => shiftMs !== 0)?.shiftMs ?? 0,
    spans: [...active],
  };
}

/**
 * Effect of calendars at a time.
 *
 * Used by the detect room for every sample of a series that a calendar touches.
 *
 * Output:     the effect of the stretch that holds the time; NO_EFFECT before the first and after the last.
 * Cost:       O(log n), no allocation.
 * Throws:     never.
 *
 * @example
 * effectAt(buildTimeline([]), 0).muteAlerts // => false
 */
export function effectAt({ boundariesMs, effects }: CalendarTimeline, timestampMs: number): CalendarEffect {
  const stretches = stretchesTo(boundariesMs, timestampMs);
  return stretches === 0 ? NO_EFFECT : effects[stretches - 1]!;
}

/** How many stretches have begun by then. */
function stretchesTo(boundariesMs: Float64Array, timestampMs: number): number {
  let low = 0;
  let high = boundariesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boundariesMs[middle]! <= timestampMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Occurrences in force at any time of a span of time.
 *
 * Used by the detect room and the survey for the field `calendar` of an anomaly.
 *
 * Input:      fromMs ≤ toMs, both included.
 * Output:     each occurrence once, in the order in which they begin.
 * Cost:       O(log n + stretches in the span).
 * Throws:     never.
 *
 * @example
 * spansDuring(buildTimeline([]), 0, 9) // => []
 */
export function spansDuring({ boundariesMs, effects }: CalendarTimeline, fromMs: number, toMs: number): CalendarSpan[] {
  const first = Math.max(0, stretchesTo(boundariesMs, fromMs) - 1);
  const found = new Set(effects.slice(first, stretchesTo(boundariesMs, toMs)).flatMap(({ spans }) => spans));
  return [...found].filter(({ endMs }) => endMs > fromMs);
}
