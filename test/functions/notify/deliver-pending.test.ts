import PostalMime from 'postal-mime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSmtpChannel } from '../../../functions/channel/smtp.ts';
import { createDeliverPending, type DeliverPendingOptions } from '../../../functions/notify/deliver-pending.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import type { Delivery } from '../../../models/domain/delivery.ts';
import { type MailServer, openMailServer } from '../../support/mail-server.ts';
import { openReportRoom, type ReportRoom } from '../../support/report-room.ts';
import { NOW_MS, WORKSPACE } from '../../support/report-samples.ts';

let room: ReportRoom;
let server: MailServer;
beforeEach(async () => {
  room = await openReportRoom();
  server = await openMailServer();
});
afterEach(async () => {
  await server.close();
  await room.close();
});

function deliverer(given: Partial<DeliverPendingOptions> = {}) {
  const { stores, objects } = room;
  return createDeliverPending({
    listPending: (workspace, options) => stores.deliveries.listByIndex(workspace, 'pending', options),
    readMessage: async (key) => (await objects.get(key))?.bytes,
    saveDelivery: (workspace, delivery) => stores.deliveries.put(workspace, delivery),
    send: createSmtpChannel(server.url).send,
    from: 'forewarn@example.org',
    leftToday: async () => 100,
    ...given,
  });
}

async function publish(...recipients: string[]): Promise<readonly Delivery[]> {
  return room.publisher({ recipients })(WORKSPACE, NOW_MS);
}

async function stateOf(delivery: Delivery | undefined): Promise<Delivery | undefined> {
  return (await room.stores.deliveries.get(WORKSPACE, delivery?.deliveryId ?? ''))?.record;
}

function refuse(retryable: boolean) {
  return async (): Promise<never> => {
    throw new ServiceError('notify/channel-refused', 'smtp: not now', { retryable });
  };
}

test('sends what is pending once, and keeps the answer as receipt', async () => {
  const [delivery] = await publish('ops@example.org');

  const first = await deliverer()(WORKSPACE, NOW_MS + 1);
  const second = await deliverer()(WORKSPACE, NOW_MS + 2);

  expect(first).toEqual({ sent: 1, postponed: 0, failed: 0, held: 0 });
  expect(second).toEqual({ sent: 0, postponed: 0, failed: 0, held: 0 });
  expect(server.received.map(({ to }) => to)).toEqual([['ops@example.org']]);
  expect(await stateOf(delivery)).toMatchObject({
    status: 'sent',
    attempts: 1,
    sentAtMs: NOW_MS + 1,
    receipt: expect.stringMatching(/^250 /) as string,
  });
});

test('repeats with the same Message-ID after a crash between accepting and marking', async () => {
  await publish('ops@example.org');
  const crash = async (): Promise<never> => {
    throw new ServiceError('store/unavailable', 'killed', { retryable: true });
  };
  await expect(deliverer({ saveDelivery: crash })(WORKSPACE, NOW_MS)).rejects.toMatchObject({
    code: 'store/unavailable',
  });

  await deliverer()(WORKSPACE, NOW_MS + 1);

  const mails = await Promise.all(server.received.map(({ mime }) => PostalMime.parse(mime)));
  expect(mails).toHaveLength(2);
  expect(mails[0]?.messageId).toMatch(/^<[0-9a-f]{16}@example\.org>$/);
  expect(mails[1]?.messageId).toBe(mails[0]?.messageId);
});

test('tries again later and later what was refused for now, and gives up after ten tries in three days', async () => {
  const [delivery] = await publish('ops@example.org');
  const deliver = deliverer({ send: refuse(true) });
  const triedAtMinutes: number[] = [];

  // Every minute, as it is scheduled, until there is nothing left to do.
  for (let minute = 0; (await stateOf(delivery))?.status === 'pending'; minute++) {
    const { postponed, failed } = await deliver(WORKSPACE, NOW_MS + minute * 60_000);
    if (postponed + failed > 0) triedAtMinutes.push(minute);
  }

  expect(triedAtMinutes).toEqual([0, 1, 6, 36, 156, 456, 1056, 1896, 3096, 4536]);
  expect(await stateOf(delivery)).toMatchObject({ status: 'failed', attempts: 10, error: 'smtp: not now' });
});

