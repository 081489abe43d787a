import { SESv2Client, type SESv2ClientConfig, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ServiceError } from '../platform/errors.ts';
import type { Channel } from './channel.ts';

/** What SES will refuse again however often it is asked; a paused account or an unverified domain can be put right. */
const FINAL = new Set(['MessageRejected', 'BadRequestException']);

/** Hands messages to Amazon SES, which may be sent one message twice: its Message-ID tells. */
export function createSesChannel(config: SESv2ClientConfig = {}): Channel {
  const client = new SESv2Client(config);
  return {
    async send({ deliveryId, from, to, mime }) {
      try {
        const answer = await client.send(
          new SendEmailCommand({
            FromEmailAddress: from,
            Destination: { ToAddresses: [to] },
            Content: { Raw: { Data: mime } },
          }),
        );
        return { receipt: answer.MessageId ?? 'accepted' };
      } catch (cause) {
        const name = cause instanceof SESv2ServiceException ? cause.name : 'unreachable';
        const answer = cause instanceof Error ? cause.message : String(cause);
        throw new ServiceError('notify/channel-refused', `ses: ${name}: ${answer}`, {
          retryable: !FINAL.has(name),
          details: { deliveryId, name },
          cause,
        });
      }
    },
  };
}
