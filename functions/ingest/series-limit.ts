import type { SeriesColumns, SeriesHead } from '../../data/segments/batch.ts';
import { formatSeries } from '../../models/domain/series.ts';
import { SeenSeries } from './seen-series.ts';
import type { MetricsBatch } from './validate.ts';
import { EXAMPLES, quote, RejectionTally } from './validate-rejections.ts';

export interface SeriesLimit {
  /** Series with a sample within the last hour. */
  readonly active: number;
  readonly newPerMinute: number;
}

/** Takes series beyond the limit out of a batch, and counts their items as refused. */
export type LimitSeries = (workspace: string, batch: MetricsBatch, nowMs: number) => Promise<MetricsBatch>;

export interface SeriesLimitDependencies {
  readonly limitOf: (workspace: string) => SeriesLimit;
  /** Those of them that the registry knows: each has had samples before. */
  readonly findKnown: (workspace: string, seriesIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Told of those that were let in as new. */
  readonly noteNew: (workspace: string, series: number) => void;
}

/** An hour is told in steps of this length: a silent series is forgotten after 60 to 70 minutes. */
const STEP_MS = 600_000;
const STEPS_KEPT = 6;
const MINUTE_MS = 60_000;
/** In a minute: enough to find every active series among as many new ones. */
const LOOKUPS_PER_ACTIVE = 2;

/** What one process has seen of a workspace. */
class Seen {
  /** Step in which each active series was last seen. */
  readonly steps = new SeenSeries();
  step = 0;
  /** On heads that were seen in this step: nearly all of them, and each look-up costs as much as reading the sample. */
  #mark: object = {};
  /** New series that may still come, and series that may still be looked up; both are filled again with time. */
  newLeft: number;
  lookupsLeft: number;
  filledAtMs: number;

  constructor({ active, newPerMinute }: SeriesLimit, nowMs: number) {
    this.newLeft = newPerMinute;
    this.lookupsLeft = active * LOOKUPS_PER_ACTIVE;
    this.filledAtMs = nowMs;
  }

  advance({ active, newPerMinute }: SeriesLimit, nowMs: number): void {
    const minutes = Math.max(0, nowMs - this.filledAtMs) / MINUTE_MS;
    this.newLeft = Math.min(newPerMinute, this.newLeft + minutes * newPerMinute);
    const mostLookups = active * LOOKUPS_PER_ACTIVE;
    this.lookupsLeft = Math.min(mostLookups, this.lookupsLeft + minutes * mostLookups);
    this.filledAtMs = nowMs;
    const step = Math.floor(nowMs / STEP_MS);
    if (step === this.step) return;
    this.step = step;
    this.#mark = {};
    this.steps.forgetBefore(step - STEPS_KEPT);
  }

  /** Marks those that are active as seen; the places of the others. */
  strangersAmong(heads: readonly SeriesHead[]): number[] {
    const strangers: number[] = [];
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i]!;
      if (head.mark === this.#mark) continue;
      const last = this.steps.get(head);
      if (last === undefined) {
        strangers.push(i);
        continue;
      }
      if (last !== this.step) this.steps.set(head, this.step);
      head.mark = this.#mark;
    }
    return strangers;
  }

  room({ active }: SeriesLimit): number {
    return Math.max(0, Math.min(active - this.steps.size, Math.floor(this.newLeft)));
  }

  admit(head: SeriesHead): void {
    this.steps.set(head, this.step);
    head.mark = this.#mark;
  }
}

/**
 * Lets known series in, and new ones as long as there is room: in the hour and in the minute.
 *
 * Each process counts what it has seen itself. Which series are new it knows only from the registry, and asks it where the
 * room is used up: so a process that has just started does not refuse what others have known for long. What it may
 * ask is bounded too; in a flood beyond that bound a series that this process has not seen counts as new.
 */
export function createSeriesLimit({ limitOf, findKnown, noteNew }: SeriesLimitDependencies): LimitSeries {
  const workspaces = new Map<string, Seen>();

  return async (workspace, batch, nowMs) => {
    const limit = limitOf(workspace);
    const seen = workspaces.get(workspace) ?? new Seen(limit, nowMs);
    workspaces.set(workspace, seen);
    seen.advance(limit, nowMs);
    const { heads } = batch.series;
    const strangers = seen.strangersAmong(heads);
    if (strangers.length === 0) return batch;
    const known = strangers.length > seen.room(limit) ? await lookUp(seen, workspace, strangers) : undefined;
    const refused: number[] = [];
    let added = 0;
    for (const place of strangers) {
      const head = heads[place]!;
      const isNew = known?.has(head.seriesId) !== true;
      if (isNew && seen.room(limit) === 0) refused.push(place);
      else {
        if (isNew) {
          seen.newLeft--;
          added++;
        }
        seen.admit(head);
      }
    }
    if (added > 0) noteNew(workspace, added);
    return refused.length === 0 ? batch : without(batch, refused, limit);

    async function lookUp(from: Seen, of: string, places: readonly number[]): Promise<ReadonlySet<string>> {
      const asked = places.slice(0, Math.floor(from.lookupsLeft)).map((place) => heads[place]!.seriesId);
      from.lookupsLeft -= asked.length;
      return asked.length === 0 ? new Set() : findKnown(of, asked);
    }
  };
}

function without(batch: MetricsBatch, refused: readonly number[], limit: SeriesLimit): MetricsBatch {
  const rejected = RejectionTally.of(batch.rejected);
  const { heads, sampleStarts } = batch.series;
  const shown = Math.min(refused.length, EXAMPLES - rejected.examples.length);
  for (const place of refused.slice(0, shown)) {
    rejected.add(place, { code: 'series_limit', detail: describe(heads[place]!, limit) }, 0);
  }
  const samples = refused.reduce((sum, place) => sum + sampleStarts[place + 1]! - sampleStarts[place]!, 0);
  const items = batch.itemsIn?.(new Set(refused.map((place) => heads[place]!.seriesId))) ?? samples;
  rejected.addItems('series_limit', items);
  return {
    ...batch,
    series: keep(batch.series, new Set(refused)),
    acceptedSamples: batch.acceptedSamples - samples,
    rejected,
  };
}

function describe({ labels }: SeriesHead, { active, newPerMinute }: SeriesLimit): string {
  const series = quote(formatSeries(labels));
  return `${series} is new, and the limits are ${active} active series and ${newPerMinute} new ones a minute`;
}

function keep(columns: SeriesColumns, refused: ReadonlySet<number>): SeriesColumns {
  const { sampleStarts, timestampsMs, values, stale } = columns;
  const heads: SeriesHead[] = [];
  const starts = [0];
  const kept = new Uint8Array(timestampsMs.length);
  let samples = 0;
  for (const [place, head] of columns.heads.entries()) {
    if (refused.has(place)) continue;
    const [start, end] = [sampleStarts[place]!, sampleStarts[place + 1]!];
    kept.fill(1, start, end);
    samples += end - start;
    heads.push(head);
    starts.push(samples);
  }
  const isKept = (_: number, i: number): boolean => kept[i] === 1;
  return {
    heads,
    sampleStarts: Uint32Array.from(starts),
    timestampsMs: timestampsMs.filter(isKept),
    values: values.filter(isKept),
    stale: stale.filter(isKept),
  };
}
