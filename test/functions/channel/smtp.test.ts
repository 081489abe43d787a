import { afterEach, expect, test } from 'vitest';
import { createSmtpChannel } from '../../../functions/channel/smtp.ts';
import { type MailServer, openMailServer } from '../../support/mail-server.ts';

const mail = {
  deliveryId: '0123456789abcdef',
  from: 'Forewarn <forewarn@example.org>',
  to: 'ops@example.org',
  mime: Buffer.from('Message-ID: <1@example.org>\r\nSubject: digest\r\n\r\nfirst\r\n.\r\nlast\r\n'),
};

let server: MailServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

function refusal(responseCode: number): Error {
  return Object.assign(new Error('not this one'), { responseCode });
}

test('hands the message over as it is, with a bare envelope', async () => {
  server = await openMailServer();

  const { receipt } = await createSmtpChannel(server.url).send(mail);

  expect(receipt).toMatch(/^250 /);
  expect(server.received).toEqual([{ from: 'forewarn@example.org', to: ['ops@example.org'], mime: mail.mime }]);
});

test.each([
  [550, false, 'an address that does not exist never will'],
  [451, true, 'a server that is busy may not be later'],
])('fails when the server answers %d', async (responseCode, retryable) => {
  server = await openMailServer({ onRcptTo: (_address, _session, done) => done(refusal(responseCode)) });

  await expect(createSmtpChannel(server.url).send(mail)).rejects.toMatchObject({
    code: 'notify/channel-refused',
    retryable,
    message: expect.stringContaining('not this one') as string,
  });
});

test('fails when nobody answers, and may be asked again', async () => {
  const gone = await openMailServer();
  await gone.close();

  await expect(createSmtpChannel(gone.url).send(mail)).rejects.toMatchObject({
    code: 'notify/channel-refused',
    retryable: true,
  });
});
