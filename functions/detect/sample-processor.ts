import { labelsAt } from '../../data/state/label-table.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  countDiscarded,
  type MemoryLayout,
  memoryWords,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';
import {
  closeSilentAnomaly,
  TRACKER_FLOATS,
  trackAnomaly,
  trackedAnomaly,
} from '../../models/detect/anomaly-tracker.ts';
import { COUNTER_RATE_FLOATS, counterRate } from '../../models/detect/counter-rate.ts';
import { createScoreOut, type Detector } from '../../models/detect/detector.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { anomalyRecord } from './anomaly-record.ts';
import { addToBuckets } from './buckets.ts';

/** Samples of one series, in ascending order of time. */
export interface SeriesSamples {
  readonly seriesId: string;
  readonly kind: SeriesKind;
  /** Called once, when the series is new to the shard. */
  readonly labels: () => Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface SampleProcessor {
  readonly layout: MemoryLayout;
  /** The series' row, made on first sight. */
  seriesIndex(
    state: ShardState,
    seriesId: string,
    kind: SeriesKind,
    labels: () => Labels,
    firstSampleMs: number,
  ): number;
  /** Scores, then learns, then rolls up; what it finds goes to the outbox. Samples seen before change nothing. */
  applySamples(state: ShardState, samples: SeriesSamples): void;
  /** Readies the detector's words of one series, after the layout has changed. */
  startDetector(state: ShardState, index: number): void;
  /** Closes anomalies of series that have fallen silent, once in every hour of the shard's own time. */
  closeSilent(state: ShardState): void;
}

/** Views of one series' words of memory. */
interface SeriesMemory {
  readonly counter: Float64Array;
  readonly detector: Float64Array;
  readonly tracker: Float64Array;
}

export function createSampleProcessor(detector: Detector): SampleProcessor {
  const layout: MemoryLayout = {
    detector: detector.name,
    detectorVersion: detector.version,
    counterWords: COUNTER_RATE_FLOATS,
    detectorWords: detector.stateFloats,
    trackerWords: TRACKER_FLOATS,
  };
  const words = memoryWords(layout);
  const score = createScoreOut();

  function memoryOf(state: ShardState, index: number): SeriesMemory {
    const counterAt = index * words;
    const detectorAt = counterAt + layout.counterWords;
    const trackerAt = detectorAt + layout.detectorWords;
    return {
      counter: state.memory.subarray(counterAt, detectorAt),
      detector: state.memory.subarray(detectorAt, trackerAt),
      tracker: state.memory.subarray(trackerAt, counterAt + words),
    };
  }

  function startDetector(state: ShardState, index: number): void {
    detector.init(memoryOf(state, index).detector);
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

  function publishAnomaly(state: ShardState, index: number, tracker: Float64Array): void {
    const subject = {
      workspace: state.workspace,
      detector: detector.name,
      seriesId: state.seriesIds[index]!,
      labels: labelsAt(state.labels, index),
    };
    state.outbox.anomalies.push(anomalyRecord(subject, trackedAnomaly(tracker)));
  }

  function applySamples(state: ShardState, samples: SeriesSamples): void {
    const { timestampsMs, values, stale, start, end } = samples;
    const index = seriesIndex(state, samples.seriesId, samples.kind, samples.labels, timestampsMs[start]!);
    const memory = memoryOf(state, index);
    let hasMoved = false;
    for (let i = start; i < end; i++) {
      const isStale = stale[i] === 1;
      if (!isNext(state, index, timestampsMs[i]!, values[i]!, isStale) || isStale) continue;
      const value = rateOf(state, index, memory, timestampsMs[i]!, values[i]!);
      if (!Number.isFinite(value)) continue;
      addToBuckets(state, index, timestampsMs[i]!, value);
      const news = detect(state, index, memory, timestampsMs[i]!, value);
      if (news !== 'none') hasMoved = news === 'moved';
    }
    // Of an anomaly that is still open, one word is enough for all its points.
    if (hasMoved) publishAnomaly(state, index, memory.tracker);
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
    timestampMs: number,
    value: number,
  ): 'none' | 'moved' | 'closed' {
    const { tracker } = memory;
    // By the series' own time, so that it does not matter whether the sweep of the shard has come by in between.
    const isOver = closeSilentAnomaly(tracker, timestampMs);
    if (isOver) publishAnomaly(state, index, tracker);
    detector.score(memory.detector, timestampMs, value, score);
    const event = trackAnomaly(tracker, timestampMs, value, score);
    detector.learn(memory.detector, timestampMs, value);
    if (event === 'closed') publishAnomaly(state, index, tracker);
    if (event === 'opened' || event === 'updated') return 'moved';
    return isOver || event === 'closed' ? 'closed' : 'none';
  }

  function closeSilent(state: ShardState): void {
    if (Math.floor(state.watermarkMs / HOUR_MS) <= Math.floor(state.sweptAtMs / HOUR_MS)) return;
    state.sweptAtMs = state.watermarkMs;
    for (let index = 0; index < state.seriesIds.length; index++) {
      const { tracker } = memoryOf(state, index);
      if (closeSilentAnomaly(tracker, state.watermarkMs)) publishAnomaly(state, index, tracker);
    }
  }

  return { layout, seriesIndex, applySamples, startDetector, closeSilent };
}

/**
 * Whether a sample is the next of its series, and if so notes it. A repeat changes nothing but the count of what was left
 * out; a late one is left out of detection and rollups and stays readable as raw.
 */
function isNext(state: ShardState, index: number, timestampMs: number, value: number, isStale: boolean): boolean {
  const { words } = state;
  const at = index * SLOT.words;
  const lastMs = words[at + SLOT.lastTimestampMs]!;
  if (timestampMs === lastMs) {
    countDiscarded(state, 'duplicate');
    return false;
  }
  // The end of a series says nothing that can be read, whenever it comes.
  if (!isStale) addRawRow(state, index, timestampMs, value);
  if (timestampMs < lastMs) {
    countDiscarded(state, 'late');
    return false;
  }
  words[at + SLOT.lastTimestampMs] = timestampMs;
  words[at + SLOT.staleAtMs] = isStale ? timestampMs : 0;
  if (timestampMs > state.watermarkMs) state.watermarkMs = timestampMs;
  state.counters.samples++;
  return true;
}

function addRawRow(state: ShardState, index: number, timestampMs: number, value: number): void {
  const { raw } = state.pending;
  const row = appendRow(raw, index, timestampMs); // may replace the columns
  raw.columns[0]![row] = value;
}
