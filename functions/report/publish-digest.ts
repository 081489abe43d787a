import type { Delivery } from '../../models/domain/delivery.ts';
import type { BuildDigest } from './build-digest.ts';
import { renderChart } from './chart.ts';
import type { RenderPng } from './chart-png.ts';
import type { Digest } from './digest.ts';
import { chartCid, composeMime } from './mime.ts';
import { renderHtml } from './render-html.ts';
import { renderText } from './render-text.ts';
import { digestWords } from './words.ts';
import { isoWeekOf } from './zoned-time.ts';

export interface PublishDigestOptions {
  readonly buildDigest: BuildDigest;
  readonly renderPng: RenderPng;
  readonly hashId: (...parts: string[]) => string;
  readonly putMessage: (key: string, mime: Uint8Array) => Promise<unknown>;
  readonly getDelivery: (workspace: string, deliveryId: string) => Promise<unknown>;
  /** Stores the record only where none has its id. */
  readonly addDelivery: (workspace: string, delivery: Delivery) => Promise<unknown>;
  readonly timeZone: string;
  readonly from: string;
  readonly recipients: readonly string[];
  /** To how many of them the digest of a workspace goes at most. */
  readonly mostRecipients: (workspace: string) => Promise<number>;
  /** Told how many were left out, with the digest of each week. */
  readonly countLeftOut: (workspace: string, recipients: number, nowMs: number) => Promise<void>;
  readonly publicUrl: string | null;
}

/** Writes the digest of the week for each recipient and returns the deliveries that are new. */
export type PublishDigest = (workspace: string, nowMs: number) => Promise<readonly Delivery[]>;

/**
 * One digest a week, workspace and recipient: a second run in the same week of the zone writes nothing.
 *
 * The message is stored before the record that names it, so a crash between the two leaves an object that the next run
 * writes again, and never a delivery without a message.
 */
export function createPublishDigest(options: PublishDigestOptions): PublishDigest {
  return async (workspace, nowMs) => {
    const { year, week } = isoWeekOf(nowMs, options.timeZone);
    const period = `${year}-W${String(week).padStart(2, '0')}`;
    const due: Pick<Delivery, 'deliveryId' | 'recipient'>[] = [];
    const recipients = options.recipients.slice(0, await options.mostRecipients(workspace));
    for (const recipient of recipients) {
      const deliveryId = options.hashId(workspace, 'digest', period, recipient);
      if (!(await options.getDelivery(workspace, deliveryId))) due.push({ deliveryId, recipient });
    }
    if (due.length === 0) return [];
    const leftOut = options.recipients.length - recipients.length;
    if (leftOut > 0) await options.countLeftOut(workspace, leftOut, nowMs);

    const digest = await options.buildDigest(workspace, nowMs);
    const chartPng = await drawChart(digest, options.renderPng);
    const deliveries: Delivery[] = [];
    for (const { deliveryId, recipient } of due) {
      const words = digestWords(digest, { recipient, publicUrl: options.publicUrl });
      const mime = await composeMime({
        deliveryId,
        from: options.from,
        to: recipient,
        subject: words.subject,
        dateMs: nowMs,
        text: renderText(words),
        html: renderHtml(words, chartPng && chartCid(deliveryId)),
        chartPng,
        chartAlt: words.chart?.alt ?? '',
      });
      const delivery = pendingDelivery(workspace, deliveryId, recipient, words.subject, nowMs);
      await options.putMessage(delivery.messageKey, mime);
      await options.addDelivery(workspace, delivery);
      deliveries.push(delivery);
    }
    return deliveries;
  };
}

async function drawChart({ chart, asOfMs, timeZone }: Digest, renderPng: RenderPng): Promise<Uint8Array | null> {
  return chart && renderPng(renderChart(chart, asOfMs, timeZone));
}

function pendingDelivery(
  workspace: string,
  deliveryId: string,
  recipient: string,
  subject: string,
  nowMs: number,
): Delivery {
  return {
    deliveryId,
    kind: 'digest',
    recipient,
    subject,
    createdAtMs: nowMs,
    status: 'pending',
    attempts: 0,
    nextAttemptMs: null,
    sentAtMs: null,
    receipt: null,
    error: null,
    messageKey: `mail/${workspace}/${deliveryId}.eml`,
  };
}
