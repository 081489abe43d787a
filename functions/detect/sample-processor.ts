import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  countDiscarded,
  type ShardState,
  SLOT,
  type SlotLayout,
  slotWords,
} from '../../data/state/shard-state.ts';
import {
  closeSilentAnomaly,
  TRACKER_FLOATS,
  trackAnomaly,
  trackedAnomaly,
} from '../../models/detect/anomaly-tracker.ts';
import { COUNTER_RATE_FLOATS, counterRate } from '../../models/detect/counter-rate.ts';
import { createScoreOut, type Detector } from '../../models/detect/detector.ts';
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
  readonly layout: SlotLayout;
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
  /** Closes anomalies of series that have fallen silent, by the shard's own time. */
  closeSilent(state: ShardState): void;
}

export function createSampleProcessor(detector: Detector): SampleProcessor {
  const layout: SlotLayout = {
    detector: detector.name,
    detectorVersion: detector.version,
    counterWords: COUNTER_RATE_FLOATS,
    detectorWords: detector.stateFloats,
    trackerWords: TRACKER_FLOATS,
  };
  const words = slotWords(layout);
  const counterAt = SLOT.words;
  const detectorAt = counterAt + layout.counterWords;
  const trackerAt = detectorAt + layout.detectorWords;
  const score = createScoreOut();

  function startDetector(state: ShardState, index: number): void {
    const at = index * words;
    detector.init(state.slab.subarray(at + detectorAt, at + trackerAt));
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
    const index = addSeries(state, seriesId, kind, labels());
    state.slab[index * words + SLOT.firstTimestampMs] = firstSampleMs;
    startDetector(state, index);
    state.outbox.series.push({ seriesId, labels: state.labels[index]!, kind, shard: state.shard, firstSampleMs });
    return index;
  }

  function publishAnomaly(state: ShardState, index: number, tracker: Float64Array): void {
    const subject = {
      workspace: state.workspace,
      detector: detector.name,
      seriesId: state.seriesIds[index]!,
      labels: state.labels[index]!,
    };
    state.outbox.anomalies.push(anomalyRecord(subject, trackedAnomaly(tracker)));
  }

  function applySamples(state: ShardState, samples: SeriesSamples): void {
    const { timestampsMs, values, stale, start, end } = samples;
    const index = seriesIndex(state, samples.seriesId, samples.kind, samples.labels, timestampsMs[start]!);
    const at = index * words;
    const slab = state.slab;
    const counter = slab.subarray(at + counterAt, at + detectorAt);
    const memory = slab.subarray(at + detectorAt, at + trackerAt);
    const tracker = slab.subarray(at + trackerAt, at + words);
    const isCounter = state.kinds[index] === 'counter';
    let hasMoved = false;
    for (let i = start; i < end; i++) {
      const timestampMs = timestampsMs[i]!;
      if (!isNext(state, at, timestampMs, index, values[i]!)) continue;
      slab[at + SLOT.lastTimestampMs] = timestampMs;
      if (timestampMs > state.watermarkMs) state.watermarkMs = timestampMs;
      state.counters.samples++;
      slab[at + SLOT.staleAtMs] = stale[i] === 1 ? timestampMs : 0;
      if (stale[i] === 1) continue;
      const sample = values[i]!;
      state.pending.raw.columns[0]![appendRow(state.pending.raw, index, timestampMs)] = sample;
      if (!Number.isFinite(sample)) continue;
      const value = isCounter ? counterRate(counter, timestampMs, sample) : sample;
      if (Number.isNaN(value)) continue; // a counter's first sample has no rate
      addToBuckets(state, index, at, timestampMs, value);
      detector.score(memory, timestampMs, value, score);
      const event = trackAnomaly(tracker, timestampMs, value, score);
      detector.learn(memory, timestampMs, value);
      if (event === 'closed') publishAnomaly(state, index, tracker);
      if (event !== 'none') hasMoved = event !== 'closed';
    }
    if (hasMoved) publishAnomaly(state, index, tracker);
  }

  /** A repeat or a late sample changes nothing but the count of what was left out; a late one stays readable as raw. */
  function isNext(state: ShardState, at: number, timestampMs: number, index: number, value: number): boolean {
    const lastMs = state.slab[at + SLOT.lastTimestampMs]!;
    if (timestampMs > lastMs) return true;
    if (timestampMs === lastMs) {
      countDiscarded(state, 'duplicate');
      return false;
    }
    countDiscarded(state, 'late');
    state.pending.raw.columns[0]![appendRow(state.pending.raw, index, timestampMs)] = value;
    return false;
  }

  function closeSilent(state: ShardState): void {
    for (let index = 0; index < state.seriesIds.length; index++) {
      const tracker = state.slab.subarray(index * words + trackerAt, (index + 1) * words);
      if (closeSilentAnomaly(tracker, state.watermarkMs)) publishAnomaly(state, index, tracker);
    }
  }

  return { layout, seriesIndex, applySamples, startDetector, closeSilent };
}
