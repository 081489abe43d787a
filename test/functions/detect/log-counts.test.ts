import { describe, expect, it } from 'vitest';
import type { LogBatch, LogSeverity } from '../../../data/segments/batch.ts';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { encodeShardState } from '../../../data/state/codec.ts';
import { LOG_RECORDS_METRIC } from '../../../functions/detect/log-counts.ts';
import { FIVE_MINUTES_MS, HOUR_MS, type RollupStepMs } from '../../../models/domain/rollup.ts';
import type { Labels } from '../../../models/domain/series.ts';
import { openShardRoom, type ShardRoom, WORKSPACE } from '../../support/shard-room.ts';

const START_MS = 1_000 * FIVE_MINUTES_MS;

/** Records of the stream `service=web` at these minutes after the start. */
function records(minutes: readonly number[], severity: LogSeverity = 'info', labels: Labels = [['service', 'web']]) {
  const batch: LogBatch = {
    streamId: '0'.repeat(32),
    labels,
    records: minutes.map((minute) => ({ timestampMs: START_MS + minute * 60_000, severity, line: `at ${minute}` })),
  };
  return [batch];
}

/** Finished counts as buckets after the start. */
async function countsOf(room: ShardRoom, severity: LogSeverity = 'info') {
  const labels: Labels = [
    ['__name__', LOG_RECORDS_METRIC],
    ['service', 'web'],
    ['severity', severity],
  ];
  const ref = { workspace: WORKSPACE, shard: 0, seriesId: seriesIdOf(WORKSPACE, labels) };
  const { timestampsMs, values } = await room.history.readSamples(ref, 0, Number.MAX_SAFE_INTEGER);
  return Array.from(timestampsMs, (timestampMs, i) => [(timestampMs - START_MS) / FIVE_MINUTES_MS, values[i]]);
}

/** Buckets after the start: how many counts, and their sum. */
async function rollupsOf(room: ShardRoom, stepMs: RollupStepMs) {
  const state = room.state();
  const ref = { workspace: WORKSPACE, shard: 0, seriesId: state.seriesIds[0]! };
  const { startsMs, counts, sums } = await room.history.readRollups(ref, stepMs, 0, Number.MAX_SAFE_INTEGER);
  const firstMs = Math.floor(START_MS / stepMs) * stepMs;
  return Array.from(startsMs, (startMs, i) => [(startMs - firstMs) / stepMs, counts[i], sums[i]]);
}

