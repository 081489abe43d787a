import { describe, expect, it } from 'vitest';
import type { Objects } from '../../../data/contracts.ts';
import { isApplied, SLOT } from '../../../data/state/shard-state.ts';
import { createStateStore } from '../../../data/state/state-store.ts';
import type { QueuedSegment } from '../../../functions/detect/apply-segments.ts';
import { idOf, OVER_HUNDRED, openShardRoom, SHARD, type ShardRoom } from '../../support/shard-room.ts';

const cpu = (...points: [number, number][]) => [{ name: 'cpu', points }];

/** Calls `first` before the first put of a state, as if another consumer had been quicker. */
function overtaken(objects: Objects, first: () => Promise<void>, times = 1): Objects {
  let left = times;
  return {
    ...objects,
    async put(key, bytes, condition) {
      if (key.startsWith('state/') && left > 0) {
        left--;
        await first();
      }
      return objects.put(key, bytes, condition);
    },
  };
}

describe('segments applied', () => {
  it('are scored, rolled up and published: a new series is told once, an anomaly as it stands', async () => {
    const room = openShardRoom();
    await room.send(cpu([60_000, 10], [120_000, 500], [180_000, 600]));
    await room.send(cpu([240_000, 700]));

    const [anomaly] = room.published.anomalies.values();
    expect([...room.published.series.values()]).toEqual([
      { seriesId: idOf('cpu'), labels: [['__name__', 'cpu']], kind: 'gauge', shard: SHARD, firstSampleMs: 60_000 },
    ]);
    expect(anomaly).toMatchObject({ status: 'open', startedAtMs: 120_000, lastAtMs: 240_000, points: 3, actual: 500 });
    expect(room.state().outbox.series).toEqual([]);
    expect(room.state().counters).toEqual({ samples: 4, logRecords: 0, segments: 2, discarded: {} });
  });

  it('twice change nothing: the state has the same bytes', async () => {
    const room = openShardRoom();
    const first = await room.segment(cpu([1, 1], [2, 500], [3, 500]));
    const second = await room.segment(cpu([4, 1]));
    const consume = room.consumer();
    await consume(first, second);
    const before = room.stateBytes().slice();
    const told = structuredClone(room.published);

    await consume(first);
    await consume(first, second, second);
    await room.consumer()(second, first);

    expect(room.stateBytes()).toEqual(before);
    expect(room.published).toEqual(told);
  });

  it('twice in one batch count once', async () => {
    const room = openShardRoom();
    const segment = await room.segment(cpu([1, 1], [2, 2]));

    await room.consumer()(segment, segment);

    expect(room.state().counters).toMatchObject({ samples: 2, segments: 1, discarded: {} });
  });

  it('that were published by nobody, because the consumer ended after saving, are published by the next', async () => {
    const room = openShardRoom();
    const segment = await room.segment(cpu([1, 1], [2, 500]));
    const ended = room.consumer({ publish: () => Promise.reject(new Error('ended here')) });

    await expect(ended(segment)).rejects.toThrow('ended here');
    const before = room.published.anomalies.size;
    await room.consumer()(segment);

    expect(before).toBe(0);
    expect(room.published.anomalies.size).toBe(1);
    expect(room.published.series.size).toBe(1);
  });

  it('are published by the next batch too, where nothing comes back', async () => {
    const room = openShardRoom();
    const ended = room.consumer({ publish: () => Promise.reject(new Error('ended here')) });
    await expect(ended(await room.segment(cpu([1, 1], [2, 500])))).rejects.toThrow('ended here');

    await room.consumer()(await room.segment(cpu([3, 1])));

    expect(room.published.anomalies.size).toBe(1);
    expect(room.published.series.size).toBe(1);
  });
});

