import { createTransport } from 'nodemailer';
import { ServiceError } from '../platform/errors.ts';
import type { Channel } from './channel.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;

/** Hands messages to a mail server. The URL is `smtp://user:password@host:587` or `smtps://…:465`. */
export function createSmtpChannel(url: string): Channel {
  const transport = createTransport({
    url,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ deliveryId, from, to, mime }) {
      try {
        const info = await transport.sendMail({ envelope: { from, to }, raw: Buffer.from(mime) });
        return { receipt: info.response };
      } catch (cause) {
        throw refusal(deliveryId, cause);
      }
    },
  };
}

/**
 * A server's 5xx about sender, recipient or content is its last word. Everything else may pass: 4xx, no connection, and
 * refused credentials too, which an operator puts right.
 */
function refusal(deliveryId: string, cause: unknown): ServiceError {
  const { code, responseCode } = cause as { code?: string; responseCode?: number };
  const final = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
  const answer = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError('notify/channel-refused', `smtp: ${answer}`, {
    retryable: !final,
    details: { deliveryId, code, responseCode },
    cause,
  });
}