describe('records of a stream', () => {
  it('are counted by five minutes, when the next record says that these are over', async () => {
    const room = openShardRoom();

    await room.send([], records([0, 1, 4.9]));
    const before = await countsOf(room);
    await room.send([], records([5, 6]));
    await room.send([], records([11]));

    expect(before).toEqual([]);
    expect(await countsOf(room)).toEqual([
      [0, 3],
      [1, 2],
    ]);
    expect(room.state().counters).toMatchObject({ logRecords: 6, discarded: {} });
  });

  it('are counted alike, however they are cut into requests', async () => {
    const minutes = [0, 0.5, 1, 7, 7.2, 7.5, 13, 22, 22.1, 40];
    const [together, apart] = [openShardRoom(), openShardRoom()];

    await together.send([], records(minutes));
    for (const minute of minutes.slice(0, 7)) await apart.send([], records([minute]));
    await apart.send([], records(minutes.slice(7)));

    expect(await countsOf(apart)).toEqual(await countsOf(together));
    expect(await countsOf(together)).toEqual([
      [0, 3],
      [1, 3],
      [2, 1],
      [3, 0],
      [4, 2],
      [5, 0],
      [6, 0],
      [7, 0],
    ]);
  });

  it('need not be in order within a request', async () => {
    const room = openShardRoom();

    await room.send([], records([12, 1, 6, 0]));

    expect(await countsOf(room)).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it('are counted for each severity, and tell a new series of each', async () => {
    const room = openShardRoom();

    await room.send([], [...records([0, 1], 'info'), ...records([2], 'error')]);
    await room.send([], [...records([5], 'info'), ...records([5], 'error')]);

    expect(await countsOf(room, 'info')).toEqual([[0, 2]]);
    expect(await countsOf(room, 'error')).toEqual([[0, 1]]);
    expect(
      [...room.published.series.values()].map(({ labels, kind, firstSampleMs }) => [labels, kind, firstSampleMs]),
    ).toEqual(
      ['info', 'error'].map((severity) => [
        [
          ['__name__', 'log_records'],
          ['service', 'web'],
          ['severity', severity],
        ],
        'gauge',
        START_MS,
      ]),
    );
  });

  it('of a silence are counts of zero, up to a day of it', async () => {
    const room = openShardRoom();

    await room.send([], records([0, 24 * 60]));

    const counts = await countsOf(room);
    expect(counts).toHaveLength(288);
    expect(counts.slice(0, 2)).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(counts.at(-1)).toEqual([287, 0]);
  });

  it('after a longer silence leave a gap', async () => {
    const room = openShardRoom();

    await room.send([], records([0, 24 * 60 + 10, 24 * 60 + 15]));

    expect(await countsOf(room)).toEqual([
      [0, 1],
      [290, 1],
    ]);
  });

  it('that come when their five minutes are over are added to them', async () => {
    const room = openShardRoom();
    await room.send([], records([0, 6, 17]));
    const before = await countsOf(room);

    await room.send([], records([3, 12, 4, 18]));
    await room.send([], records([23]));

    expect(before).toEqual([
      [0, 1],
      [1, 1],
      [2, 0],
    ]);
    expect(await countsOf(room)).toEqual([
      [0, 3],
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(room.state().counters).toMatchObject({ samples: 0, logRecords: 8, discarded: {} });
    expect(await rollupsOf(room, HOUR_MS)).toEqual([[0, 4, 7]]);
  });

  it('that come before the first of all begin the series anew, with the silence between', async () => {
    const room = openShardRoom();
    await room.send([], records([20]));

    await room.send([], records([1]));
    await room.send([], records([26]));

    expect(await countsOf(room)).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
    ]);
    expect([...room.published.series.values()].map(({ firstSampleMs }) => firstSampleMs)).toEqual([START_MS]);
  });

  it('that end a silence which was a gap make it one of zeros', async () => {
    const room = openShardRoom();
    await room.send([], records([0, 290 * 5]));
    const before = await countsOf(room);

    await room.send([], records([280 * 5]));

    const counts = await countsOf(room);
    expect(before).toEqual([[0, 1]]);
    expect(counts).toHaveLength(290);
    expect(counts.filter(([, count]) => count !== 0)).toEqual([
      [0, 1],
      [280, 1],
    ]);
  });

  it('V04 M19 that are more than two hours behind are counted as late', async () => {
    const room = openShardRoom();
    await room.send([], records([0, 125, 131]));

    await room.send([], records([1, 5, 6]));

    // The newest five minutes began at 130: those that began at 10 and later are not too late.
    expect(room.state().counters).toMatchObject({
      logRecords: 3,
      discarded: { late: { count: 3, firstAtMs: START_MS + 60_000, lastAtMs: START_MS + 360_000 } },
    });
    await room.send([], records([10]));
    expect((await countsOf(room)).slice(0, 3)).toEqual([
      [0, 1],
      [1, 0],
      [2, 1],
    ]);
  });

  it('count once, however often they come, and in whichever request', async () => {
    const room = openShardRoom();
    await room.send([], records([0, 1, 7]));

    await room.send([], records([1, 7, 8]));
    await room.send([], records([0, 8, 12]));

    expect(await countsOf(room)).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(room.state().counters).toMatchObject({
      logRecords: 5,
      discarded: { duplicate: { count: 4, firstAtMs: START_MS, lastAtMs: START_MS + 8 * 60_000 } },
    });
  });

  it('of one millisecond and line are the same one, unless their nanoseconds or severities differ', async () => {
    const room = openShardRoom();
    const sent = [
      [0, 'info'],
      [1, 'info'],
      [0, 'info'],
      [0, 'error'],
      [1, 'info'],
    ] as const;

    for (const [i, [restNanos, severity]] of sent.entries()) {
      // The other record makes it another segment.
      const [{ records: own, ...stream }] = records([1, 2 + i / 10], severity) as [LogBatch];
      await room.send([], [{ ...stream, records: [{ ...own[0]!, restNanos }, own[1]!] }]);
    }

    expect(room.state().counters).toMatchObject({ logRecords: 3 + 5, discarded: { duplicate: { count: 2 } } });
  });

  it('are known by a consumer with an empty memory too', async () => {
    const room = openShardRoom();
    await room.consumer()(await room.segment([], records([0, 1])));

    await room.consumer()(await room.segment([], records([1, 2])));

    expect(room.state().counters).toMatchObject({ logRecords: 3, discarded: { duplicate: { count: 1 } } });
  });

  it('of five minutes that were finished before records were remembered are late', async () => {
    const room = openShardRoom();
    await room.send([], records([0, 6]));
    const state = room.state();
    state.records.clear();
    await room.objects.put(`state/${WORKSPACE}/0`, encodeShardState(state));

    await room.consumer()(await room.segment([], records([4, 6, 7])));

    // One of the open five minutes counts once more: nothing says that it came before.
    expect(room.state().counters).toMatchObject({ logRecords: 4, discarded: { late: { count: 1 } } });
  });

  it('cannot take the name of the count from it by labels of their own', async () => {
    const room = openShardRoom();
    const labels: Labels = [
      ['__name__', 'mine'],
      ['service', 'web'],
      ['severity', 'whatever'],
    ];

    await room.send([], records([0, 5], 'warn', labels));

    expect(await countsOf(room, 'warn')).toEqual([[0, 1]]);
  });
});
