import { describe, expect, it } from 'vitest';
import { decodeShardState, encodeShardState } from '../../../data/state/codec.ts';
import { hasGrown, isSameLayout, relayout } from '../../../data/state/relayout.ts';
import { fullState, LAYOUT } from '../../support/shard-states.ts';

describe('another layout', () => {
  it('keeps counters, series, times, rows and outbox, and clears the words of detector and tracker', () => {
    const state = fullState();
    state.memory.set([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 30, 31, 32, 33, 34, 35]);

    const moved = relayout(state, { ...LAYOUT, detector: 'other', detectorWords: 1, trackerWords: 2 });

    expect([...moved.memory]).toEqual([10, 11, 0, 0, 0, 20, 21, 0, 0, 0, 30, 31, 0, 0, 0]);
    expect(moved.words).toBe(state.words);
    expect(moved.seriesIds).toBe(state.seriesIds);
    expect(moved.pending).toBe(state.pending);
    expect(moved.outbox).toBe(state.outbox);
    expect(moved.layout.detector).toBe('other');
  });

  it('clears the counters where they have other words', () => {
    const state = fullState();
    state.memory.fill(9, 0, 18);

    const moved = relayout(state, { ...LAYOUT, counterWords: 4 });

    expect([...moved.memory]).toEqual(Array.from({ length: 3 * 8 }, () => 0));
  });

  it('of the same detector with words added behind keeps all that was learned', () => {
    const state = fullState();
    state.memory.set([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 30, 31, 32, 33, 34, 35]);
    const grown = { ...LAYOUT, trackerWords: LAYOUT.trackerWords + 1 };

    const moved = relayout(state, grown);

    expect(hasGrown(LAYOUT, grown)).toBe(true);
    expect([...moved.memory]).toEqual([
      10, 11, 12, 13, 14, 15, 0, 20, 21, 22, 23, 24, 25, 0, 30, 31, 32, 33, 34, 35, 0,
    ]);
    expect(hasGrown(LAYOUT, { ...grown, detectorVersion: 4 })).toBe(false);
    expect(hasGrown(grown, LAYOUT)).toBe(false);
  });

  it('can be saved and loaded', () => {
    const moved = relayout(fullState(), { ...LAYOUT, detectorWords: 50 });

    expect(decodeShardState(encodeShardState(moved)).memory).toEqual(moved.memory);
  });

  it('is another one as soon as one of its numbers is', () => {
    const others = [
      { ...LAYOUT, detector: 'other' },
      { ...LAYOUT, detectorVersion: 4 },
      { ...LAYOUT, counterWords: 9 },
      { ...LAYOUT, detectorWords: 9 },
      { ...LAYOUT, trackerWords: 9 },
    ];

    expect(isSameLayout(LAYOUT, { ...LAYOUT })).toBe(true);
    expect(others.map((other) => isSameLayout(LAYOUT, other))).toEqual([false, false, false, false, false]);
  });
});
