import { describe, expect, it } from 'vitest';
import { createStateStore } from '../../../data/state/state-store.ts';
import type { ApplySegmentsDeps, QueuedSegment } from '../../../functions/detect/apply-segments.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import { OVER_HUNDRED, openShardRoom, plainDeps, type ShardRoom } from '../../support/shard-room.ts';

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
    writeChunk: step(plain.writeChunk),
    quarantine: step(plain.quarantine),
    publish: step(plain.publish),
    states: { load: step(states.load), save: step(states.save) },
  };
  return { deps, steps: () => steps };
}

/** Enough for a chunk, a checkpoint, a damaged segment, late samples, anomalies that open and close, and logs. */
async function prepare(room: ShardRoom): Promise<QueuedSegment[]> {
  const many = Array.from(
    { length: 16_400 },
    (_, i) => [60_000 * (i + 1), i % 4_000 === 7 ? 900 : 5] as [number, number],
  );
  const segments = [
    await room.segment([{ name: 'cpu', points: many }]),
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
  const { key } = segments[1]!.message;
  await room.objects.put(key, Buffer.from('damaged'));
  return segments;
}

const chunksOf = (room: ShardRoom) => room.state().chunks.map(({ key }) => key);

describe('a crash', async () => {
  const whole = openShardRoom();
  const calm = crashing(whole, -1, 'before');
  await whole.consumer(calm.deps)(...(await prepare(whole)));
  const steps = Array.from({ length: calm.steps() }, (_, step) => step);

  it('can happen at every step that is tried here', () => {
    expect(chunksOf(whole)).toHaveLength(1);
    expect(whole.published.anomalies.size).toBe(7);
    expect(whole.state().counters.discarded).toMatchObject({ segment_corrupt: { count: 1 } });
    expect(whole.objects.keys('checkpoint')).toHaveLength(1);
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
    },
  );
});
