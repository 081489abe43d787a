import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../models/domain/calendar.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { calendarFor } from '../../support/pain-street.ts';
import { openSurveyRoom, type SurveyRoom } from '../../support/survey-room.ts';

/** A Monday. */
const START_MS = Date.UTC(2026, 8, 7);
const wave = (timestampMs: number): number => 50 + 20 * Math.sin((2 * Math.PI * timestampMs) / DAY_MS);

interface Fleet {
  readonly room: SurveyRoom;
  /** Adds every series' samples in [fromMs, toMs) of the days since the start. */
  readonly send: (fromMs: number, toMs: number) => void;
}

type ValueAt = (series: number, timestampMs: number, random: () => number) => number | null | undefined;

function fleet(labels: readonly Readonly<Record<string, string>>[], valueAt: ValueAt, timeZone?: string): Fleet {
  const room = openSurveyRoom(timeZone);
  const random = createRandom(14);
  const send = (fromMs: number, toMs: number): void => {
    for (let timestampMs = fromMs; timestampMs < toMs; timestampMs += FIVE_MINUTES_MS) {
      for (const [series, name] of labels.entries()) {
        const value = valueAt(series, timestampMs, random.normal);
        if (value !== undefined) room.add(name, timestampMs, value);
      }
    }
  };
  return { room, send };
}

const metricsOf = (service: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ __name__: `metric_${i}`, service }));
const hosts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ __name__: 'cpu_percent', service: 'api', instance: `host-${i}` }));

describe('series of a service that move together', () => {
  const from = START_MS + 20 * DAY_MS + 13 * HOUR_MS;
  const together: ValueAt = (_series, at, random) =>
    wave(at) + 3 * random() + (at >= from && at < from + HOUR_MS ? 4.5 : 0);

  it('are one finding, though each moves by no more than 1.5 standard deviations', async () => {
    const { room, send } = fleet(metricsOf('checkout', 12), together);
    send(START_MS, START_MS + 21 * DAY_MS);

    await room.run(START_MS + 21 * DAY_MS);

    const [found, ...others] = room.found('group');
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      detector: 'group-anomaly',
      labels: [['service', 'checkout']],
      status: 'closed',
      totalSeries: 12,
    });
    expect(found!.startedAtMs).toBeGreaterThanOrEqual(from);
    expect(found!.startedAtMs).toBeLessThan(from + HOUR_MS);
    expect(found!.members![0]!.share).toBeGreaterThan(found!.members!.at(-1)!.share);
    expect(found!.reason).toMatch(/^\d+ of 12 series of checkout moved up together, /);
  });

  it('are none where they always do, by day, by week, and by whatever they have in common', async () => {
    let common = 0;
    let commonAt = 0;
    const { room, send } = fleet(metricsOf('shop', 10), (_series, at, random) => {
      if (at !== commonAt) common = 0.9 * common + random();
      commonAt = at;
      const weekend = [0, 6].includes(new Date(at).getUTCDay()) ? 0.75 : 1;
      return 30 + weekend * 40 * Math.max(0, (wave(at - 6 * HOUR_MS) - 50) / 20) + common + 2 * random();
    });
    send(START_MS, START_MS + 28 * DAY_MS);

    await room.run(START_MS + 28 * DAY_MS);

    expect(room.found('group')).toEqual([]);
  });

  it('are none where only one of them goes wild', async () => {
    const { room, send } = fleet(metricsOf('checkout', 12), (series, at, random) => {
      return wave(at) + 3 * random() + (series === 4 && at >= from && at < from + HOUR_MS ? 300 : 0);
    });
    send(START_MS, START_MS + 21 * DAY_MS);

    await room.run(START_MS + 21 * DAY_MS);

    expect(room.found('group')).toEqual([]);
  });
});

describe('one host of forty', () => {
  const from = START_MS + 10 * DAY_MS;
  const share = (series: number): number => 1 + 0.02 * (series % 10);

  it('that drifts away from the others is named, and nobody else is', async () => {
    const { room, send } = fleet(hosts(40), (series, at, random) => {
      const drift = series === 17 && at >= from ? 1 + 0.4 * Math.min(1, (at - from) / DAY_MS) : 1;
      return wave(at) * share(series) * drift * (1 + 0.06 * random());
    });
    send(START_MS, START_MS + 11 * DAY_MS);

    await room.run(START_MS + 11 * DAY_MS);

    const [found, ...others] = room.found();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ type: 'outlier', status: 'open', totalSeries: 40 });
    expect(found!.labels).toContainEqual(['instance', 'host-17']);
    expect(found!.actual).toBeGreaterThan(found!.expected);
    expect(found!.reason).toMatch(/^cpu_percent of host-17 at .* is usual for it among its 39 peers/);
  });

  it('that always carries a third more than the others is none', async () => {
    const { room, send } = fleet(hosts(40), (series, at, random) => {
      return wave(at) * (series === 17 ? 1.33 : 1) * (1 + 0.06 * random());
    });
    send(START_MS, START_MS + 10 * DAY_MS);

    await room.run(START_MS + 10 * DAY_MS);

    expect(room.found()).toEqual([]);
  });
});

