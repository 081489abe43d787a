import { describe, expect, it } from 'vitest';
import { createShardState, SLOT } from '../../../data/state/shard-state.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { idOf, labelsFor, OVER_HUNDRED, openShardRoom, type ShardRoom, WORKSPACE } from '../../support/shard-room.ts';

const minutes = (...values: number[]): [number, number][] => values.map((value, i) => [(i + 1) * 60_000, value]);

function rollups(room: ShardRoom, name: string, stepMs: typeof HOUR_MS | typeof FIVE_MINUTES_MS) {
  return room.history.readRollups({ workspace: WORKSPACE, shard: 0, seriesId: idOf(name) }, stepMs, 0, DAY_MS);
}

describe('samples', () => {
  it('are readable as they were sent, every one of them, however many wait', async () => {
    const room = openShardRoom();
    const points = Array.from({ length: 5_000 }, (_, i) => [(i + 1) * 1_000, i + 0.5] as const);

    for (let from = 0; from < points.length; from += 617) {
      await room.send([{ name: 'cpu', points: points.slice(from, from + 617) }]);
    }

    expect(await room.samplesOf('cpu')).toEqual(points);
  });

  it('that come twice change nothing but a count', async () => {
    const room = openShardRoom();
    await room.send([
      {
        name: 'cpu',
        points: [
          [1_000, 1],
          [2_000, 2],
        ],
      },
    ]);

    await room.send([{ name: 'cpu', points: [[2_000, 99]] }]);

    expect(room.state().counters).toMatchObject({
      samples: 2,
      discarded: { duplicate: { count: 1, firstAtMs: 2_000, lastAtMs: 2_000 } },
    });
    expect(await room.samplesOf('cpu')).toEqual([
      [1_000, 1],
      [2_000, 2],
    ]);
  });

  it('that are NaN or infinite are readable, and nothing is learned of them', async () => {
    const room = openShardRoom();
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

    await room.send([{ name: 'cpu', points: minutes(4, ...odd, 6) }]);

    const state = room.state();
    expect([...state.memory.subarray(4, 6)]).toEqual([2, 10]);
    expect((await room.samplesOf('cpu')).map(([, value]) => value)).toEqual([4, ...odd, 6]);
    expect([...(await rollups(room, 'cpu', HOUR_MS)).sums]).toEqual([10]);
    expect(state.counters).toMatchObject({ samples: 5, discarded: {} });
  });

  it('that say a series has ended are noted until it goes on, and are no values', async () => {
    const room = openShardRoom();

    await room.send([{ name: 'cpu', points: [[1_000, 1]], staleAt: [2_000] }]);
    const ended = room.state().words[SLOT.staleAtMs];
    await room.send([{ name: 'cpu', points: [[3_000, 3]] }]);

    expect(ended).toBe(2_000);
    expect(room.state().words[SLOT.staleAtMs]).toBe(0);
    expect(await room.samplesOf('cpu')).toEqual([
      [1_000, 1],
      [3_000, 3],
    ]);
  });

  it('move the time of the shard, but late ones do not move it back', async () => {
    const room = openShardRoom();
    await room.send([{ name: 'cpu', points: [[50_000, 1]] }]);
    await room.send([{ name: 'new', points: [[7_000, 1]] }]);

    expect(room.state().watermarkMs).toBe(50_000);
    expect(room.published.series.get(idOf('new'))?.firstSampleMs).toBe(7_000);
  });
});

describe('counters', () => {
  it('are scored and rolled up as rates, resets apart, and readable as they were sent', async () => {
    const room = openShardRoom();

    await room.send([{ name: 'requests_total', kind: 'counter', points: minutes(100, 160, 220, 30, 60) }]);

    const found = await rollups(room, 'requests_total', HOUR_MS);
    expect([...found.counts]).toEqual([3]);
    expect([...found.sums]).toEqual([1 + 1 + 0.5]);
    expect((await room.samplesOf('requests_total')).map(([, value]) => value)).toEqual([100, 160, 220, 30, 60]);
    expect([...room.state().memory.subarray(4, 6)]).toEqual([3, 2.5]);
  });
});

describe('rollups', () => {
  it('are count, sum, least, greatest and last of each five minutes and hour, those in progress included', async () => {
    const room = openShardRoom();
    const points = Array.from({ length: 130 }, (_, i) => [i * 30_000 + HOUR_MS, (i * 7) % 10] as const);

    for (let from = 0; from < points.length; from += 9) {
      await room.send([{ name: 'cpu', points: points.slice(from, from + 9) }]);
    }

    for (const stepMs of [FIVE_MINUTES_MS, HOUR_MS] as const) {
      const buckets = Map.groupBy(points, ([timestampMs]) => Math.floor(timestampMs / stepMs) * stepMs);
      const found = await rollups(room, 'cpu', stepMs);
      const expected = [...buckets].map(([startMs, rows]) => {
        const values = rows.map(([, value]) => value);
        const sum = values.reduce((total, value) => total + value, 0);
        return [startMs, values.length, sum, Math.min(...values), Math.max(...values), values.at(-1)];
      });
      const columns = [found.startsMs, found.counts, found.sums, found.mins, found.maxs, found.lasts];
      expect(expected.map((_, row) => columns.map((column) => column[row]))).toEqual(expected);
      expect(found.startsMs).toHaveLength(expected.length);
    }
  });
});

describe('anomalies', () => {
  it('are closed when the series is normal again, with the time of its first normal sample', async () => {
    const room = openShardRoom();

    await room.send([{ name: 'cpu', points: minutes(5, 500, 600, ...Array.from({ length: 20 }, () => 5)) }]);

    expect([...room.published.anomalies.values()]).toMatchObject([
      { status: 'closed', startedAtMs: 120_000, lastAtMs: 180_000, endedAtMs: 240_000, points: 2 },
    ]);
  });

  it('are closed in the hour after their series fell silent, while others go on', async () => {
    const room = openShardRoom();
    await room.send([
      {
        name: 'gone',
        points: [
          [1_000, 1],
          [2_000, 500],
          [3_000, 500],
        ],
      },
    ]);

    for (const hour of [1, 2]) {
      await room.send([{ name: 'goes on', points: [[hour * HOUR_MS + 60_000, 1]] }]);
    }

    expect([...room.published.anomalies.values()]).toMatchObject([{ status: 'closed', endedAtMs: 3_000 }]);
  });

  it('that follow a silence are others than the one before it', async () => {
    const room = openShardRoom();

    await room.send([
      {
        name: 'cpu',
        points: [
          [1_000, 500],
          [2_000, 500],
          [3 * HOUR_MS, 500],
          [3 * HOUR_MS + 1, 500],
        ],
      },
    ]);

    expect([...room.published.anomalies.values()].map(({ status, startedAtMs }) => [status, startedAtMs])).toEqual([
      ['closed', 1_000],
      ['open', 3 * HOUR_MS],
    ]);
  });
});

describe('a detector', () => {
  it('is begun for each new series', () => {
    const begun: number[] = [];
    const processor = createSampleProcessor({ ...OVER_HUNDRED, init: (state) => void begun.push(state.length) });
    const state = createShardState(WORKSPACE, 0, processor.layout);

    processor.seriesIndex(state, idOf('a'), 'gauge', () => labelsFor('a'), 1);
    processor.seriesIndex(state, idOf('b'), 'gauge', () => labelsFor('b'), 1);
    processor.seriesIndex(state, idOf('a'), 'gauge', () => labelsFor('a'), 1);

    expect(begun).toEqual([2, 2]);
  });
});
