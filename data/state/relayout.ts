import { type MemoryLayout, memoryWords, type ShardState } from './shard-state.ts';

/**
 * The same state with room for another detector: what the series are, their times and buckets stay, and so do counters
 * where they have the same words. The words of the detector and the tracker are zero and have to be started anew, unless
 * the detector is the same and only words were added behind all others: those are zero, and everything else stays.
 */
export function relayout(state: ShardState, layout: MemoryLayout): ShardState {
  const from = memoryWords(state.layout);
  const to = memoryWords(layout);
  const hasCounters = state.layout.counterWords === layout.counterWords;
  const kept = hasGrown(state.layout, layout) ? from : hasCounters ? layout.counterWords : 0;
  const memory = new Float64Array(state.seriesIds.length * to);
  for (let index = 0; index < state.seriesIds.length; index++) {
    memory.set(state.memory.subarray(index * from, index * from + kept), index * to);
  }
  return { ...state, layout, memory };
}

/** Words were added behind those that there were, of the same detector. */
export function hasGrown(from: MemoryLayout, to: MemoryLayout): boolean {
  return isSameLayout({ ...from, trackerWords: to.trackerWords }, to) && from.trackerWords < to.trackerWords;
}

export function isSameLayout(a: MemoryLayout, b: MemoryLayout): boolean {
  return (
    a.detector === b.detector &&
    a.detectorVersion === b.detectorVersion &&
    a.counterWords === b.counterWords &&
    a.detectorWords === b.detectorWords &&
    a.trackerWords === b.trackerWords
  );
}