test('a delivery that was refused for an hour is still sent', async () => {
  const [delivery] = await publish('ops@example.org');
  await deliverer({ send: refuse(true) })(WORKSPACE, NOW_MS);
  expect(await stateOf(delivery)).toMatchObject({ status: 'pending', nextAttemptMs: NOW_MS + 60_000 });

  expect(await deliverer()(WORKSPACE, NOW_MS + 59_999)).toEqual({ sent: 0, postponed: 0, failed: 0, held: 0 });
  expect(await deliverer()(WORKSPACE, NOW_MS + 3_600_000)).toEqual({ sent: 1, postponed: 0, failed: 0, held: 0 });
  expect(await stateOf(delivery)).toMatchObject({ status: 'sent', attempts: 2, nextAttemptMs: null });
});

test('gives up at once what is refused for good', async () => {
  const [delivery] = await publish('ops@example.org');

  expect(await deliverer({ send: refuse(false) })(WORKSPACE, NOW_MS)).toEqual({
    sent: 0,
    postponed: 0,
    failed: 1,
    held: 0,
  });
  expect(await stateOf(delivery)).toMatchObject({ status: 'failed', attempts: 1, error: 'smtp: not now' });
});

test('fails a delivery whose message is gone', async () => {
  const [delivery] = await publish('ops@example.org');
  await room.objects.delete(delivery?.messageKey ?? '');

  await deliverer()(WORKSPACE, NOW_MS);

  expect(await stateOf(delivery)).toMatchObject({
    status: 'failed',
    error: `no message under ${delivery?.messageKey}`,
  });
});

test('sends the others when one is refused or its message cannot be read', async () => {
  const [refused, unread, fine] = await publish('a@example.org', 'b@example.org', 'c@example.org');
  const { send } = createSmtpChannel(server.url);
  const deliver = deliverer({
    send: (mail) => (mail.deliveryId === refused?.deliveryId ? refuse(true)() : send(mail)),
    readMessage: async (key) => {
      if (key === unread?.messageKey) throw new ServiceError('store/unavailable', 'throttled', { retryable: true });
      return (await room.objects.get(key))?.bytes;
    },
  });

  await expect(deliver(WORKSPACE, NOW_MS)).rejects.toMatchObject({ code: 'store/unavailable' });

  const states = await Promise.all([refused, unread, fine].map(stateOf));
  expect(states.map((state) => [state?.status, state?.attempts])).toEqual([
    ['pending', 1],
    ['pending', 0],
    ['sent', 1],
  ]);
  expect(server.received.map(({ to }) => to)).toEqual([['c@example.org']]);
});

test('works through more deliveries than one page holds', async () => {
  const recipients = Array.from({ length: 103 }, (_, n) => `user${n}@example.org`);
  await room.publisher({ recipients, mostRecipients: 200 })(WORKSPACE, NOW_MS);
  const accept = async () => ({ receipt: 'ok' });

  const deliver = deliverer({ send: accept, leftToday: async () => 200 });
  expect(await deliver(WORKSPACE, NOW_MS)).toEqual({ sent: 103, postponed: 0, failed: 0, held: 0 });
});

test('holds what is over the limit of the day, and tries it as often as if it had never waited', async () => {
  const deliveries = await publish('a@example.org', 'b@example.org', 'c@example.org');
  const accept = async () => ({ receipt: 'ok' });

  const first = await deliverer({ send: accept, leftToday: async () => 2 })(WORKSPACE, NOW_MS);
  const none = await deliverer({ send: accept, leftToday: async () => -1 })(WORKSPACE, NOW_MS);

  expect(first).toEqual({ sent: 2, postponed: 0, failed: 0, held: 1 });
  expect(none).toEqual({ sent: 0, postponed: 0, failed: 0, held: 1 });
  const states = await Promise.all(deliveries.map(stateOf));
  expect(states.find((state) => state?.status === 'pending')).toMatchObject({ attempts: 0, nextAttemptMs: null });
});
