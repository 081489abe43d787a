import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Delivery } from '../../../models/domain/delivery.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { openReportRoom, type ReportRoom } from '../../support/report-room.ts';
import {
  NOW_MS,
  sampleForecast,
  sampleIssue,
  samplePrediction,
  sampleSeries,
  WORKSPACE,
} from '../../support/report-samples.ts';
import { DISK, fillWorkspace, RESOURCES } from '../../support/report-workspace.ts';

let room: ReportRoom;
beforeEach(async () => {
  room = await openReportRoom();
});
afterEach(() => room.close());

async function publishOne(publish = room.publisher({ resources: RESOURCES })): Promise<Delivery> {
  const [delivery] = await publish(WORKSPACE, NOW_MS);
  if (!delivery) throw new Error('nothing was published');
  return delivery;
}

test('says in plain text all that the digest has to say', async () => {
  await fillWorkspace(room.stores);

  const { messageKey } = await publishOne();

  const { text } = await room.readMail(messageKey);
  await expect(text).toMatchFileSnapshot('../../golden/digest.txt');
});

test('makes a message with a text part, an HTML part and one picture inside it', async () => {
  await fillWorkspace(room.stores);

  const { messageKey, deliveryId } = await publishOne();

  const mail = await room.readMail(messageKey);
  const picture = mail.attachments[0];
  expect(mail.headers.find(({ key }) => key === 'content-type')?.value).toContain('multipart/alternative');
  expect(mail.attachments).toHaveLength(1);
  expect(picture).toMatchObject({ mimeType: 'image/png', disposition: 'inline', related: true });
  expect(mail.html).toContain(`src="cid:${picture?.contentId?.slice(1, -1)}"`);
  expect(mail.html).toMatch(/alt="Chart of Data disk: [^"]+limit 480 GiB/);
  expect(mail.html).not.toMatch(/src="(?!cid:)|href="|url\(/);
  expect(mail.messageId).toBe(`<${deliveryId}@example.org>`);
  expect(mail.subject).toBe('[forewarn] 3 predicted issues, week 48');
  expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
  expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'list-id' }));
});

