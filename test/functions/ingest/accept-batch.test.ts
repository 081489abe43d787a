import { expect, test } from 'vitest';
import type { OutgoingMessage, PutCondition, PutResult } from '../../../data/contracts.ts';
import { NO_SERIES, type SegmentBatch } from '../../../data/segments/batch.ts';
import { parseSegmentMessage } from '../../../data/segments/message.ts';
import { createAcceptBatch } from '../../../functions/ingest/accept-batch.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { columnsOf } from '../../support/series-columns.ts';

const WORKSPACE = 'abcdefghijkl';
const identity = createSeriesIdentity();

function batchOf(seriesCount: number): SegmentBatch {
  const series = Array.from({ length: seriesCount }, (_, i) => {
    const { seriesId, labels, kind } = identity.make(WORKSPACE, String(i), [['__name__', `metric_${i}`]]);
    const timestampsMs = Float64Array.of(1_000, 2_000);
    return { seriesId, labels, kind, timestampsMs, values: Float64Array.of(i, i + 1), stale: new Uint8Array(2) };
  });
  return { series: columnsOf(series), logs: [] };
}

/** A world that notes what is asked of it, in order, and fails where it is told to. */
function createWorld() {
  const objects = new Map<string, Uint8Array>();
  const steps: string[] = [];
  const sent: OutgoingMessage[] = [];
  const failing = { put: false, putAnswer: false, send: false };
  const fail = (): never => {
    throw new ServiceError('store/unavailable', 'down', { retryable: true });
  };
  const acceptBatch = createAcceptBatch({
    shardCount: 4,
    putObject: async (key: string, bytes: Uint8Array, condition: PutCondition): Promise<PutResult> => {
      steps.push(`put ${condition.kind}`);
      if (failing.put) fail();
      if (objects.has(key)) return { kind: 'conflict' };
      objects.set(key, bytes);
      if (failing.putAnswer) fail();
      return { kind: 'stored', etag: '1' };
    },
    send: async (messages) => {
      steps.push(`send ${messages.length}`);
      if (failing.send) fail();
      sent.push(...messages);
    },
  });
  return { acceptBatch, objects, steps, sent, failing };
}

test('G02 G03 the segment is stored where it is absent, then each shard that it touches is told', async () => {
  const { acceptBatch, objects, steps, sent } = createWorld();
  const { segmentIds, replayed } = await acceptBatch(WORKSPACE, batchOf(40));
  expect(replayed).toBe(false);
  expect(steps).toEqual(['put absent', 'send 4']);
  expect([...objects.keys()]).toEqual([`seg/${WORKSPACE}/1970-01-01T00/${segmentIds[0]}`]);
  expect(sent.map(({ group }) => group)).toEqual([0, 1, 2, 3].map((shard) => `${WORKSPACE}.${shard}`));
  const samples = sent.map(({ body }) => parseSegmentMessage(body).samples);
  expect(samples.reduce((sum, count) => sum + count, 0)).toBe(80);
});

test('only the shards that the batch touches are told', async () => {
  const { acceptBatch, sent } = createWorld();
  await acceptBatch(WORKSPACE, batchOf(1));
  expect(sent).toHaveLength(1);
});

test('G03 the same batch again is told again under the same ids, and says so', async () => {
  const { acceptBatch, objects, sent } = createWorld();
  const first = await acceptBatch(WORKSPACE, batchOf(3));
  const told = [...sent];
  const again = await acceptBatch(WORKSPACE, batchOf(3));
  expect(again).toEqual({ ...first, replayed: true });
  expect(sent.slice(told.length)).toEqual(told);
  expect(objects.size).toBe(1);
});

test('G02 where storing fails nobody is told', async () => {
  const { acceptBatch, sent, failing } = createWorld();
  failing.put = true;
  await expect(acceptBatch(WORKSPACE, batchOf(3))).rejects.toMatchObject({ code: 'store/unavailable' });
  expect(sent).toEqual([]);
});

test.each(['putAnswer', 'send'] as const)(
  'G02 where %s fails nothing is promised, and the retry makes good',
  async (what) => {
    const { acceptBatch, objects, sent, failing } = createWorld();
    failing[what] = true;
    await expect(acceptBatch(WORKSPACE, batchOf(3))).rejects.toMatchObject({ code: 'store/unavailable' });
    failing[what] = false;
    await acceptBatch(WORKSPACE, batchOf(3));
    expect(objects.size).toBe(1);
    expect(new Set(sent.map(({ dedupId }) => dedupId)).size).toBe(sent.length);
    expect(sent.length).toBeGreaterThan(0);
  },
);

test('a heavy batch becomes several segments, one after another; it is a repeat only where all of them were there', async () => {
  const { acceptBatch, steps, failing } = createWorld();
  const lines = Array.from({ length: 3 }, (_, i) => ({
    timestampMs: i,
    severity: 'info' as const,
    line: `${i}`.repeat(5 * 1024 * 1024),
  }));
  const { seriesId: streamId, labels } = identity.make(WORKSPACE, 'stream', [['service', 'shop']]);
  const batch = { series: NO_SERIES, logs: [{ streamId, labels, records: lines }] };

  failing.send = true;
  await expect(acceptBatch(WORKSPACE, batch)).rejects.toMatchObject({ code: 'store/unavailable' });
  failing.send = false;
  const { segmentIds, replayed } = await acceptBatch(WORKSPACE, batch);

  expect(new Set(segmentIds).size).toBe(3);
  expect(replayed).toBe(false);
  expect(steps.slice(2)).toEqual(Array.from({ length: 3 }, () => ['put absent', 'send 1']).flat());
  expect(await acceptBatch(WORKSPACE, batch)).toEqual({ segmentIds, replayed: true });
});
