import { describe, expect, it } from 'vitest';
import {
  APPLIED_SEGMENTS,
  addSeries,
  countDiscarded,
  createShardState,
  isApplied,
  memoryWords,
  rememberApplied,
  SLOT,
} from '../../../data/state/shard-state.ts';
import { LAYOUT, segmentIdFor, seriesIdFor } from '../../support/shard-states.ts';

const newState = () => createShardState('abcdefghijkl', 0, LAYOUT);

describe('the applied segments', () => {
  it('are known again, and others are not', () => {
    const state = newState();
    rememberApplied(state, segmentIdFor(1));

    expect(isApplied(state, segmentIdFor(1))).toBe(true);
    expect(isApplied(state, segmentIdFor(2))).toBe(false);
  });

  it('are bounded: the oldest is forgotten first', () => {
    const state = newState();
    for (let number = 0; number <= APPLIED_SEGMENTS; number++) rememberApplied(state, segmentIdFor(number));

    expect(state.applied.size).toBe(APPLIED_SEGMENTS);
    expect(isApplied(state, segmentIdFor(0))).toBe(false);
    expect(isApplied(state, segmentIdFor(1))).toBe(true);
    expect(isApplied(state, segmentIdFor(APPLIED_SEGMENTS))).toBe(true);
  });
});

describe('a new series', () => {
  it('has words of its own that are zero, and the words of others stay as they were', () => {
    const state = newState();
    for (let number = 0; number < 300; number++) {
      const index = addSeries(state, seriesIdFor(number), 'gauge', [['n', String(number)]]);
      state.words[index * SLOT.words] = number;
      state.memory[index * memoryWords(LAYOUT)] = -number;
    }

    expect(state.indexById.get(seriesIdFor(299))).toBe(299);
    for (let index = 0; index < 300; index++) {
      const words = state.words.slice(index * SLOT.words, (index + 1) * SLOT.words);
      expect([...words]).toEqual([index, ...Array.from({ length: SLOT.words - 1 }, () => 0)]);
      expect(state.memory[index * memoryWords(LAYOUT)]).toBe(-index);
    }
  });
});

describe('what is left out', () => {
  it('is counted by reason, with the first and the last of its times', () => {
    const state = newState();
    countDiscarded(state, 'late', 50);
    countDiscarded(state, 'late', 20, 4);
    countDiscarded(state, 'late', 30);
    countDiscarded(state, 'late', null);
    countDiscarded(state, 'segment_missing', null, 9);
    countDiscarded(state, 'segment_missing', 7);

    expect(state.counters.discarded).toEqual({
      late: { count: 7, firstAtMs: 20, lastAtMs: 50 },
      segment_missing: { count: 10, firstAtMs: 7, lastAtMs: 7 },
    });
  });
});
