import type { OutgoingMessage, PutCondition, PutResult } from '../../data/contracts.ts';
import type { SegmentBatch } from '../../data/segments/batch.ts';
import { formatSegmentMessage } from '../../data/segments/message.ts';
import { createSegmentEncoder, type EncodedSegment } from '../../data/segments/segment.ts';
import { portionsOf } from './batch-portions.ts';

export interface AcceptBatchDependencies {
  readonly putObject: (key: string, bytes: Uint8Array, condition: PutCondition) => Promise<PutResult>;
  readonly send: (messages: readonly OutgoingMessage[]) => Promise<void>;
  readonly shardCount: number;
}

export interface AcceptedBatch {
  /** One, unless the batch is heavy. */
  readonly segmentIds: readonly string[];
  /** The same batch was stored before. */
  readonly replayed: boolean;
}

export type AcceptBatch = (workspace: string, batch: SegmentBatch) => Promise<AcceptedBatch>;

/**
 * Makes a batch durable, then tells every shard that it touches, and only then resolves. The batch must hold at least one
 * sample or record.
 *
 * With the same batch again it does the same: the segment is there already, which is success, and its messages are sent
 * once more, because the time before may have ended in between. Queue and shard recognise the repeat. Where either step
 * fails it throws, nothing has been promised, and the sender's retry makes good.
 *
 * A heavy batch becomes several segments, one after another, each of which is no burden to its consumer. While it waits
 * it holds the segments and not the batch, which is many times as large.
 */
export function createAcceptBatch({ putObject, send, shardCount }: AcceptBatchDependencies): AcceptBatch {
  const store = async (workspace: string, segments: readonly EncodedSegment[]): Promise<AcceptedBatch> => {
    let replayed = true;
    for (const segment of segments) {
      const { kind } = await putObject(segment.key, segment.bytes, { kind: 'absent' });
      await send(segment.parts.map((part) => formatSegmentMessage(workspace, segment, part)));
      if (kind !== 'conflict') replayed = false;
    }
    return { segmentIds: segments.map(({ segmentId }) => segmentId), replayed };
  };
  const encodeSegment = createSegmentEncoder();
  return (workspace, batch) => {
    const segments = portionsOf(batch).map((portion) => encodeSegment(workspace, shardCount, portion));
    return store(workspace, segments);
  };
}
