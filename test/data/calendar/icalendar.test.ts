import { describe, expect, it } from 'vitest';
import { readICalendar } from '../../../data/calendar/icalendar.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const IANA = new Set(['Europe/Berlin', 'UTC']);

function file(...lines: readonly string[]): string {
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR'];
  return `${all.join('\r\n')}\r\n`;
}

function event(...lines: readonly string[]): readonly string[] {
  return ['BEGIN:VEVENT', 'UID:1@test', 'DTSTAMP:20250101T000000Z', ...lines, 'END:VEVENT'];
}

function read(text: string, meant?: string) {
  return readICalendar(text, (tzid) => (IANA.has(tzid) ? tzid : meant));
}

describe('an iCalendar file', () => {
  it('is read with its name, its zone and its events', () => {
    const text = file(
      'X-WR-CALNAME:Holidays',
      'X-WR-TIMEZONE:Europe/Berlin',
      ...event(
        'SUMMARY:Christmas\\, both days',
        'DTSTART;VALUE=DATE:20251225',
        'DTEND;VALUE=DATE:20251227',
        'RRULE:FREQ=YEARLY',
      ),
    );

    expect(read(text)).toEqual({
      title: 'Holidays',
      timeZone: 'Europe/Berlin',
      events: [
        {
          title: 'Christmas, both days',
          start: '2025-12-25T00:00:00',
          end: '2025-12-27T00:00:00',
          durationMs: null,
          timeZone: null,
          rrule: 'FREQ=YEARLY',
          except: [],
          also: [],
        },
      ],
    });
  });

  it.each([
    [['DTSTART:20250106T010000Z', 'DTEND:20250106T020000Z'], { timeZone: 'UTC', end: '2025-01-06T02:00:00' }],
    [
      ['DTSTART;TZID=Europe/Berlin:20250106T010000', 'DURATION:PT90M'],
      { timeZone: 'Europe/Berlin', durationMs: 5_400_000 },
    ],
    [['DTSTART:20250106T010000', 'DURATION:P1D'], { timeZone: null, end: '2025-01-07T01:00:00', durationMs: null }],
    [['DTSTART;VALUE=DATE:20250106'], { start: '2025-01-06T00:00:00', end: '2025-01-07T00:00:00' }],
    [
      [
        'DTSTART:20250106T010000',
        'DURATION:PT1H',
        'RRULE:FREQ=DAILY',
        'EXDATE:20250107T010000,20250108T010000',
        'EXDATE;VALUE=DATE:20250109',
      ],
      { except: ['2025-01-07T01:00:00', '2025-01-08T01:00:00', '2025-01-09T01:00:00'] },
    ],
    [['DTSTART:20250106T010000', 'DURATION:PT1H', 'RDATE:20250201T030000'], { also: ['2025-02-01T03:00:00'] }],
  ])('reads %j', (lines, expected) => {
    expect(read(file(...event(...lines))).events[0]).toMatchObject(expected);
  });

  it('moves an occurrence, and leaves out what was cancelled', () => {
    const text = file(
      ...event('DTSTART:20250106T010000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY'),
      ...event('DTSTART:20250114T050000', 'DURATION:PT1H', 'RECURRENCE-ID:20250113T010000'),
      ...event('DTSTART:20250301T050000', 'DURATION:PT1H', 'STATUS:CANCELLED'),
    );

    expect(read(text).events.map(({ start, except }) => [start, except])).toEqual([
      ['2025-01-06T01:00:00', ['2025-01-13T01:00:00']],
      ['2025-01-14T05:00:00', []],
    ]);
  });

  it('asks which zone is meant by a name that is none', () => {
    const text = file(...event('DTSTART;TZID=W. Europe Standard Time:20250106T010000', 'DURATION:PT1H'));

    expect(read(text, 'Europe/Berlin').events[0]!.timeZone).toBe('Europe/Berlin');
    expect(() => read(text)).toThrow('W. Europe Standard Time is no IANA time zone');
  });

  it.each([
    ['', 'is no VCALENDAR'],
    ['hello', 'is no iCalendar'],
    ['BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD', 'is no VCALENDAR'],
    [file(...event('SUMMARY:x')), 'has no start'],
    [file(...event('DTSTART:20250106T010000', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES')), 'is no iCalendar'],
    [file(...event('DTSTART:20250106T010000')), 'neither an end nor a duration'],
    [
      file(...event('DTSTART:20250106T010000', 'DURATION:PT1H', 'RDATE;VALUE=PERIOD:20250106T010000/PT1H')),
      'not periods',
    ],
  ])('fails when it is %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(RangeError);
  });

  it('is read or refused, whatever has become of it on the way', () => {
    const random = createRandom(11);
    const sound = file(
      'X-WR-TIMEZONE:Europe/Berlin',
      ...event(
        'DTSTART;TZID=Europe/Berlin:20250106T010000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;BYDAY=MO',
        'EXDATE:20250113T010000',
      ),
    );
    let refused = 0;
    for (let i = 0; i < 2_000; i++) {
      const at = random.below(sound.length);
      const sign = String.fromCharCode(random.below(128));
      const broken = sound.slice(0, at) + sign.repeat(random.below(3)) + sound.slice(at + random.below(4));
      try {
        expect(read(broken, 'UTC').events.length).toBeLessThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused++;
      }
    }

    expect(refused).toBeGreaterThan(50);
  });
});
