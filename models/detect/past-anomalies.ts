import type { AnomalyType } from '../domain/anomaly.ts';
import { MOST_PAST, PAST_AT, PAST_WORDS } from './evidence.ts';

/** Words of one anomaly that is over: the newest one comes first. */
const SLOT = { startedAtMs: 0, lastAtMs: 1, deviation: 2, type: 3 } as const;
const TYPES: readonly AnomalyType[] = ['spike', 'dip', 'level_shift'];
/** Up to twice and down to half of it is the same size to people. */
const SAME_SIZE = 2;

/** What is kept of an anomaly; a TrackedAnomaly has it. */
export interface EndedEpisode {
  readonly type: AnomalyType;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly actual: number;
  readonly expected: number;
}

export interface PastEpisode {
  readonly type: AnomalyType;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  /** What was seen minus what had been expected. */
  readonly deviation: number;
}

/**
 * Remembers an anomaly that is over, so that the next one like it can name it.
 *
 * Used by the detect room and by replay, once for each anomaly when it closes.
 *
 * Definition: the newest three of a series are kept.
 * Input:      watch, WATCH_FLOATS words.
 * Edge:       a type that one series alone cannot have is not kept.
 * Cost:       O(1).
 * Throws:     never.
 */
export function rememberAnomaly(watch: Float64Array, episode: EndedEpisode): void {
  const type = TYPES.indexOf(episode.type);
  if (type === -1) return;
  watch.copyWithin(PAST_AT + PAST_WORDS, PAST_AT, PAST_AT + (MOST_PAST - 1) * PAST_WORDS);
  watch[PAST_AT + SLOT.startedAtMs] = episode.startedAtMs;
  watch[PAST_AT + SLOT.lastAtMs] = episode.lastAtMs;
  watch[PAST_AT + SLOT.deviation] = episode.actual - episode.expected;
  watch[PAST_AT + SLOT.type] = type;
}

/**
 * Similar past: earlier anomalies of the same kind, on the same side and of about the same size.
 *
 * Used by the detect room for the record of an anomaly.
 *
 * Definition: same type; deviation of the same sign, at most twice and at least half of it.
 * Input:      watch, WATCH_FLOATS words; the anomaly at hand, which is never its own past.
 * Output:     at most three, newest first; their deviations in the unit of the values.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * similarPast(new Float64Array(64), { type: 'spike', startedAtMs: 1, lastAtMs: 2, actual: 9, expected: 5 }) // => []
 */
export function similarPast(watch: Float64Array, episode: EndedEpisode): readonly PastEpisode[] {
  const deviation = episode.actual - episode.expected;
  return Array.from({ length: MOST_PAST }, (_, i) => readPast(watch, PAST_AT + i * PAST_WORDS)).filter((past) => {
    const ratio = past.deviation / deviation;
    const isAlike = past.type === episode.type && ratio >= 1 / SAME_SIZE && ratio <= SAME_SIZE;
    return isAlike && past.startedAtMs < episode.startedAtMs && past.startedAtMs > 0;
  });
}

function readPast(watch: Float64Array, at: number): PastEpisode {
  return {
    type: TYPES[watch[at + SLOT.type]!]!,
    startedAtMs: watch[at + SLOT.startedAtMs]!,
    lastAtMs: watch[at + SLOT.lastAtMs]!,
    deviation: watch[at + SLOT.deviation]!,
  };
}
