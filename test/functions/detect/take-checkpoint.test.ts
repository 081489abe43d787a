import { expect, test } from 'vitest';
import { createCheckpointStore } from '../../../data/state/checkpoint-store.ts';
import { decodeShardState } from '../../../data/state/codec.ts';
import { memoryWords, SLOT } from '../../../data/state/shard-state.ts';
import { seriesOf } from '../../../functions/detect/relearn.ts';
import { takeCheckpoint } from '../../../functions/detect/take-checkpoint.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { addRow, fullStateOfVersion2 } from '../../support/shard-states.ts';

test('a checkpoint says what every series has learned, and holds no rows, no outbox and no applied segments', async () => {
  const objects = createMemoryObjects();
  const store = createCheckpointStore(objects);
  const state = fullStateOfVersion2();
  for (let row = 0; row < 5_000; row++) addRow(state, 'raw', 0, row, [Math.sqrt(row)]);

  await takeCheckpoint(state, store.write);

  const { workspace, shard, layout, checkpoints } = state;
  const kept = await store.read(workspace, shard, checkpoints.at(-1)!);
  const words = memoryWords(layout);
  for (const index of [0, 1, 2]) {
    expect(seriesOf(kept, layout, index)).toEqual({
      words: state.words.slice(index * SLOT.words, (index + 1) * SLOT.words),
      memory: state.memory.slice(index * words, (index + 1) * words),
    });
  }
  const bytes = objects.bytesOf('checkpoint/abcdefghijkl/2/3')!;
  expect(bytes.length).toBeLessThan(2_000);
  expect(decodeShardState(bytes)).toMatchObject({
    applied: new Set(),
    outbox: { series: [], anomalies: [], withdrawn: [] },
    pending: { raw: { rows: 0 }, '5m': { rows: 0 }, '1h': { rows: 0 } },
  });
});

test('the state itself keeps its rows and its outbox', async () => {
  const state = fullStateOfVersion2();

  await takeCheckpoint(state, () => Promise.resolve());

  expect(state.pending.raw.rows).toBe(3);
  expect(state.outbox.series).toHaveLength(1);
  expect(state.applied.size).toBe(3);
});
