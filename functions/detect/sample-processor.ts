import { labelsAt } from '../../data/state/label-table.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  countDiscarded,
  type MemoryLayout,
  memoryWords,
  rememberPublished,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';
import { closeSilentAnomaly, trackedAnomaly } from '../../models/detect/anomaly-tracker.ts';
import { COLD_START_FLOATS, peakPeers } from '../../models/detect/cold-start.ts';
import { COUNTER_RATE_FLOATS, counterRate } from '../../models/detect/counter-rate.ts';
import type { Detector } from '../../models/detect/detector.ts';
import { readEvidence, WATCH_FLOATS } from '../../models/detect/evidence.ts';
import { HABIT_FLOATS } from '../../models/detect/habits.ts';
import { rememberAnomaly, similarPast } from '../../models/detect/past-anomalies.ts';
import type { Policy } from '../../models/detect/policy.ts';
import type { PolicyBook } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { anomalyRecord } from './anomaly-record.ts';
import { addToBuckets } from './buckets.ts';
import { createJudgeSample, type SeriesMemory } from './judge-sample.ts';
import { createSeriesPolicies } from './series-policies.ts';

/** Samples of one series: those of the columns from `start` up to and without `end`, in the order in which they came. */
export interface SampleRun {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface SeriesSamples extends SampleRun {
  readonly seriesId: string;
  readonly kind: SeriesKind;
  /** Called once, when the series is new to the shard. */
  readonly labels: () => Labels;
}

/** A sample that came after a newer one of its series. */
export interface LateSample {
  readonly timestampMs: number;
  readonly value: number;
  readonly isStale: boolean;
  /** How far behind the newest of its series it came. */
  readonly behindMs: number;
}

/** By series index, in order of arrival. */
export type LateSamples = Map<number, LateSample[]>;

export interface SampleProcessor {
  readonly layout: MemoryLayout;
  /** What people have said, in force for all that this state is given from now on. */
  usePolicies(state: ShardState, book: PolicyBook): void;
  policiesOf(state: ShardState): PolicyBook;
  /** The series' row, made on first sight. */
  seriesIndex(
    state: ShardState,
    seriesId: string,
    kind: SeriesKind,
    labels: () => Labels,
    firstSampleMs: number,
  ): number;
  /**
   * Scores, then learns, then rolls up; what it finds goes to the outbox. A repeat of the newest sample changes nothing;
   * samples before it are handed to `late`.
   */
  applySamples(state: ShardState, samples: SeriesSamples, late: LateSamples): void;
  /** The same of a series whose row is known. */
  applyRun(state: ShardState, index: number, run: SampleRun, late: LateSamples): void;
  /** Readies the detector's words of one series, after the layout has changed. */
  startDetector(state: ShardState, index: number): void;
  /** The anomaly that is open in a series, as people were told of it. */
  openAnomaly(state: ShardState, index: number): Anomaly | undefined;
  /** Closes anomalies of series that have fallen silent, once in every hour of the shard's own time. */
  closeSilent(state: ShardState): void;
  /** The same for one series, up to this time. */
  sweepSeries(state: ShardState, index: number, nowMs: number): void;
}

export function createSampleProcessor(detector: Detector): SampleProcessor {
  const layout: MemoryLayout = {
    detector: detector.name,
    detectorVersion: detector.version,
    counterWords: COUNTER_RATE_FLOATS,
    detectorWords: detector.stateFloats,
    trackerWords: WATCH_FLOATS + HABIT_FLOATS + COLD_START_FLOATS,
  };
  const words = memoryWords(layout);
  const judgeSample = createJudgeSample(detector);
  const policies = createSeriesPolicies();

  function memoryOf(state: ShardState, index: number): SeriesMemory {
    const counterAt = index * words;
    const detectorAt = counterAt + layout.counterWords;
    const trackerAt = detectorAt + layout.detectorWords;
    const habitsAt = trackerAt + WATCH_FLOATS;
    const coldAt = habitsAt + HABIT_FLOATS;
    return {
      counter: state.memory.subarray(counterAt, detectorAt),
      detector: state.memory.subarray(detectorAt, trackerAt),
      tracker: state.memory.subarray(trackerAt, habitsAt),
      habits: state.memory.subarray(habitsAt, coldAt),
      cold: state.memory.subarray(coldAt, counterAt + words),
    };
  }

  function startDetector(state: ShardState, index: number): void {
    detector.init(memoryOf(state, index).detector);
    const at = index * SLOT.words;
    state.words[at + SLOT.learnedPoints] = 0;
    state.words[at + SLOT.neededPoints] = 0;
  }

  function seriesIndex(
    state: ShardState,
    seriesId: string,
    kind: SeriesKind,
    labels: () => Labels,
    firstSampleMs: number,
  ): number {
    const known = state.indexById.get(seriesId);
    if (known !== undefined) return known;
    const found = labels();
    const index = addSeries(state, seriesId, kind, found);
    state.words[index * SLOT.words + SLOT.firstTimestampMs] = firstSampleMs;
    startDetector(state, index);
    state.outbox.series.push({ seriesId, labels: found, kind, shard: state.shard, firstSampleMs });
    return index;
  }

  function recordOf(state: ShardState, index: number, { tracker, cold }: SeriesMemory): Anomaly {
    const subject = {
      workspace: state.workspace,
      detector,
      seriesId: state.seriesIds[index]!,
      labels: labelsAt(state.labels, index),
      policy: policies.of(state, index),
    };
    const episode = trackedAnomaly(tracker);
    const evidence = readEvidence(tracker, detector.components);
    return anomalyRecord(subject, episode, {
      ...evidence,
      peers: peakPeers(cold),
      past: similarPast(tracker, episode),
    });
  }

  function publishAnomaly(state: ShardState, index: number, memory: SeriesMemory): void {
    const { tracker } = memory;
    const record = recordOf(state, index, memory);
    const episode = trackedAnomaly(tracker);
    if (!episode.open) rememberAnomaly(tracker, episode);
    state.outbox.anomalies.push(record);
    rememberPublished(state, { seriesIndex: index, startedAtMs: record.startedAtMs, anomalyId: record.anomalyId });
  }

  function openAnomaly(state: ShardState, index: number): Anomaly | undefined {
    const memory = memoryOf(state, index);
    return trackedAnomaly(memory.tracker).open ? recordOf(state, index, memory) : undefined;
  }

  function applySamples(state: ShardState, samples: SeriesSamples, late: LateSamples): void {
    const { seriesId, kind, labels, timestampsMs, start } = samples;
    applyRun(state, seriesIndex(state, seriesId, kind, labels, timestampsMs[start]!), samples, late);
  }

  function applyRun(state: ShardState, index: number, run: SampleRun, late: LateSamples): void {
    const { timestampsMs, values, stale, start, end } = run;
    const memory = memoryOf(state, index);
    const policy = policies.of(state, index);
    let hasMoved = false;
    for (let i = start; i < end; i++) {
      const isStale = stale[i] === 1;
      const order = takeInOrder(state, index, timestampsMs[i]!, isStale);
      if (order === 'late') addLate(state, late, index, { timestampMs: timestampsMs[i]!, value: values[i]!, isStale });
      if (order !== 'next' || isStale) continue;
      addRawRow(state, index, timestampsMs[i]!, values[i]!);
      const value = rateOf(state, index, memory, timestampsMs[i]!, values[i]!);
      if (!Number.isFinite(value)) continue;
      addToBuckets(state, index, timestampsMs[i]!, value);
      const news = detect(state, index, memory, policy, timestampsMs[i]!, value);
      if (news !== 'none') hasMoved = news === 'moved';
    }
    // Of an anomaly that is still open, one word is enough for all its points.
    if (hasMoved) publishAnomaly(state, index, memory);
  }

  /** NaN for the first sample of a counter, which has no rate yet. */
  function rateOf(state: ShardState, index: number, { counter }: SeriesMemory, timestampMs: number, sample: number) {
    return state.kinds[index] === 'counter' && Number.isFinite(sample)
      ? counterRate(counter, timestampMs, sample)
      : sample;
  }

  /** Scores, then learns. `moved`: an open anomaly has something to tell; what is `closed` is published already. */
  function detect(
    state: ShardState,
    index: number,
    memory: SeriesMemory,
    policy: Policy,
    timestampMs: number,
    value: number,
  ): 'none' | 'moved' | 'closed' {
    // By the series' own time, so that it does not matter whether the sweep of the shard has come by in between.
    const isOver = closeSilentAnomaly(memory.tracker, timestampMs);
    if (isOver) publishAnomaly(state, index, memory);
    const event = judgeSample(state, index, memory, policy, timestampMs, value);
    if (event === 'closed') publishAnomaly(state, index, memory);
    if (event === 'opened' || event === 'updated') return 'moved';
    return isOver || event === 'closed' ? 'closed' : 'none';
  }

  function closeSilent(state: ShardState): void {
    // By the full hour, so that it does not matter with which of its samples an hour begins.
    const hourMs = Math.floor(state.watermarkMs / HOUR_MS) * HOUR_MS;
    if (hourMs <= state.sweptAtMs) return;
    state.sweptAtMs = hourMs;
    for (let index = 0; index < state.seriesIds.length; index++) sweepSeries(state, index, hourMs);
  }

  function sweepSeries(state: ShardState, index: number, nowMs: number): void {
    const memory = memoryOf(state, index);
    if (closeSilentAnomaly(memory.tracker, nowMs)) publishAnomaly(state, index, memory);
  }

  return {
    layout,
    usePolicies: policies.use,
    policiesOf: policies.bookOf,
    seriesIndex,
    applySamples,
    applyRun,
    startDetector,
    openAnomaly,
    closeSilent,
    sweepSeries,
  };
}

/** Notes the sample where it is the next of its series; a repeat of the newest changes nothing but a count. */
function takeInOrder(
  state: ShardState,
  index: number,
  timestampMs: number,
  isStale: boolean,
): 'next' | 'repeat' | 'late' {
  const { words } = state;
  const at = index * SLOT.words;
  const lastMs = words[at + SLOT.lastTimestampMs]!;
  if (timestampMs < lastMs) return 'late';
  if (timestampMs === lastMs) {
    countDiscarded(state, 'duplicate', timestampMs);
    return 'repeat';
  }
  words[at + SLOT.lastTimestampMs] = timestampMs;
  words[at + SLOT.staleAtMs] = isStale ? timestampMs : 0;
  if (timestampMs > state.watermarkMs) state.watermarkMs = timestampMs;
  state.counters.samples++;
  return 'next';
}

function addLate(state: ShardState, late: LateSamples, index: number, sample: Omit<LateSample, 'behindMs'>): void {
  const behindMs = state.words[index * SLOT.words + SLOT.lastTimestampMs]! - sample.timestampMs;
  const samples = late.get(index);
  if (samples === undefined) late.set(index, [{ ...sample, behindMs }]);
  else samples.push({ ...sample, behindMs });
}

export function addRawRow(state: ShardState, index: number, timestampMs: number, value: number): void {
  const { raw } = state.pending;
  const row = appendRow(raw, index, timestampMs); // may replace the columns
  raw.columns[0]![row] = value;
}