describe('who stays away', () => {
  const end = START_MS + 3 * DAY_MS;
  const both = [...hosts(3), ...hosts(3).map((labels) => ({ ...labels, __name__: 'memory_bytes' }))];
  const others = metricsOf('database', 3);
  const steady: ValueAt = (_series, at, random) => wave(at) + random();
  /** Runs the survey each five minutes, as the clock would. */
  async function live({ room, send }: Fleet, fromMs: number, toMs: number): Promise<void> {
    for (let at = fromMs; at < toMs; at += FIVE_MINUTES_MS) {
      send(at, at + FIVE_MINUTES_MS);
      await room.run(at + FIVE_MINUTES_MS + 90_000);
    }
  }

  it('is one finding for a host with all that it sent, and ends when it is back', async () => {
    const gone = fleet([...both, ...others], (series, at, random) => {
      const isAway = at >= end && at < end + 2 * HOUR_MS && series % 3 === 1 && series < 6;
      return isAway ? undefined : steady(series, at, random);
    });
    gone.send(START_MS, end);
    await gone.room.run(end);

    await live(gone, end, end + HOUR_MS);
    const during = gone.room.found();
    await live(gone, end + HOUR_MS, end + 3 * HOUR_MS);
    const after = gone.room.found();

    expect(during).toHaveLength(1);
    expect(during[0]).toMatchObject({ type: 'missing', status: 'open', affectedSeries: 2, totalSeries: 2 });
    expect(during[0]!.labels).toEqual([
      ['instance', 'host-1'],
      ['service', 'api'],
    ]);
    expect(during[0]!.startedAtMs).toBe(end);
    expect(during[0]!.reason).toMatch(
      /^No data from 2 of 2 series of host-1 for \d+ min, usually at least every 5 min: /,
    );
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ status: 'closed', endedAtMs: end + 2 * HOUR_MS });
  });

  it('is one finding for a service, and not one for each of its hosts', async () => {
    const gone = fleet([...both, ...others], (series, at, random) => {
      return at >= end && series < 6 ? undefined : steady(series, at, random);
    });
    gone.send(START_MS, end);
    await gone.room.run(end);

    await live(gone, end, end + HOUR_MS);

    expect(gone.room.found()).toMatchObject([{ labels: [['service', 'api']], affectedSeries: 6, status: 'open' }]);
  });

  it('is one finding when nothing at all comes any more, by the clock on the wall', async () => {
    const gone = fleet([...both, ...others], (series, at, random) =>
      at >= end ? undefined : steady(series, at, random),
    );
    gone.send(START_MS, end);
    await gone.room.run(end);

    await live(gone, end, end + HOUR_MS);

    expect(gone.room.found()).toMatchObject([{ labels: [['service', 'every service']], affectedSeries: 9 }]);
  });

  it('is nobody while history is loaded, and when it was the service itself that was off', async () => {
    const loaded = fleet(both, steady);
    loaded.send(START_MS, end);
    await loaded.room.run(end + 60 * DAY_MS);
    await loaded.room.run(end + 61 * DAY_MS);
    const asleep = fleet(both, steady);
    asleep.send(START_MS, end);
    await asleep.room.run(end);
    await asleep.room.run(end + 9 * HOUR_MS);

    expect(loaded.room.found()).toEqual([]);
    expect(asleep.room.found()).toEqual([]);
  });

  it('is nobody where a pod was renamed, with a stale marker or without', async () => {
    const pods = [...hosts(2), ...others].map((labels) => ({ ...labels }));
    const renamed = [
      { ...hosts(1)[0]!, instance: 'host-0b' },
      { ...hosts(2)[1]!, instance: 'host-1b' },
    ];
    const fleetOf = fleet([...pods, ...renamed], (series, at, random) => {
      if (series === 0 && at === end) return null;
      if (series < 2 && at >= end) return undefined;
      if (series >= pods.length && at < end) return undefined;
      return steady(series, at, random);
    });
    fleetOf.send(START_MS, end);
    await fleetOf.room.run(end);

    await live(fleetOf, end, end + 2 * HOUR_MS);

    expect(fleetOf.room.found()).toEqual([]);
  });

  it('is nobody at night and at the week-end where only office hours are worked, but is by day', async () => {
    const isOffice = (at: number): boolean => {
      const local = new Date(at + 2 * HOUR_MS);
      return local.getUTCDay() % 6 !== 0 && local.getUTCHours() >= 8 && local.getUTCHours() < 18;
    };
    const tuesday = START_MS + 15 * DAY_MS + 9 * HOUR_MS;
    const office = fleet(
      [{ __name__: 'vpn_sessions', service: 'office' }, ...others],
      (series, at, random) => {
        const isAway = series === 0 && (!isOffice(at) || (at >= tuesday && at < tuesday + 3 * HOUR_MS));
        return isAway ? undefined : steady(series, at, random);
      },
      'Europe/Vienna',
    );
    office.send(START_MS, START_MS + 18 * DAY_MS);

    await office.room.run(START_MS + 18 * DAY_MS);

    expect(office.room.found()).toMatchObject([
      { type: 'missing', startedAtMs: tuesday, endedAtMs: tuesday + 3 * HOUR_MS, status: 'closed' },
    ]);
  });
});

