import { describe, expect, it } from 'vitest';
import { encodeChunk } from '../../../data/history/chunk.ts';
import { createStateStore } from '../../../data/state/state-store.ts';
import type { ApplySegmentsDeps, QueuedSegment } from '../../../functions/detect/apply-segments.ts';
import { MERGED_CHUNKS } from '../../../functions/detect/compact-chunks.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import { FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';
import { rowsOf } from '../../support/history-rows.ts';
import { OVER_HUNDRED, openShardRoom, plainDeps, SHARD, type ShardRoom, WORKSPACE } from '../../support/shard-room.ts';

class Crash extends Error {}

/** Ends the process before or after the step of this number; `steps` says how many there were. */
function crashing(room: ShardRoom, atStep: number, when: 'before' | 'after') {
  let steps = 0;
  const step = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      const isHere = steps++ === atStep;
      if (isHere && when === 'before') throw new Crash();
      const result = await work(...args);
      if (isHere) throw new Crash();
      return result;
    };
  };
  const plain = plainDeps(room.objects, createSampleProcessor(OVER_HUNDRED), room.published);
  const states = createStateStore(room.objects);
  const deps: ApplySegmentsDeps = {
    processor: plain.processor,
    readRows: step(plain.readRows),
    readCheckpoint: step(plain.readCheckpoint),
    writeCheckpoint: step(plain.writeCheckpoint),
    readBackup: step(plain.readBackup),
    readPolicies: step(plain.readPolicies),
    readPart: step(plain.readPart),
    sumBuckets: step(plain.sumBuckets),
    readChunk: step(plain.readChunk),
    writeChunk: step(plain.writeChunk),
    deleteChunk: step(plain.deleteChunk),
    quarantine: step(plain.quarantine),
    publish: step(plain.publish),
    states: { load: step(states.load), save: step(states.save) },
  };
  return { deps, steps: () => steps };
}

/** One that earlier merging has left, and eight that are to be merged now. */
async function addChunks(room: ShardRoom): Promise<void> {
  const states = createStateStore(room.objects);
  const loaded = (await states.load(WORKSPACE, SHARD))!;
  for (let number = 0; number < MERGED_CHUNKS; number++) {
    const rows = rowsOf('5m', [[0, LATER_MS + number * FIVE_MINUTES_MS, 3, 6, 1, 3, 2]]);
    const { ref, bytes } = encodeChunk(WORKSPACE, SHARD, '5m', rows);
    await room.objects.put(ref.key, bytes);
    loaded.state.chunks.push(ref);
  }
  loaded.state.retired = ['history/old.parquet'];
  await room.objects.put('history/old.parquet', Buffer.from('old'));
  await states.save(loaded);
}

/** Enough for a chunk, chunks to be merged and deleted, a checkpoint, a damaged segment, late samples, anomalies, logs. */
async function prepare(room: ShardRoom): Promise<QueuedSegment[]> {
  const many = Array.from(
    { length: 16_400 },
    (_, i) => [60_000 * (i + 1), i % 4_000 === 7 ? 900 : 5] as [number, number],
  );
  await room.consumer()(await room.segment([{ name: 'cpu', points: many }]));
  await addChunks(room);
  const segments = [
    await room.segment([{ name: 'disk', points: [[1, 1]] }]),
    await room.segment(
      [
        {
          name: 'cpu',
          points: [
            [60_000 * 16_395 + 1, 700],
            [60_000 * 16_500, 800],
          ],
        },
      ],
      [
        {
          streamId: '0'.repeat(32),
          labels: [['service', 'web']],
          records: [{ timestampMs: 5, severity: 'info', line: 'hello' }],
        },
      ],
    ),
  ];
  const { key } = segments[0]!.message;
  await room.objects.put(key, Buffer.from('damaged'));
  return segments;
}

const LATER_MS = Date.UTC(2030, 0, 1);
const chunksOf = (room: ShardRoom) => room.state().chunks.map(({ key }) => key);

describe('a crash', async () => {
  const whole = openShardRoom();
  const calm = crashing(whole, -1, 'before');
  await whole.consumer(calm.deps)(...(await prepare(whole)));
  const steps = Array.from({ length: calm.steps() }, (_, step) => step);

  it('can happen at every step that is tried here', () => {
    expect(whole.state().chunks).toMatchObject([
      { resolution: '5m', rows: MERGED_CHUNKS, level: 1 },
      { resolution: 'raw', rows: 16_400 },
    ]);
    expect(whole.state().retired).toHaveLength(MERGED_CHUNKS);
    expect(whole.objects.bytesOf('history/old.parquet')).toBeUndefined();
    expect(whole.published.anomalies.size).toBe(7);
    expect(whole.state().counters.discarded).toMatchObject({ segment_corrupt: { count: 1 } });
    expect(whole.objects.keys('checkpoint')).toHaveLength(2);
    expect(steps.length).toBeGreaterThanOrEqual(10);
  });

  it.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
    'at step %i, %s it, and redelivery give the state and the records of a run without one',
    async (step, when) => {
      const room = openShardRoom();
      const segments = await prepare(room);

      await expect(room.consumer(crashing(room, step, when).deps)(...segments)).rejects.toThrow(Crash);
      await room.consumer()(...segments);

      expect(room.stateBytes()).toEqual(whole.stateBytes());
      expect(room.published).toEqual(whole.published);
      expect(chunksOf(room).map((key) => room.objects.bytesOf(key))).toEqual(
        chunksOf(whole).map((key) => whole.objects.bytesOf(key)),
      );
      // The next batch leaves nothing in the store that its state does not name.
      await room.consumer()(await room.segment([{ name: 'cpu', points: [[60_000 * 16_501, 5]] }]));
      expect(room.objects.keys('history')).toEqual(chunksOf(room).sort());
    },
  );
});