describe('segments with many samples', () => {
  const run = (fromMs: number): [number, number][] => Array.from({ length: 16_000 }, (_, i) => [fromMs + i, 5]);

  it('are applied in steps with a write of the state each, and end as they do one by one', async () => {
    const room = openShardRoom();
    const other = openShardRoom();
    const points = [run(1), run(20_001), run(40_001)];
    const segments = [];
    for (const own of points) segments.push(await room.segment(cpu(...own)));
    let puts = 0;
    const counted: Objects = {
      ...room.objects,
      put: (key, bytes, condition) => {
        if (key.startsWith('state/')) puts++;
        return room.objects.put(key, bytes, condition);
      },
    };

    await room.consumer({ states: createStateStore(counted) })(...segments);
    for (const own of points) await other.send(cpu(...own));

    expect(puts).toBe(2); // two segments are 32,000 samples, as many as one series is given in a step
    expect(await room.samplesOf('cpu')).toEqual(await other.samplesOf('cpu'));
    expect(room.state().words).toEqual(other.state().words);
    expect(room.state().memory).toEqual(other.state().memory);
  });
});

describe('the outbox', () => {
  it('never grows beyond what one batch decides, also where every batch has another consumer', async () => {
    const room = openShardRoom();
    for (let timestampMs = 1; timestampMs <= 20; timestampMs++) {
      await room.consumer()(await room.segment(cpu([timestampMs, 500])));
    }

    expect(room.state().outbox).toMatchObject({ series: [], anomalies: [{ points: 20 }] });
    expect(room.published.anomalies.size).toBe(1);
  });
});

