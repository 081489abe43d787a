import type { Delivery } from '../../models/domain/delivery.ts';
import type { Records } from './records.ts';

/** Where a workspace stands against its limits of mail. */
export interface MailUse {
  /** Messages that a channel took within 24 hours. */
  readonly sentToday: number;
  /** People for whom there was a message within eight days: digests are weekly. */
  readonly recipients: number;
}

const DAY_MS = 86_400_000;
/** A message is tried for three days, and may wait for its turn before that. */
const LOOK_BACK_MS = 8 * DAY_MS;
const PAGE_ITEMS = 1_000;

/** Told from the deliveries themselves, so that no count can differ from what was sent. */
export async function readMailUse(
  deliveries: Pick<Records<Delivery>, 'listByIndex'>,
  workspace: string,
  nowMs: number,
): Promise<MailUse> {
  const recipients = new Set<string>();
  let sentToday = 0;
  for (const status of ['pending', 'sent'] as const) {
    const from = new Date(nowMs - LOOK_BACK_MS).toISOString();
    let cursor: string | undefined;
    do {
      const page = await deliveries.listByIndex(workspace, status, { limit: PAGE_ITEMS, from, cursor });
      for (const { recipient, sentAtMs } of page.items) {
        recipients.add(recipient);
        if (sentAtMs !== null && sentAtMs > nowMs - DAY_MS) sentToday++;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return { sentToday, recipients: recipients.size };
}
