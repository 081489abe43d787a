import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutboxChannel } from '../../../functions/channel/outbox.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { chartCid, composeMime } from '../../../functions/report/mime.ts';

const DELIVERY_ID = '0123456789abcdef';
const PNG = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255, 61]);
const HTML = `<p>Zürich = 100 % ▁▂█ ${'long '.repeat(300)}</p>\n<img src="cid:${chartCid(DELIVERY_ID)}">\n`;

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'forewarn-outbox-'));
});
afterEach(() => rm(parent, { recursive: true }));

async function mail() {
  const mime = await composeMime({
    deliveryId: DELIVERY_ID,
    from: 'forewarn@example.org',
    to: 'ops@example.org',
    subject: 'digest',
    dateMs: Date.UTC(2026, 10, 23, 8),
    text: 'digest\n',
    html: HTML,
    chartPng: PNG,
    chartAlt: 'a chart',
  });
  return { deliveryId: DELIVERY_ID, from: 'forewarn@example.org', to: 'ops@example.org', mime };
}

test('lays the message down as it is, for its owner only, and nothing half-written beside it', async () => {
  const directory = join(parent, 'outbox');
  const message = await mail();

  const { receipt } = await createOutboxChannel(directory).send(message);

  expect(receipt).toBe(join(directory, `2026-11-23-${DELIVERY_ID}.eml`));
  expect(await readdir(directory)).toEqual([`2026-11-23-${DELIVERY_ID}.eml`, `2026-11-23-${DELIVERY_ID}.html`]);
  expect(Buffer.compare(await readFile(receipt), message.mime)).toBe(0);
  expect((await stat(receipt)).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('writes the HTML part beside it with the picture in it', async () => {
  const { receipt } = await createOutboxChannel(parent).send(await mail());

  const page = await readFile(receipt.replace('.eml', '.html'), 'utf8');
  expect(page.replaceAll('\r\n', '\n')).toBe(
    HTML.replace(`cid:${chartCid(DELIVERY_ID)}`, `data:image/png;base64,${Buffer.from(PNG).toString('base64')}`),
  );
});

test('replaces its files by the same ones when a delivery is repeated', async () => {
  const { send } = createOutboxChannel(parent);

  const [first, second] = [await send(await mail()), await send(await mail())];

  expect(second).toEqual(first);
  expect(await readdir(parent)).toHaveLength(2);
});

test('takes a message of any shape', async () => {
  const mime = Buffer.from('Subject: plain\r\n\r\nhello\r\n');

  const { receipt } = await createOutboxChannel(parent).send({ ...(await mail()), mime });

  expect(receipt).toBe(join(parent, `undated-${DELIVERY_ID}.eml`));
  expect(await readFile(receipt.replace('.eml', '.html'), 'utf8')).toContain('no HTML part');
});

test('fails when the directory cannot be made, and may be asked again', async () => {
  await writeFile(join(parent, 'file'), '');

  const sent = createOutboxChannel(join(parent, 'file', 'outbox')).send(await mail());

  await expect(sent).rejects.toMatchObject({ code: 'notify/channel-refused', retryable: true });
  await expect(sent).rejects.toBeInstanceOf(ServiceError);
});
