import { type ShardState, SLOT, type SlotLayout, slotWords } from './shard-state.ts';

/**
 * The same state with room for another detector: times, buckets in progress and counters stay, the words of the detector
 * and the tracker are zero and have to be started anew.
 */
export function relayout(state: ShardState, layout: SlotLayout): ShardState {
  const from = slotWords(state.layout);
  const to = slotWords(layout);
  const kept = SLOT.words + (state.layout.counterWords === layout.counterWords ? layout.counterWords : 0);
  const slab = new Float64Array(state.seriesIds.length * to);
  for (let index = 0; index < state.seriesIds.length; index++) {
    slab.set(state.slab.subarray(index * from, index * from + kept), index * to);
  }
  return { ...state, layout, slab };
}