describe('two consumers of one shard', () => {
  /** One consumer is overtaken by another with a segment of its own. */
  async function race(room: ShardRoom, slowSegment: QueuedSegment, fastSegment: QueuedSegment): Promise<void> {
    const objects = overtaken(room.objects, () => room.consumer()(fastSegment));
    await room.consumer({ states: createStateStore(objects) })(slowSegment);
  }

  it('both get their segments in: the one that was overtaken loads again and redoes', async () => {
    const room = openShardRoom();
    await room.send(cpu([1, 1]));
    const [slow, fast] = [await room.segment(cpu([3, 3])), await room.segment(cpu([2, 2]))];

    await race(room, slow, fast);

    const state = room.state();
    expect([slow, fast].map(({ message }) => isApplied(state, message.segmentId))).toEqual([true, true]);
    expect(state.counters).toMatchObject({ samples: 3, segments: 3, discarded: {} });
    expect(await room.samplesOf('cpu')).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('apply the same segment once between them', async () => {
    const room = openShardRoom();
    const segment = await room.segment(cpu([1, 1], [2, 2]));

    await race(room, segment, segment);

    expect(room.state().counters).toMatchObject({ samples: 2, segments: 1 });
  });

  it('a consumer that slept through the work of another does not overwrite it', async () => {
    const room = openShardRoom();
    const zombie = room.consumer();
    await zombie(await room.segment(cpu([1, 1])));
    await room.consumer()(await room.segment(cpu([2, 2])));

    await zombie(await room.segment(cpu([3, 3])));

    expect(room.state().counters).toMatchObject({ samples: 3, segments: 3 });
  });

  it('fails, to be tried again later, when it is overtaken again and again', async () => {
    const room = openShardRoom();
    let timestampMs = 0;
    const next = async (): Promise<void> => room.consumer()(await room.segment(cpu([++timestampMs, 1])));
    const states = createStateStore(overtaken(room.objects, next, 99));

    const attempt = room.consumer({ states })(await room.segment(cpu([1_000, 1])));

    await expect(attempt).rejects.toMatchObject({ code: 'store/conflict', retryable: true });
  });
});

describe('a segment that cannot be had', () => {
  it('is asked for again while it may still come', async () => {
    const room = openShardRoom();
    const segment = await room.segment(cpu([1, 1]));
    await room.objects.delete(segment.message.key);

    const attempts = [1, 2].map((receiveCount) => room.consumer()({ ...segment, receiveCount }));

    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({ code: 'store/unavailable', retryable: true });
    }
    expect(room.objects.keys('state/')).toEqual([]);
  });

  it('is counted as lost at the third time, and the shard goes on', async () => {
    const room = openShardRoom();
    const missing = await room.segment(cpu([1, 1], [2, 2]));
    await room.objects.delete(missing.message.key);

    await room.consumer()({ ...missing, receiveCount: 3 }, await room.segment(cpu([3, 3])));

    expect(room.state().counters).toMatchObject({
      samples: 1,
      segments: 2,
      discarded: { segment_missing: { count: 2, firstAtMs: 0, lastAtMs: 0 } },
    });
  });

  it('is put aside where it is damaged, counted, and the shard goes on', async () => {
    const room = openShardRoom();
    const damaged = await room.segment(cpu([1, 1], [2, 2], [3, 3]));
    const bytes = room.objects.bytesOf(damaged.message.key)!.slice();
    bytes[bytes.length - 1]! ^= 1;
    await room.objects.put(damaged.message.key, bytes);

    await room.consumer()(damaged, await room.segment(cpu([4, 4])));

    expect(room.objects.keys('quarantine/')).toEqual([`quarantine/${damaged.message.segmentId}`]);
    expect(room.objects.bytesOf(`quarantine/${damaged.message.segmentId}`)).toEqual(bytes);
    expect(room.state().counters).toMatchObject({ samples: 1, discarded: { segment_corrupt: { count: 3 } } });
  });

  it('waits where a newer release wrote it', async () => {
    const room = openShardRoom();
    const newer = await room.segment(cpu([1, 1]));
    const bytes = room.objects.bytesOf(newer.message.key)!.slice();
    bytes[4] = 99;
    await room.objects.put(newer.message.key, bytes);

    await expect(room.consumer()(newer)).rejects.toMatchObject({ code: 'store/version-unknown' });

    expect([...room.objects.keys('quarantine/'), ...room.objects.keys('state/')]).toEqual([]);
  });

  it('is put aside where its part belongs to another shard', async () => {
    const room = openShardRoom();
    const segment = await room.segment(cpu([1, 1]));

    await room.consumer()({ ...segment, message: { ...segment.message, shard: 7 } });

    expect(room.objects.keys('quarantine/')).toHaveLength(1);
    expect(room.state().counters.discarded).toEqual({ segment_corrupt: { count: 1, firstAtMs: 0, lastAtMs: 0 } });
  });

  it('that bring heavy new series are applied in several steps, and each step is published before the next', async () => {
    const room = openShardRoom();
    const heavy = (name: string) => room.segment([{ name: name + 'x'.repeat(3 * 1024 * 1024), points: [[1, 1]] }]);
    const segments = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(heavy));
    const told: number[] = [];
    const consume = room.consumer({
      publish: async (_workspace, { series }) => {
        told.push(series.length);
        return 0;
      },
    });

    await consume(...segments);

    expect(told).toEqual([3, 2]);
    expect(room.state().counters).toMatchObject({ samples: 5, segments: 5 });
  });

  it('count what the table refuses of them once, also where the consumer ends before it is saved', async () => {
    const room = openShardRoom();
    const refusing = room.consumer({ publish: async () => 2 });

    await refusing(await room.segment(cpu([1, 1])));
    // Its memory is gone before the count was saved: the next one finds the outbox full, and is refused again.
    await room.consumer({ publish: async () => 2 })(await room.segment(cpu([2, 1])));

    expect(room.state().counters.discarded).toEqual({ record_refused: { count: 2, firstAtMs: null, lastAtMs: null } });
  });

  it('leaves nothing half done where reading fails for another reason', async () => {
    const room = openShardRoom();
    const consume = room.consumer({ readPart: () => Promise.reject(new Error('no network')) });

    await expect(consume(await room.segment(cpu([1, 1])))).rejects.toThrow('no network');

    expect(room.objects.keys('state/')).toEqual([]);
  });
});

describe('a detector of another version', () => {
  it('begins anew with the series, their times and their past as they were', async () => {
    const old = openShardRoom();
    await old.send(cpu([1, 10], [2, 20]));
    const room = openShardRoom({ ...OVER_HUNDRED, version: 2, stateFloats: 3 }, old.objects);

    await room.send(cpu([2, 99], [3, 30]));

    const state = room.state();
    expect(state.layout).toMatchObject({ detectorVersion: 2, detectorWords: 3 });
    expect([...state.memory.subarray(4, 6)]).toEqual([1, 30]);
    expect(state.words[SLOT.firstTimestampMs]).toBe(1);
    expect(state.counters).toMatchObject({ samples: 3, discarded: { duplicate: { count: 1 } } });
    expect(await room.samplesOf('cpu')).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });
});
