import type { Delivery } from '../../models/domain/delivery.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import { ServiceError } from '../platform/errors.ts';

export interface DeliverPendingOptions {
  /** Oldest first. */
  readonly listPending: (
    workspace: string,
    options: { readonly limit: number; readonly cursor?: string | undefined },
  ) => Promise<{ readonly items: readonly Delivery[]; readonly cursor?: string }>;
  readonly readMessage: (key: string) => Promise<Uint8Array | undefined>;
  readonly saveDelivery: (workspace: string, delivery: Delivery) => Promise<unknown>;
  readonly send: (mail: {
    readonly deliveryId: string;
    readonly from: string;
    readonly to: string;
    readonly mime: Uint8Array;
  }) => Promise<{ readonly receipt: string }>;
  readonly from: string;
  /** How many messages of the workspace may still be sent today. */
  readonly leftToday: (workspace: string, nowMs: number) => Promise<number>;
}

export interface DeliveryCounts {
  readonly sent: number;
  /** Refused this time and tried again later. */
  readonly postponed: number;
  readonly failed: number;
  /** Due, and over what the workspace may send in a day: they wait as they are. */
  readonly held: number;
}

export type DeliverPending = (workspace: string, nowMs: number) => Promise<DeliveryCounts>;

const PAGE_DELIVERIES = 100;
const MINUTE_MS = 60_000;
/** Waits between attempts: what is down for a weekend still gets its mail, three days in all. */
const WAITS_MS: readonly number[] = [
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
];
const ERROR_LENGTH = 500;

/**
 * Sends what is pending, each delivery by itself: one that fails does not stop the others.
 *
 * At least once: a crash after the channel took a message and before it was marked sends it again, with the same
 * Message-ID. A refusal for now is tried again later and later, ten times within three days; a refusal for good, or the
 * tenth, marks it failed. Where the store itself fails, the rest is still tried, and then the first such error is thrown.
 */
export function createDeliverPending(options: DeliverPendingOptions): DeliverPending {
  return async (workspace, nowMs) => {
    const counts = { sent: 0, pending: 0, failed: 0 };
    const storeErrors: unknown[] = [];
    const pending = await readPending(options, workspace);
    const due = pending.filter(({ nextAttemptMs }) => nowMs >= (nextAttemptMs ?? 0));
    const leftToday = due.length === 0 ? 0 : await options.leftToday(workspace, nowMs);
    let held = 0;
    for (const delivery of due) {
      if (counts.sent >= leftToday) {
        held++;
        continue;
      }
      try {
        const outcome = await attempt(options, delivery, nowMs);
        await options.saveDelivery(workspace, outcome);
        counts[outcome.status] += 1;
      } catch (error) {
        storeErrors.push(error);
      }
    }
    if (storeErrors.length > 0) throw storeErrors[0];
    return { sent: counts.sent, postponed: counts.pending, failed: counts.failed, held };
  };
}

/** All before the first is sent: marking a delivery takes it out of the list that is being read. */
async function readPending(options: DeliverPendingOptions, workspace: string): Promise<readonly Delivery[]> {
  const pending: Delivery[] = [];
  let cursor: string | undefined;
  do {
    const page = await options.listPending(workspace, { limit: PAGE_DELIVERIES, cursor });
    pending.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pending;
}

async function attempt(options: DeliverPendingOptions, delivery: Delivery, nowMs: number): Promise<Delivery> {
  const { deliveryId, recipient, messageKey } = delivery;
  const attempts = delivery.attempts + 1;
  const done = { ...delivery, attempts, nextAttemptMs: null };
  const mime = await options.readMessage(messageKey);
  if (!mime) return { ...done, status: 'failed', error: `no message under ${messageKey}` };
  try {
    const { receipt } = await options.send({ deliveryId, from: options.from, to: recipient, mime });
    return { ...done, status: 'sent', sentAtMs: nowMs, receipt, error: null };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const said = error.message.slice(0, ERROR_LENGTH);
    const waitMs = error.retryable ? WAITS_MS[attempts - 1] : undefined;
    if (waitMs === undefined) return { ...done, status: 'failed', error: said };
    return { ...done, status: 'pending', nextAttemptMs: nowMs + waitMs, error: said };
  }
}
