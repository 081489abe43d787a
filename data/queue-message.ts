import type { OutgoingMessage } from './contracts.ts';

export const MAX_MESSAGE_BYTES = 256 * 1024;
export const DEDUP_WINDOW_MS = 5 * 60_000;
export const DEFAULT_MAX_RECEIVES = 5;

const MAX_VISIBILITY_MS = 12 * 3_600_000;
/** Letters, digits and punctuation, as SQS has it for group and deduplication ids. */
const ID_TEXT = /^[!-~]{1,128}$/;
/** What XML 1.0 cannot hold, and so SQS neither. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Throws RangeError unless both backends can hold this message. */
export function assertMessage(message: OutgoingMessage): void {
  if (!ID_TEXT.test(message.group) || !ID_TEXT.test(message.dedupId)) {
    throw new RangeError('queue message: group and dedupId must be 1 to 128 printable ASCII characters without spaces');
  }
  const sizeBytes = Buffer.byteLength(message.body);
  if (sizeBytes < 1 || sizeBytes > MAX_MESSAGE_BYTES) {
    throw new RangeError(`queue message: body must be 1 to ${MAX_MESSAGE_BYTES} bytes, got ${sizeBytes}`);
  }
  if (!message.body.isWellFormed() || NOT_XML.test(message.body)) {
    throw new RangeError('queue message: body must be text that XML 1.0 can hold');
  }
}

export function assertReceiveOptions(options: { maxMessages: number; visibilityMs: number; waitMs: number }): void {
  if (!Number.isInteger(options.maxMessages) || options.maxMessages < 1) {
    throw new RangeError(`queue receive: maxMessages must be a whole number from 1, got ${options.maxMessages}`);
  }
  assertDelay(options.visibilityMs, 'visibilityMs');
  assertDelay(options.waitMs, 'waitMs');
}

export function assertDelay(delayMs: number, name: string): void {
  if (!(delayMs >= 0 && delayMs <= MAX_VISIBILITY_MS)) {
    throw new RangeError(`queue: ${name} must be 0 to ${MAX_VISIBILITY_MS}, got ${delayMs}`);
  }
}
