import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createSesChannel } from '../../../functions/channel/ses.ts';

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly body: Readonly<Record<string, string>>;
}

const mail = {
  deliveryId: '0123456789abcdef',
  from: 'forewarn@example.org',
  to: 'ops@example.org',
  mime: Buffer.from('Subject: digest\r\n\r\nhello\r\n'),
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** The SendEmail operation of SES v2 as its API reference describes it: one path, JSON in and out. */
async function openSes(answer: Answer) {
  const requests: { method: string; path: string; body: unknown }[] = [];
  const endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      requests.push({ method: request.method ?? '', path: request.url ?? '', body });
      if (answer.error !== undefined) response.setHeader('x-amzn-errortype', answer.error);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  server = endpoint;
  await new Promise<void>((listening) => endpoint.listen(0, '127.0.0.1', listening));
  const { port } = endpoint.address() as AddressInfo;
  const channel = createSesChannel({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return { channel, requests };
}

test('sends the raw message to one address', async () => {
  const { channel, requests } = await openSes({ status: 200, body: { MessageId: '0102-ses' } });

  const { receipt } = await channel.send(mail);

  expect(receipt).toBe('0102-ses');
  expect(requests).toEqual([
    {
      method: 'POST',
      path: '/v2/email/outbound-emails',
      body: {
        FromEmailAddress: 'forewarn@example.org',
        Destination: { ToAddresses: ['ops@example.org'] },
        Content: { Raw: { Data: mail.mime.toString('base64') } },
      },
    },
  ]);
});

test.each([
  ['MessageRejected', 400, false, 'the message itself is refused'],
  ['BadRequestException', 400, false, 'and will be the next time'],
  ['TooManyRequestsException', 429, true, 'too fast'],
  ['MailFromDomainNotVerifiedException', 400, true, 'an operator can verify it'],
  ['SendingPausedException', 400, true, 'an operator can resume it'],
  ['InternalServiceErrorException', 500, true, 'the service is ill'],
])('fails when SES answers %s', async (error, status, retryable) => {
  const { channel } = await openSes({ status, error, body: { message: 'no' } });

  await expect(channel.send(mail)).rejects.toMatchObject({
    code: 'notify/channel-refused',
    retryable,
    message: expect.stringContaining(error) as string,
  });
});

test('fails when SES cannot be reached, and may be asked again', async () => {
  const channel = createSesChannel({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

  await expect(channel.send(mail)).rejects.toMatchObject({ code: 'notify/channel-refused', retryable: true });
});