describe('what people have said', () => {
  const end = START_MS + 3 * DAY_MS;
  const isAway = (series: number, at: number): boolean => series === 0 && at >= end && at < end + 2 * HOUR_MS;
  const room = (): SurveyRoom => {
    const gone = fleet([{ __name__: 'own', service: 'shop' }, ...metricsOf('database', 3)], (series, at, random) =>
      isAway(series, at) ? undefined : wave(at) + random(),
    );
    gone.send(START_MS, end + 6 * HOUR_MS);
    return gone.room;
  };
  const maintenance = (end: string, selector: Calendar['selector'] = []) => ({
    calendars: [calendarFor('2026-09-09T23:00:00', end, { muteAlerts: true, selector })],
  });

  it.each([
    ['of a maintenance that holds all of it', maintenance('2026-09-10T03:00:00'), 'muted'],
    ['of a maintenance that it outlasts', maintenance('2026-09-10T01:00:00'), 'closed'],
    ['of another service', maintenance('2026-09-10T03:00:00', [{ name: 'service', value: 'database' }]), 'closed'],
    ['of nothing', {}, 'closed'],
  ])('%s', async (_what, said, status) => {
    const survey = room();
    survey.say(said);

    await survey.run(end + 6 * HOUR_MS);

    expect(survey.found()).toMatchObject([{ type: 'missing', status }]);
  });

  it('is named, where it is an event or a change', async () => {
    const survey = room();
    const event = calendarFor('2026-09-10T00:00:00', '2026-09-10T01:00:00', {});
    const change = { changeId: 'deploy-1', kind: 'deploy', summary: '', source: 'ci', service: 'shop' } as const;
    survey.say({ calendars: [event], changes: [{ ...change, atMs: end - 60_000, details: {}, links: [] }] });

    await survey.run(end + 6 * HOUR_MS);

    expect(survey.found()).toMatchObject([{ changeIds: ['deploy-1'], calendar: [{ title: 'event' }] }]);
    expect(survey.found()[0]!.reason).toMatch(/, during event$/);
  });
});

describe('a survey', () => {
  const end = START_MS + 3 * DAY_MS;
  const shown: ValueAt = (series, at, random) =>
    at >= end - 6 * HOUR_MS && series % 2 === 0 ? undefined : wave(at) + random();

  it('finds the same however its work is cut', async () => {
    const whole = fleet(hosts(6), shown);
    whole.send(START_MS, end);
    const cut = fleet(hosts(6), shown);

    await whole.room.run(end);
    for (let at = START_MS; at < end; at += 7 * HOUR_MS) {
      cut.send(at, Math.min(end, at + 7 * HOUR_MS));
      await cut.room.run(Math.min(end, at + 7 * HOUR_MS));
    }

    const told = (room: SurveyRoom) =>
      room.found().map(({ anomalyId, status, points }) => ({ anomalyId, status, points }));
    expect(told(cut.room)).toEqual(told(whole.room));
    expect(told(whole.room).length).toBeGreaterThan(0);
  });

  it('run twice for the same time changes nothing', async () => {
    const { room, send } = fleet(hosts(6), shown);
    send(START_MS, end);
    await room.run(end);
    const [before] = room.objects.keys('survey/').map((key) => room.objects.bytesOf(key));
    const told = room.found();

    const buckets = await room.run(end);

    expect(buckets).toBe(0);
    expect(room.found()).toEqual(told);
    expect(room.objects.bytesOf(room.objects.keys('survey/')[0]!)!.length).toBeLessThanOrEqual(before!.length);
  });

  it('publishes what a run before it had decided and not handed on', async () => {
    const { room, send } = fleet(hosts(6), shown);
    send(START_MS, end);
    const crash = new Error('ended');

    await expect(room.run(end, { putAnomalies: () => Promise.reject(crash) })).rejects.toBe(crash);
    expect(room.found()).toEqual([]);
    await room.run(end);

    expect(room.found().length).toBeGreaterThan(0);
  });

  it('starts again from what is stored when another was faster, and gives up when that goes on', async () => {
    const { room, send } = fleet(hosts(6), shown);
    send(START_MS, end);
    let loads = 0;
    const surveys = {
      load: () => {
        loads++;
        return Promise.resolve({ state: undefined, etag: undefined });
      },
      save: () => Promise.resolve('conflict' as const),
    };

    await expect(room.run(end, { surveys })).rejects.toMatchObject({ code: 'store/conflict' });
    expect(loads).toBe(3);
  });
});
