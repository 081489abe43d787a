import { describe, expect, it } from 'vitest';
import { formatSegmentMessage } from '../../../data/segments/message.ts';
import { encodeSegment } from '../../../data/segments/segment.ts';
import type { QueuedSegment } from '../../../functions/detect/apply-segments.ts';
import { createHandleGroup, type GroupMessage } from '../../../functions/detect/handle-group.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { columnsOf } from '../../support/series-columns.ts';
import { idOf, labelsFor, WORKSPACE } from '../../support/shard-room.ts';

const GROUP = `${WORKSPACE}.0`;

function message(messageId: string, value: number): GroupMessage {
  const series = {
    seriesId: idOf('cpu'),
    labels: labelsFor('cpu'),
    kind: 'gauge' as const,
    timestampsMs: Float64Array.of(value),
    values: Float64Array.of(value),
    stale: new Uint8Array(1),
  };
  const segment = encodeSegment(WORKSPACE, 1, { series: columnsOf([series]), logs: [] });
  return { messageId, receiveCount: 1, body: formatSegmentMessage(WORKSPACE, segment, segment.parts[0]!).body };
}

function createRoom(failure?: Error) {
  const applied: (readonly QueuedSegment[])[] = [];
  const aside: [string, string][] = [];
  const handleGroup = createHandleGroup({
    applySegments: async (_workspace, _shard, segments) => {
      if (failure !== undefined) throw failure;
      applied.push(segments);
    },
    quarantineMessage: async (_group, { messageId }, why) => void aside.push([messageId, why]),
  });
  return { handleGroup, applied, aside };
}

describe('the messages of a shard', () => {
  it('are applied in one batch, in their order, with how often each was received', async () => {
    const { handleGroup, applied } = createRoom();
    const messages = [message('a', 1), { ...message('b', 2), receiveCount: 4 }, message('c', 3)];

    const outcome = await handleGroup(GROUP, messages);

    expect(outcome).toEqual({ done: 3 });
    expect(applied).toHaveLength(1);
    expect(applied[0]!.map(({ receiveCount }) => receiveCount)).toEqual([1, 4, 1]);
    expect(new Set(applied[0]!.map(({ message: { segmentId } }) => segmentId)).size).toBe(3);
  });

  it('that cannot be understood are put aside, and the others are applied', async () => {
    const { handleGroup, applied, aside } = createRoom();

    const outcome = await handleGroup(GROUP, [{ ...message('bad', 1), body: '{"v":9}' }, message('good', 2)]);

    expect(outcome).toEqual({ done: 2 });
    expect(applied[0]).toHaveLength(1);
    expect(aside).toEqual([['bad', expect.stringContaining('malformed')]]);
  });

  it('that belong to another group are put aside: nobody else orders that shard', async () => {
    const { handleGroup, applied, aside } = createRoom();

    await handleGroup(`${WORKSPACE}.3`, [message('stray', 1)]);

    expect(applied).toEqual([]);
    expect(aside).toEqual([['stray', 'the message belongs to another group']]);
  });

  it('fail together where they cannot be applied', async () => {
    const failure = new ServiceError('store/unavailable', 'down', { retryable: true });

    expect(await createRoom(failure).handleGroup(GROUP, [message('a', 1), message('b', 2)])).toEqual({
      done: 0,
      failure,
    });
  });

  it('that are large are applied in several batches, and what is applied stays so', async () => {
    const large = (messageId: string, samples: number): GroupMessage => {
      const { body, ...rest } = message(messageId, samples);
      return { ...rest, body: JSON.stringify({ ...JSON.parse(body), samples }) };
    };
    const messages = [large('a', 80_000), large('b', 51_072), large('c', 1), large('d', 150_000), large('e', 1)];
    const { handleGroup, applied } = createRoom();

    expect(await handleGroup(GROUP, messages)).toEqual({ done: 5 });
    expect(applied.map((batch) => batch.map((one) => one.message.samples))).toEqual([
      [80_000, 51_072],
      [1],
      [150_000],
      [1],
    ]);

    const bytes = (messageId: string, length: number): GroupMessage => {
      const { body, ...rest } = message(messageId, 1);
      return { ...rest, body: JSON.stringify({ ...JSON.parse(body), length }) };
    };
    const weighty = createRoom();
    await weighty.handleGroup(GROUP, [bytes('a', 5_000_000), bytes('b', 3_000_000), bytes('c', 2_000_000)]);
    expect(weighty.applied.map((batch) => batch.length)).toEqual([2, 1]);

    const failure = new Error('down');
    const failing = createRoom();
    const failAtThird = createHandleGroup({
      applySegments: async (_workspace, _shard, segments) => {
        if (failing.applied.push(segments) === 3) throw failure;
      },
      quarantineMessage: async () => {},
    });
    expect(await failAtThird(GROUP, messages)).toEqual({ done: 3, failure });
  });
});
