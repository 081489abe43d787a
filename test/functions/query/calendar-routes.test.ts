import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW_MS } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'dddddddddddd';
const CALENDAR = {
  title: 'nightly backup',
  time_zone: 'Europe/Berlin',
  selector: { service: 'db' },
  mute_alerts: true,
  exclude_from_training: false,
  shift_seconds: 0,
  events: [{ title: 'backup', start: '2026-01-05T01:00:00', end: '2026-01-05T05:00:00', rrule: 'FREQ=DAILY' }],
};
const ICS = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//test//EN',
  'X-WR-CALNAME:Holidays',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTAMP:20250101T000000Z',
  'SUMMARY:Christmas',
  'DTSTART;VALUE=DATE:20251225',
  'RRULE:FREQ=YEARLY',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
});

afterAll(() => service.close());

function send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
  const headers = { 'content-type': contentType };
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return service.ask(path, {
    method,
    key: `${WORKSPACE}:${method === 'GET' ? 'read' : 'admin'}`,
    headers,
    nowMs: NOW_MS,
    ...(text !== undefined && { body: text }),
  });
}

describe('calendars', () => {
  it('are stored under their name, show what comes next, may be put again, and deleted', async () => {
    const { status, json } = await send('PUT', '/v1/calendars/backup', CALENDAR);
    const again = await send('PUT', '/v1/calendars/backup', json);
    const read = await send('GET', '/v1/calendars/backup');
    const listed = await send('GET', '/v1/calendars');

    expect(status).toBe(200);
    expect(json).toMatchObject({ ...CALENDAR, calendar_id: 'backup' });
    expect((json.upcoming as unknown[])[0]).toEqual({
      title: 'backup',
      start: '2026-11-01T00:00:00.000Z',
      end: '2026-11-01T04:00:00.000Z',
    });
    expect(again.json).toEqual(json);
    expect(read.json).toEqual(json);
    expect(listed.json.items).toEqual([json]);
    expect((await send('DELETE', '/v1/calendars/backup')).status).toBe(204);
    expect((await send('GET', '/v1/calendars/backup')).status).toBe(404);
  });

  it('are taken from a file of a calendar program, whose effects are parameters', async () => {
    const path =
      '/v1/calendars/holidays?time_zone=Europe/Berlin&exclude_from_training=true&shift_seconds=-3600&label=env:prod';
    const { status, json } = await send('PUT', path, ICS, 'text/calendar; charset=utf-8');

    expect(status).toBe(200);
    expect(json).toMatchObject({
      title: 'Holidays',
      selector: { env: 'prod' },
      mute_alerts: false,
      exclude_from_training: true,
      shift_seconds: -3600,
      events: [{ title: 'Christmas', start: '2025-12-25T00:00:00', end: '2025-12-26T00:00:00', rrule: 'FREQ=YEARLY' }],
    });
    expect((json.upcoming as unknown[])[0]).toMatchObject({ start: '2026-12-24T23:00:00.000Z' });
  });

  it('take a day and a time without seconds, and a duration', async () => {
    const events = [
      { start: '2026-12-24', duration: '1d' },
      { start: '2026-12-31T18:00', duration: 3600 },
    ];
    const { json } = await send('PUT', '/v1/calendars/short', { ...CALENDAR, events });

    expect(json.events).toMatchObject([
      { start: '2026-12-24T00:00:00', duration: '1d' },
      { start: '2026-12-31T18:00:00', duration: '1h' },
    ]);
  });

  it('may neither mute, nor exclude, nor shift: forecasts learn what its days are like', async () => {
    const put = await send('PUT', '/v1/calendars/holidays', { ...CALENDAR, mute_alerts: false });
    const file = await send('PUT', '/v1/calendars/christmas?time_zone=UTC', ICS, 'text/calendar');

    const plain = { mute_alerts: false, exclude_from_training: false, shift_seconds: 0 };
    expect([put.status, file.status]).toEqual([200, 200]);
    expect(put.json).toMatchObject(plain);
    expect(file.json).toMatchObject(plain);
  });

  const event = CALENDAR.events[0]!;
  it.each([
    [{ ...CALENDAR, time_zone: 'Mars/Olympus' }, 'Mars/Olympus'],
    [{ ...CALENDAR, shift_seconds: 1e6 }, '/shift_seconds'],
    [{ ...CALENDAR, events: [] }, '/events'],
    [{ ...CALENDAR, events: [{ ...event, duration: '1h' }] }, 'either end or duration'],
    [{ ...CALENDAR, events: [{ start: event.start }] }, 'an end or a duration'],
    [{ ...CALENDAR, events: [{ ...event, start: '2026-02-30' }] }, 'is no time like'],
    [{ ...CALENDAR, events: [{ ...event, end: event.start }] }, 'does not end after its start'],
    [{ ...CALENDAR, events: [{ ...event, rrule: 'FREQ=MINUTELY' }] }, 'FREQ must be'],
    [{ ...CALENDAR, events: [{ ...event, rrule: 'FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6' }] }, '10000 occurrences'],
  ])('fails when it says what cannot be (%#)', async (body, hint) => {
    const { status, text } = await send('PUT', '/v1/calendars/wrong', body);

    expect(status).toBe(400);
    expect(text).toContain(hint);
  });

  it.each([
    ['/v1/calendars/x?mute_alerts=true', 'names no time zone'],
    ['/v1/calendars/x?time_zone=UTC&mute_alerts=yes', 'mute_alerts must be true or false'],
    ['/v1/calendars/x?time_zone=UTC&shift_seconds=1.5', 'shift_seconds must be'],
    ['/v1/calendars/X?time_zone=UTC&mute_alerts=true', 'is named by'],
    ['/v1/calendars/x?zone=UTC', 'is not known'],
  ])('fails when a file is put to %s', async (path, hint) => {
    const { status, text } = await send('PUT', path, ICS, 'text/calendar');

    expect(status).toBe(400);
    expect(text).toContain(hint);
  });

  it('fails when it is neither JSON nor a calendar', async () => {
    expect((await send('PUT', '/v1/calendars/x', 'hello', 'text/plain')).status).toBe(415);
    expect((await send('PUT', '/v1/calendars/x?time_zone=UTC&mute_alerts=true', 'hello', 'text/calendar')).status).toBe(
      400,
    );
  });
});
