import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { OutgoingMessage } from '../contracts.ts';
import { MAX_MESSAGE_BYTES } from '../queue-message.ts';
import { runBatch } from './batch.ts';

const BATCH_ENTRIES = 10;

/**
 * Sends in rounds: the first message of every group, then the second of every group, and so on. A batch thus never holds
 * two messages of one group, so that sending a failed one again cannot put it behind its successor.
 */
export async function sendToGroups(
  client: SQSClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  for (const round of toRounds(messages)) {
    for (const batch of toBatches(round)) {
      const entries = batch.map((message, i) => ({
        Id: String(i),
        MessageBody: message.body,
        MessageGroupId: message.group,
        MessageDeduplicationId: message.dedupId,
      }));
      const send = (Entries: typeof entries) =>
        client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      await runBatch('SQS send', entries, send, { ignoresSenderFaults: false });
    }
  }
}

function toRounds(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const rounds: OutgoingMessage[][] = [];
  const sentOfGroup = new Map<string, number>();
  for (const message of messages) {
    const round = sentOfGroup.get(message.group) ?? 0;
    sentOfGroup.set(message.group, round + 1);
    const members = rounds[round];
    if (members === undefined) rounds.push([message]);
    else members.push(message);
  }
  return rounds;
}

/** A batch holds ten messages, and together no more bytes than a single one may have. */
function toBatches(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const batches: OutgoingMessage[][] = [];
  let batchBytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === BATCH_ENTRIES || batchBytes + bytes > MAX_MESSAGE_BYTES) {
      batches.push([message]);
      batchBytes = bytes;
    } else {
      batch.push(message);
      batchBytes += bytes;
    }
  }
  return batches;
}
