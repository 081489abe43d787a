import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Queue, ReceivedMessage } from '../contracts.ts';
import { assertDelay, assertMessage, assertReceiveOptions } from '../queue-message.ts';
import { callAws } from './aws-error.ts';
import { type BatchFailure, chunk, runBatch } from './batch.ts';
import { sendToGroups } from './sqs-send.ts';

export interface SqsQueueOptions {
  readonly client: SQSClient;
  /** Of a FIFO queue whose redrive policy names its dead letters. */
  readonly queueUrl: string;
}

const BATCH_ENTRIES = 10;
const MAX_WAIT_SECONDS = 20;

interface ReceiveOptions {
  readonly maxMessages: number;
  readonly visibilityMs: number;
  readonly waitMs: number;
}

/** A queue in SQS FIFO. SQS counts time in seconds: timeouts and delays are rounded up to the next one. */
export function createSqsQueue(options: SqsQueueOptions): Queue {
  const { client, queueUrl } = options;
  let deadLettersUrl: string | undefined;
  return {
    send: async (messages) => {
      for (const message of messages) assertMessage(message);
      await sendToGroups(client, queueUrl, messages);
    },
    receive: async (asked) => {
      assertReceiveOptions(asked);
      return receive(options, asked);
    },
    delete: (receipts) =>
      forEachBatch(receipts, 'SQS delete', (Entries) =>
        client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })),
      ),
    release: async (receipts, delayMs) => {
      assertDelay(delayMs, 'delayMs');
      const VisibilityTimeout = toSeconds(delayMs);
      await forEachBatch(receipts, 'SQS release', (entries) => {
        const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout }));
        return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      });
    },
    depth: async () => {
      deadLettersUrl ??= await findDeadLetters(options);
      const dead = deadLettersUrl;
      const [own, theirs] = await Promise.all([countMessages(client, queueUrl), dead && countMessages(client, dead)]);
      return { ...own, dead: theirs ? theirs.waiting + theirs.inFlight : 0 };
    },
  };
}

/** SQS gives ten at a time and waits twenty seconds at most: it is asked until there are enough or the wait is over. */
async function receive(options: SqsQueueOptions, asked: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
  const received: ReceivedMessage[] = [];
  let waitSeconds = toSeconds(asked.waitMs);
  for (;;) {
    const wanted = Math.min(BATCH_ENTRIES, asked.maxMessages - received.length);
    const waits = received.length === 0 ? Math.min(waitSeconds, MAX_WAIT_SECONDS) : 0;
    const messages = await receiveOnce(options, wanted, toSeconds(asked.visibilityMs), waits);
    received.push(...messages);
    waitSeconds -= waits;
    if (received.length === 0 ? waitSeconds <= 0 : messages.length === 0 || received.length >= asked.maxMessages) {
      return received;
    }
  }
}

async function receiveOnce(
  { client, queueUrl }: SqsQueueOptions,
  MaxNumberOfMessages: number,
  VisibilityTimeout: number,
  WaitTimeSeconds: number,
): Promise<readonly ReceivedMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages,
    VisibilityTimeout,
    WaitTimeSeconds,
    MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount'],
  });
  const { Messages = [] } = await callAws('SQS receive', () => client.send(command));
  return Messages.map(toReceived);
}

function toReceived({ MessageId, Body, ReceiptHandle, Attributes }: Message): ReceivedMessage {
  return {
    messageId: MessageId ?? '',
    group: Attributes?.MessageGroupId ?? '',
    body: Body ?? '',
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    receipt: ReceiptHandle ?? '',
  };
}

/** Receipts that SQS finds at fault are no longer valid, which the contract ignores; its own faults are tried again. */
async function forEachBatch(
  receipts: readonly string[],
  what: string,
  send: (entries: { Id: string; ReceiptHandle: string }[]) => Promise<{ Failed?: BatchFailure[] }>,
): Promise<void> {
  for (const some of chunk(receipts, BATCH_ENTRIES)) {
    const entries = some.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
    await runBatch(what, entries, send, { ignoresSenderFaults: true });
  }
}

/** Dead letters live in the same account and region: only the last part of the URL differs. */
async function findDeadLetters({ client, queueUrl }: SqsQueueOptions): Promise<string | undefined> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] });
  const { Attributes } = await callAws('SQS attributes', () => client.send(command));
  const policy: unknown = JSON.parse(Attributes?.RedrivePolicy ?? '{}');
  if (typeof policy !== 'object' || policy === null || !('deadLetterTargetArn' in policy)) return undefined;
  const name = String(policy.deadLetterTargetArn).split(':').at(-1);
  return queueUrl.replace(/[^/]+$/, name ?? '');
}

async function countMessages(
  client: SQSClient,
  QueueUrl: string,
): Promise<{ readonly waiting: number; readonly inFlight: number }> {
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes } = await callAws('SQS attributes', () => client.send(command));
  return {
    waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

function toSeconds(durationMs: number): number {
  return Math.ceil(durationMs / 1_000);
}
