import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { composeMime, type MailContent, parseAddress } from '../../../functions/report/mime.ts';
import { NOW_MS } from '../../support/report-samples.ts';

function content(given: Partial<MailContent> = {}): MailContent {
  return {
    deliveryId: '0123456789abcdef',
    from: 'Forewarn <forewarn@example.org>',
    to: 'ops@example.org',
    subject: '[forewarn] no predicted issues, week 48',
    dateMs: NOW_MS,
    text: 'nothing\n',
    html: '<p>nothing</p>',
    chartPng: null,
    chartAlt: '',
    ...given,
  };
}

test('B06 keeps every kind of line break and direction mark out of the subject', async () => {
  const mime = await composeMime(content({ subject: 'a\r\nBcc: thief@example.org\n\tb\u2028c\u202ed\0' }));

  const mail = await PostalMime.parse(mime);
  expect(mail.subject).toBe('a Bcc: thief@example.org b cd');
  expect(mail.bcc).toBeUndefined();
});

test('bounds the subject', async () => {
  const mail = await PostalMime.parse(await composeMime(content({ subject: 'ü'.repeat(400) })));

  expect(mail.subject).toBe('ü'.repeat(150));
});

test('carries text of any language unharmed', async () => {
  const text = 'Zürich · 東京 “ok” ▁▂█ 😀\n.\nFrom the start\n';

  const mail = await PostalMime.parse(await composeMime(content({ text, html: `<p>${text}</p>` })));

  expect(mail.text?.trimEnd()).toBe(text.trimEnd());
  expect(mail.html?.trimEnd()).toBe(`<p>${text}</p>`);
});

test('uses lines of at most 998 bytes that end with CR LF', async () => {
  const mime = Buffer.from(await composeMime(content({ html: `<p>${'x'.repeat(5_000)}</p>` }))).toString('latin1');

  expect(mime.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(Math.max(...mime.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
});

test('names the message by its delivery and dates it by the report', async () => {
  const mail = await PostalMime.parse(await composeMime(content()));

  expect(mail.messageId).toBe('<0123456789abcdef@example.org>');
  expect(mail.date).toBe(new Date(NOW_MS).toISOString());
});

test.each([
  ['ops@example.org', 'ops@example.org'],
  ['Forewarn <forewarn@localhost>', 'forewarn@localhost'],
  ['a+b@sub.example.org', 'a+b@sub.example.org'],
])('takes %s for one mailbox', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

test.each([
  ['a@example.org, b@example.org', 'a list'],
  ['a@example.org\r\nBcc: b@example.org', 'a line break'],
  ['a@b@c', 'two at signs'],
  ['nobody', 'no domain'],
  ['"a b"@example.org', 'a quoted name'],
  ['', 'nothing'],
])('B06 fails when given %j for an address: %s', (text) => {
  expect(() => parseAddress(text)).toThrow(RangeError);
});

test('B06 fails when a recipient would add another', async () => {
  await expect(composeMime(content({ to: 'a@example.org, b@example.org' }))).rejects.toThrow(RangeError);
});
