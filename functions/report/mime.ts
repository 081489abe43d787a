import MailComposer from 'nodemailer/lib/mail-composer';
import { plainLine } from './html.ts';

export interface MailContent {
  /** Becomes the Message-ID, so that a message sent twice is recognised as one. */
  readonly deliveryId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly dateMs: number;
  readonly text: string;
  /** Where a chart is given, it shows it as `cid:` followed by chartCid. */
  readonly html: string;
  readonly chartPng: Uint8Array | null;
  readonly chartAlt: string;
}

const SUBJECT_LENGTH = 150;
const ADDRESS = /^(?:[^<>@,;:"\p{Cc}]+ )?<?([^\s<>@,;:"()[\]\\\p{Cc}]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)>?$/u;

/** The name by which the HTML part refers to the chart of this delivery. */
export function chartCid(deliveryId: string): string {
  return `chart.${deliveryId}@forewarn`;
}

/** An RFC 822 message with a text part and an HTML part; the same content gives the same bytes. */
export async function composeMime(content: MailContent): Promise<Uint8Array> {
  const domain = parseAddress(content.from).split('@')[1] ?? 'localhost';
  parseAddress(content.to);
  const node = new MailComposer({
    from: content.from,
    to: content.to,
    subject: plainLine(content.subject).trim().slice(0, SUBJECT_LENGTH),
    date: new Date(content.dateMs),
    messageId: `<${content.deliveryId}@${domain}>`,
    headers: { 'List-Id': `Forewarn digest <digest.forewarn.${domain}>`, 'Auto-Submitted': 'auto-generated' },
    text: content.text,
    html: content.html,
    attachments:
      content.chartPng === null
        ? []
        : [
            {
              content: Buffer.from(content.chartPng),
              contentType: 'image/png',
              filename: 'forecast.png',
              cid: chartCid(content.deliveryId),
              contentDisposition: 'inline',
              headers: { 'Content-Description': plainLine(content.chartAlt).slice(0, 200) },
            },
          ],
    baseBoundary: content.deliveryId,
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  return new Uint8Array(await node.build());
}

/**
 * The bare address of one mailbox, with or without a name before it.
 *
 * @throws RangeError where the text is anything else, a list of addresses or a line break included.
 */
export function parseAddress(text: string): string {
  const address = ADDRESS.exec(text)?.[1];
  if (address === undefined) throw new RangeError(`mail address: must be one mailbox, got ${JSON.stringify(text)}`);
  return address;
}
