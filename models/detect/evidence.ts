import { TRACKER_FLOATS } from './anomaly-tracker.ts';
import { type Detector, MOST_COMPONENTS } from './detector.ts';

/** Words after those of the tracker: what is known of the point with the highest score. */
const SLOT = {
  learnedToMs: TRACKER_FLOATS,
  samples: TRACKER_FLOATS + 1,
  trainedToMs: TRACKER_FLOATS + 2,
  /** Of 32 bits each. */
  shares: TRACKER_FLOATS + 3,
} as const;

/** After these, anomalies that are over: so many, of so many words each. */
export const PAST_AT = TRACKER_FLOATS + 3 + MOST_COMPONENTS / 2;
export const MOST_PAST = 3;
export const PAST_WORDS = 4;

/** Length of a tracker's state with room for evidence and past anomalies behind it; all zero at the beginning. */
export const WATCH_FLOATS = PAST_AT + MOST_PAST * PAST_WORDS;

/** Part of a score: which component of the detector found the point unusual, and how much of the score is due to it. */
export interface ScoreShare {
  readonly component: string;
  /** 0 to 1; the shares of one score add up to 1. */
  readonly share: number;
}

export interface Evidence {
  /** How much the model had learned when it judged the point: so many samples, the newest of them at that time. */
  readonly samples: number;
  readonly trainedToMs: number;
  /** Largest first, without those that have no share; empty where the detector does not say. */
  readonly attribution: readonly ScoreShare[];
}

/**
 * Evidence of an anomaly: keeps what the detector can say of a point only before it has learned it.
 *
 * Used by the detect room and by replay, for each point that `isPeak` tells of.
 *
 * Input:      watch, WATCH_FLOATS words of which the tracker's come first; the detector and its state before it learns
 *             the point; samples, how many it has learned.
 * Cost:       two small allocations, and what `attribute` costs; only for points that are anomalous.
 * Throws:     never.
 */
export function noteEvidence(
  watch: Float64Array,
  detector: Detector,
  state: Float64Array,
  point: { readonly timestampMs: number; readonly value: number },
  samples: number,
): void {
  watch[SLOT.samples] = samples;
  watch[SLOT.trainedToMs] = watch[SLOT.learnedToMs]!;
  const shares = new Float64Array(MOST_COMPONENTS);
  detector.attribute?.(state, point.timestampMs, point.value, shares);
  sharesOf(watch).set(shares);
}

/**
 * Notes up to when the detector has learned: to be called with every point that it learns.
 *
 * Cost:       one write.
 * Throws:     never.
 */
export function noteLearned(watch: Float64Array, timestampMs: number): void {
  watch[SLOT.learnedToMs] = timestampMs;
}

/** Two neighbours share a word; none is ever NaN, so every word survives being copied as a number. */
function sharesOf(watch: Float64Array): Float32Array {
  return new Float32Array(watch.buffer, watch.byteOffset + 8 * SLOT.shares, MOST_COMPONENTS);
}

/**
 * Reads the evidence that was noted last: to be called when an anomaly is told of.
 *
 * Input:      watch, WATCH_FLOATS words; components, the detector's names, none where it has none.
 * Output:     a value of its own; shares rounded to thousandths.
 * Throws:     never.
 *
 * @example
 * readEvidence(new Float64Array(WATCH_FLOATS), ['value']).attribution.length // => 0
 */
export function readEvidence(watch: Float64Array, components: readonly string[] = []): Evidence {
  const shares = sharesOf(watch);
  const attribution = components
    .map((component, i) => ({ component, share: Math.round(shares[i]! * 1000) / 1000 }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  return { samples: watch[SLOT.samples]!, trainedToMs: watch[SLOT.trainedToMs]!, attribution };
}