test('tells in both parts the same facts in the same order', async () => {
  await fillWorkspace(room.stores);

  const { text = '', html = '' } = await room.readMail((await publishOne()).messageKey);

  const facts = [
    '2 of 3 predicted issues need a decision in the next 7 days; 1 is inside its lead time.',
    '6 predictions: 4 came true',
    'Precision 80 %',
    'Data disk: backup · bak-1 · /vault: 487 GiB',
    'Mon 30 Nov 13:00 CET, in 7 days',
    'about 9 in 10',
    'Sun 22 Nov 02:00 CET, 31 hours ago',
    '3 new anomalies (1 in the period before) in 2 issues. 1 older issue still open.',
    'Suspected change: deploy “checkout 2.14.0” 4 minutes before.',
    '295 GiB (276 GiB to 315 GiB)',
    'Checked: 7 series, 4 limits, 7 forecasts',
    '1 limit that no series falls under: “Licence seats”.',
    'ops@example.org is on the list of digest recipients',
  ];
  for (const part of [text, html]) {
    const places = facts.map((fact) => part.indexOf(fact));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
});

test('proves that it looked when it has nothing to tell', async () => {
  await room.stores.series.put(WORKSPACE, DISK.series);
  await room.stores.limits.put(WORKSPACE, DISK.limit);
  await room.stores.forecasts.put(WORKSPACE, sampleForecast({ ...DISK, perDay: 0, now: 1 }));

  const delivery = await publishOne(room.publisher({ resources: [DISK] }));

  const { text, attachments } = await room.readMail(delivery.messageKey);
  expect(delivery.subject).toBe('[forewarn] no predicted issues, week 48');
  expect(text).toContain('Nothing is predicted to cross a limit.');
  expect(text).toContain('Checked: 1 series, 1 limit, 1 forecast; 2,016 samples arrived in this period.');
  expect(text).toContain('Every series is heard and forecast, and every limit has its series.');
  expect(attachments).toEqual([]);
});

test('does not take an empty workspace for a healthy one', async () => {
  const { text } = await room.readMail((await publishOne(room.publisher())).messageKey);

  expect(text).toContain('No data has arrived yet, so there was nothing to check.');
  expect(text).toContain('No series is known, so nothing could be watched.');
  expect(text).not.toContain('Every series is heard');
});

test('J16 B02 keeps hostile names inert', async () => {
  const hostile = '<img src=x onerror=alert(1)>\r\nBcc: thief@example.org\u202e</td>';
  const series = sampleSeries('disk_used_bytes', { instance: hostile });
  const resource = { ...DISK, series, limit: { ...DISK.limit, title: hostile, action: hostile, unit: hostile } };
  await room.stores.series.put(WORKSPACE, series);
  await room.stores.limits.put(WORKSPACE, resource.limit);
  await room.stores.predictions.put(WORKSPACE, samplePrediction(resource));
  await room.stores.forecasts.put(WORKSPACE, sampleForecast(resource));
  await room.stores.issues.put(
    WORKSPACE,
    sampleIssue({ openedAtMs: NOW_MS - DAY_MS, title: hostile, service: hostile }),
  );

  const { messageKey } = await publishOne(room.publisher({ resources: [resource] }));

  const mail = await room.readMail(messageKey);
  expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt; Bcc: thief@example.org');
  expect(mail.html?.match(/<img/g)).toHaveLength(1);
  expect(mail.text).not.toMatch(/^\s*Bcc:/m);
  expect(`${mail.text}${mail.html}`).not.toContain('\u202e');
  expect(mail.bcc).toBeUndefined();
  expect(mail.to).toEqual([{ name: '', address: 'ops@example.org' }]);
});

test('caps rows and says so, and stays small enough not to be clipped', async () => {
  const crowd = Array.from({ length: 48 }, (_, n) => ({
    ...DISK,
    series: sampleSeries('disk_used_bytes', { instance: `${'ä'.repeat(9_000)}-${n}` }),
  }));
  await room.stores.series.putMany(
    WORKSPACE,
    crowd.map(({ series }) => series),
  );
  await room.stores.predictions.putMany(
    WORKSPACE,
    crowd.map((one, n) => samplePrediction(one, { predictionId: `prediction-${n}` })),
  );
  await room.stores.issues.putMany(
    WORKSPACE,
    crowd.map((_, n) => sampleIssue({ openedAtMs: NOW_MS - DAY_MS + n, title: 'x'.repeat(5_000) })),
  );

  const { messageKey } = await publishOne(room.publisher({ resources: crowd }));

  const { html = '', text } = await room.readMail(messageKey);
  expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  expect(text).toContain('12 of 48 shown.');
  expect(text).toContain('8 of 48 shown.');
});

test('writes one delivery for each recipient, and a second run in the week writes nothing', async () => {
  const publish = room.publisher({ recipients: ['a@example.org', 'b@example.org'] });

  const first = await publish(WORKSPACE, NOW_MS);
  const second = await publish(WORKSPACE, NOW_MS + 5 * DAY_MS);

  expect(first.map(({ recipient }) => recipient)).toEqual(['a@example.org', 'b@example.org']);
  expect(new Set(first.map(({ deliveryId }) => deliveryId)).size).toBe(2);
  expect(second).toEqual([]);
  const { items } = await room.stores.deliveries.listByIndex(WORKSPACE, 'pending', { limit: 10 });
  expect(items).toHaveLength(2);
});

test('begins the next week where the last digest ended', async () => {
  const publish = room.publisher();
  await publish(WORKSPACE, NOW_MS + 3 * DAY_MS);

  const [next] = await publish(WORKSPACE, NOW_MS + 7 * DAY_MS);

  const { text } = await room.readMail(next?.messageKey ?? '');
  expect(text).toContain('Period: Thu 26 Nov 09:00 CET to Mon 30 Nov 09:00 CET');
});

test('makes the same bytes from the same stores and the same time', async () => {
  await fillWorkspace(room.stores);
  const { messageKey, deliveryId } = await publishOne();
  const before = await room.objects.get(messageKey);
  await room.stores.deliveries.delete(WORKSPACE, deliveryId);

  await publishOne();

  const after = await room.objects.get(messageKey);
  expect(Buffer.compare(before?.bytes ?? Buffer.alloc(0), after?.bytes ?? Buffer.alloc(1))).toBe(0);
});
