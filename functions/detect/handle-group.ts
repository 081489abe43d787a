import { parseSegmentMessage, type SegmentMessage } from '../../data/segments/message.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueuedSegment } from './apply-segments.ts';

export interface GroupMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
}

export interface HandleGroupDeps {
  readonly applySegments: (workspace: string, shard: number, segments: readonly QueuedSegment[]) => Promise<void>;
  /** Puts aside a message that says nothing we understand. */
  readonly quarantineMessage: (group: string, message: GroupMessage, why: string) => Promise<void>;
}

/**
 * Works through the messages of one shard as one batch: all of them are applied with one write of the state, or none.
 *
 * A message that cannot be understood is put aside at once: waiting for it to fail five times would blind its shard.
 */
export function createHandleGroup(deps: HandleGroupDeps) {
  return async (group: string, messages: readonly GroupMessage[]): Promise<{ readonly done: number }> => {
    const segments: QueuedSegment[] = [];
    for (const message of messages) {
      const parsed = await readMessage(deps, group, message);
      if (parsed !== undefined) segments.push({ message: parsed, receiveCount: message.receiveCount });
    }
    const first = segments[0]?.message;
    if (first !== undefined) await deps.applySegments(first.workspace, first.shard, segments);
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
