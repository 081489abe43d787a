import type { SQSEvent } from 'aws-lambda';

export interface QueueMessage {
  readonly messageId: string;
  readonly group: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
}

/** The messages of an SQS event by group, each group in the order in which it was received. */
export function groupMessages(
  event: SQSEvent,
): readonly (readonly [group: string, messages: readonly QueueMessage[]])[] {
  const groups = new Map<string, QueueMessage[]>();
  for (const { messageId, body, attributes } of event.Records) {
    const group = attributes.MessageGroupId ?? '';
    const message = { messageId, group, body, receiveCount: Number(attributes.ApproximateReceiveCount) };
    const messages = groups.get(group);
    if (messages === undefined) groups.set(group, [message]);
    else messages.push(message);
  }
  return [...groups];
}
