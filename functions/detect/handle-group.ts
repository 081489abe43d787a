import { parseSegmentMessage, type SegmentMessage } from '../../data/segments/message.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueuedSegment } from './apply-segments.ts';

export interface GroupMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
}

/** How far the messages got: the first `done` of them are finished; what stopped the others, where something did. */
export interface GroupProgress {
  readonly done: number;
  readonly failure?: unknown;
}

export interface HandleGroupDeps {
  readonly applySegments: (workspace: string, shard: number, segments: readonly QueuedSegment[]) => Promise<void>;
  /** Puts aside a message that says nothing we understand. */
  readonly quarantineMessage: (group: string, message: GroupMessage, why: string) => Promise<void>;
}

/**
 * Samples and log records of one batch, and bytes of its parts as they are stored. Small messages make a batch by their
 * number; large ones are bounded by this, as all of a batch is fetched at once. It may be applied in several steps.
 */
const MAX_BATCH_ITEMS = 131_072;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Works through the messages of one shard in batches: all of a batch are applied with one write of the state, or none.
 *
 * A message that cannot be understood is put aside at once: waiting for it to fail five times would blind its shard.
 */
export function createHandleGroup(deps: HandleGroupDeps) {
  return async (group: string, messages: readonly GroupMessage[]): Promise<GroupProgress> => {
    let done = 0;
    let batch: QueuedSegment[] = [];
    let items = 0;
    let sizeBytes = 0;
    const apply = async (): Promise<void> => {
      const first = batch[0]?.message;
      if (first !== undefined) await deps.applySegments(first.workspace, first.shard, batch);
      batch = [];
      items = 0;
      sizeBytes = 0;
    };
    try {
      for (const [i, message] of messages.entries()) {
        const parsed = await readMessage(deps, group, message);
        if (parsed === undefined) continue;
        const { samples, logRecords, length } = parsed;
        const isFull = items + samples + logRecords > MAX_BATCH_ITEMS || sizeBytes + length > MAX_BATCH_BYTES;
        if (isFull && batch.length > 0) {
          await apply();
          done = i;
        }
        batch.push({ message: parsed, receiveCount: message.receiveCount });
        items += samples + logRecords;
        sizeBytes += length;
      }
      await apply();
    } catch (failure) {
      return { done, failure };
    }
    return { done: messages.length };
  };
}

async function readMessage(
  deps: HandleGroupDeps,
  group: string,
  message: GroupMessage,
): Promise<SegmentMessage | undefined> {
  try {
    const parsed = parseSegmentMessage(message.body);
    if (`${parsed.workspace}.${parsed.shard}` === group) return parsed;
    await deps.quarantineMessage(group, message, 'the message belongs to another group');
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'store/corrupt') throw error;
    await deps.quarantineMessage(group, message, error.message);
  }
  return undefined;
}
