import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../platform/errors.ts';
import type { Channel } from './channel.ts';
import { readHeader, readMimeParts } from './mime-parts.ts';

/**
 * Lays messages into a directory as `{date}-{deliveryId}.eml`, and beside each its HTML part as a page to open in a browser.
 *
 * Both are for the owner's eyes only (mode 600). A repeated delivery replaces its files by the same ones.
 */
export function createOutboxChannel(directory: string): Channel {
  return {
    async send({ deliveryId, mime }) {
      const path = join(directory, `${dayOf(mime)}-${deliveryId}`);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeWhole(`${path}.html`, Buffer.from(toPage(mime)));
        await writeWhole(`${path}.eml`, mime);
      } catch (cause) {
        throw new ServiceError('notify/channel-refused', 'outbox: cannot write the message', {
          retryable: true,
          details: { directory, deliveryId },
          cause,
        });
      }
      return { receipt: `${path}.eml` };
    },
  };
}

/** The message's own date: a repeat on another day gets the same name. */
function dayOf(mime: Uint8Array): string {
  const date = new Date(readHeader(mime, 'date') ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? 'undated' : date.toISOString().slice(0, 10);
}

/** The HTML part with its pictures in it, else the text. */
function toPage(mime: Uint8Array): string {
  const parts = readMimeParts(mime);
  const page = parts.find(({ contentType }) => contentType === 'text/html');
  if (!page) return '<!doctype html><meta charset="utf-8"><p>This message has no HTML part; see the .eml file.</p>\n';
  return parts.reduce((text, { contentId, contentType, bytes }) => {
    if (contentId === null) return text;
    return text.replaceAll(`cid:${contentId}`, `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`);
  }, Buffer.from(page.bytes).toString('utf8'));
}

/** Under another name first, so that nobody ever reads half a file. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}
