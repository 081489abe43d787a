import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Queue, ReceivedMessage } from '../data/contracts.ts';
import type { Log } from '../functions/platform/log.ts';

export interface PollerOptions {
  readonly queue: Queue;
  readonly handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  readonly log: Log;
  /** Lambda gives at most 10; one machine may take more at once, and writes each shard's state less often. */
  readonly maxMessages: number;
  /** While more wait than are taken and batches are soon done, up to so many. */
  readonly maxMessagesOfBacklog: number;
  /** For tests. */
  readonly nowMs?: () => number;
}

export interface Poller {
  /** Finishes the batch in hand, then resolves. */
  stop(): Promise<void>;
}

/** Longer than batches take: one whose time ran out would be received once more, and found applied. */
const VISIBILITY_MS = 180_000;
const WAIT_MS = 1_000;
const RETRY_MS = 2_000;
/** By how often a message has failed: a store that is away for some minutes must not make dead letters of what waits. */
const RELEASE_MS: readonly number[] = [RETRY_MS, 15_000, 60_000, 300_000];

/** Batches that take less may grow; those that take more shrink. */
const SOON_MS = 2_000;
const LATE_MS = 10_000;

/** Feeds a queue to the handler as Lambda's event source does: deletes what succeeded, returns what failed. */
export function startPoller(options: PollerOptions): Poller {
  const { queue, log, nowMs = () => performance.now() } = options;
  let stopping = false;
  let maxMessages = options.maxMessages;
  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        const messages = await queue.receive({ maxMessages, visibilityMs: VISIBILITY_MS, waitMs: WAIT_MS });
        const startedMs = nowMs();
        const isDone = messages.length === 0 || (await workOn(options, messages));
        const isFull = messages.length === maxMessages;
        maxMessages = isDone && isFull ? nextSize(options, maxMessages, nowMs() - startedMs) : options.maxMessages;
      } catch (error) {
        log.error('poll failed', { error });
        maxMessages = options.maxMessages;
        await pause(RETRY_MS);
      }
    }
  };
  const finished = loop();
  return {
    stop() {
      stopping = true;
      return finished;
    },
  };
}

/** How many to take next, after as many as were wanted have come and have taken so long. */
function nextSize({ maxMessages, maxMessagesOfBacklog }: PollerOptions, taken: number, tookMs: number): number {
  if (tookMs > LATE_MS) return Math.max(maxMessages, Math.floor(taken / 2));
  return tookMs < SOON_MS ? Math.min(maxMessagesOfBacklog, 2 * taken) : taken;
}

/** Whether all of them succeeded. */
async function workOn({ queue, handler }: PollerOptions, messages: readonly ReceivedMessage[]): Promise<boolean> {
  const { batchItemFailures } = await handler(toEvent(messages), LOCAL_CONTEXT);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const { done = [], undone = [] } = Object.groupBy(messages, ({ messageId }) =>
    failed.has(messageId) ? 'undone' : 'done',
  );
  await queue.delete(done.map(({ receipt }) => receipt));
  for (const [receiveCount, group] of Map.groupBy(undone, (message) => message.receiveCount)) {
    const delayMs = RELEASE_MS[Math.min(receiveCount, RELEASE_MS.length) - 1] ?? RETRY_MS;
    await queue.release(
      group.map(({ receipt }) => receipt),
      delayMs,
    );
  }
  return undone.length === 0;
}

function toEvent(messages: readonly ReceivedMessage[]): SQSEvent {
  return {
    Records: messages.map(({ messageId, group, body, receiveCount, receipt }) => ({
      messageId,
      receiptHandle: receipt,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '0',
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: '0',
        MessageGroupId: group,
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:local:000000000000:forewarn.fifo',
      awsRegion: 'local',
    })),
  };
}

/** Handlers of the service read nothing of it but the time that is left. */
export const LOCAL_CONTEXT: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'local',
  functionVersion: '0',
  invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
  memoryLimitInMB: '1024',
  awsRequestId: 'local',
  logGroupName: 'local',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 900_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
