import { describe, expect, it } from 'vitest';
import { decodeSegmentPart, encodeSegment } from '../../../data/segments/segment.ts';
import { createShardState, type ShardState } from '../../../data/state/shard-state.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import { createSeriesFinder } from '../../../functions/detect/series-finder.ts';
import { columnsOf } from '../../support/series-columns.ts';
import { idOf, labelsFor, OVER_HUNDRED, WORKSPACE } from '../../support/shard-room.ts';

function partOf(...names: readonly string[]) {
  const series = names.map((name) => ({
    seriesId: idOf(name),
    labels: labelsFor(name),
    kind: 'gauge' as const,
    timestampsMs: Float64Array.of(60_000),
    values: Float64Array.of(1),
    stale: new Uint8Array(1),
  }));
  return decodeSegmentPart(encodeSegment(WORKSPACE, 1, { series: columnsOf(series), logs: [] }).bytes);
}

function openRoom() {
  const processor = createSampleProcessor(OVER_HUNDRED);
  let lookedUp = 0;
  const finder = createSeriesFinder({
    seriesIndex: (...asked) => {
      lookedUp++;
      return processor.seriesIndex(...asked);
    },
  });
  const newState = (): ShardState => createShardState(WORKSPACE, 0, processor.layout);
  return { finder, newState, lookedUp: () => lookedUp };
}

describe('the series of a part', () => {
  it('are found or added, whatever their order', () => {
    const { finder, newState } = openRoom();
    const state = newState();

    const found = [partOf('a', 'b', 'c'), partOf('c', 'a'), partOf('a', 'c', 'd')].map((part) =>
      [...finder.indexesOf(state, part)].map((index) => state.seriesIds[index]),
    );

    expect(found).toEqual([['a', 'b', 'c'].map(idOf), ['c', 'a'].map(idOf), ['a', 'c', 'd'].map(idOf)]);
    expect(state.outbox.series).toHaveLength(4);
  });

  it('are looked up once where they come in the same order again', () => {
    const { finder, newState, lookedUp } = openRoom();
    const state = newState();

    const once = finder.indexesOf(state, partOf('a', 'b', 'c'));
    const again = finder.indexesOf(state, partOf('a', 'b', 'c'));

    expect(again).toEqual(once);
    expect(lookedUp()).toBe(3);
  });

  it('are looked up anew in another state, which may have other indexes for them', () => {
    const { finder, newState } = openRoom();
    const [state, other] = [newState(), newState()];
    finder.indexesOf(state, partOf('a', 'b'));
    finder.indexesOf(other, partOf('b'));

    expect([...finder.indexesOf(other, partOf('a', 'b'))]).toEqual([1, 0]);
  });

  it('are not remembered without end where no two parts are alike', () => {
    const { finder, newState, lookedUp } = openRoom();
    const state = newState();
    const names = Array.from({ length: 600 }, (_, i) => `series ${i}`);
    finder.indexesOf(state, partOf(...names));
    for (let first = 1; first < 40; first++) finder.indexesOf(state, partOf(...names.slice(first)));
    const before = lookedUp();

    finder.indexesOf(state, partOf(...names)); // more than the limit has come since

    expect(lookedUp() - before).toBe(600);
    expect(state.seriesIds).toHaveLength(600);
  });
});
