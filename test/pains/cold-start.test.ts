import { beforeAll, describe, expect, test } from 'vitest';
import { createShapeStore } from '../../data/state/shape-store.ts';
import { SLOT } from '../../data/state/shard-state.ts';
import { createReadShapes, type WorkspaceShapes } from '../../functions/read-shapes.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import { changedFrom, generateSeries, MONDAY_MS, type Shape, type TimedValue } from '../support/generated-series.ts';
import { bookOf, drawDays, openPainStreet, type Said } from '../support/pain-street.ts';
import { openShardRoom } from '../support/shard-room.ts';
import { openSurveyRoom, WORKSPACE } from '../support/survey-room.ts';

const PEERS = 12;
const BORN_MS = MONDAY_MS + 14 * DAY_MS + 9 * HOUR_MS;
const STEP_MS = 60_000;
const BERLIN = 'Europe/Berlin';

/** Open from eight to eight, local time, which is busy; quiet at night. */
const OFFICE: Shape = (random, localMs) => {
  const hour = (localMs % DAY_MS) / HOUR_MS;
  return (hour >= 8 && hour < 20 ? 100 : 20) * (1 + 0.05 * random.normal());
};

const onHost = (instance: string): Labels => [
  ['__name__', 'requests'],
  ['instance', instance],
  ['service', 'shop'],
];

let shapes: WorkspaceShapes;

/** Two weeks of twelve hosts, each with a level of its own, as the survey has seen them. */
beforeAll(async () => {
  const room = openSurveyRoom(BERLIN);
  const hosts = Array.from({ length: PEERS }, (_, host) =>
    generateSeries({ shape: OFFICE, seed: 50 + host, stepMs: FIVE_MINUTES_MS, days: 14, timeZone: BERLIN }),
  );
  for (let i = 0; i < hosts[0]!.length; i++) {
    for (const [host, points] of hosts.entries()) {
      const { timestampMs, value } = points[i]!;
      room.add(Object.fromEntries(onHost(`host-${host}`)), timestampMs, value * (0.7 + 0.05 * host));
    }
  }
  await room.run(MONDAY_MS + 14 * DAY_MS);
  expect(room.found()).toEqual([]);
  const deps = { load: createShapeStore(room.objects).load, nowMs: () => 0, onError: () => expect.unreachable() };
  shapes = await createReadShapes(deps)(WORKSPACE);
});

/** A host that was born at nine in the morning, at twice the level of its peers, for six days. */
function newcomer(change: (value: number, sinceMs: number) => number = (value) => value): TimedValue[] {
  const points = generateSeries({
    shape: OFFICE,
    seed: 7,
    stepMs: STEP_MS,
    days: 6,
    startMs: BORN_MS,
    timeZone: BERLIN,
  });
  return changedFrom(points, BORN_MS, (value, sinceMs) => change(2 * value, sinceMs));
}

function street(points: readonly TimedValue[], said: Said = { peersOf: shapes.peersOf }, batch = points.length) {
  const opened = openPainStreet(BERLIN, said);
  const series = { name: 'new', labels: onHost('new') };
  for (let i = 0; i < points.length; i += batch) opened.feed(points.slice(i, i + batch), series);
  return opened;
}

/** Half an hour of four times as much, an hour after it was born. */
const spike = (value: number, sinceMs: number): number =>
  sinceMs >= HOUR_MS && sinceMs < 1.5 * HOUR_MS ? 4 * value : value;

describe('a new host among twelve', () => {
  test('alarms nobody on its first evening, when it falls to a fifth as they all do', () => {
    expect(drawDays(street(newcomer()).alerts(), BORN_MS, 6)).toBe('......');
  });

  test('is judged within its first hour, which it would not be without them', () => {
    const withPeers = street(newcomer(spike)).alerts();
    const alone = street(newcomer(spike), {}).alerts();

    expect(drawDays(alone, BORN_MS, 1)).toBe('.');
    expect(drawDays(withPeers, BORN_MS, 1)).toBe('^');
    expect(withPeers[0]!.startedAtMs).toBe(BORN_MS + HOUR_MS);
    expect(withPeers[0]!.model).toMatchObject({ peers: PEERS, samples: 60 });
    expect(withPeers[0]!.reason).toContain(', judged by the shape of 12 peers since it is new');
  });

  test('says by whom it is judged, and in the end it is by itself', () => {
    const points = newcomer();
    const wordsAfter = (ms: number) => {
      const { state } = street(points.filter(({ timestampMs }) => timestampMs < BORN_MS + ms));
      return [state.words[SLOT.peers], state.words[SLOT.neededPoints]! > 0];
    };

    expect(wordsAfter(2 * STEP_MS)).toEqual([0, true]);
    expect(wordsAfter(HOUR_MS)).toEqual([PEERS, true]);
    expect(wordsAfter(30 * HOUR_MS)).toEqual([PEERS, false]);
    expect(wordsAfter(6 * DAY_MS)).toEqual([0, false]);
  });

  test('is the same state and the same alerts however its samples are cut into batches', () => {
    const points = newcomer(spike).slice(0, 3_000);
    const whole = street(points);

    for (const batch of [1, 7, 1_000]) {
      const cut = street(points, { peersOf: shapes.peersOf }, batch);
      expect(cut.state.memory).toEqual(whole.state.memory);
      expect(cut.state.words).toEqual(whole.state.words);
      expect(cut.anomalies()).toEqual(whole.anomalies());
    }
  });
});

describe('a new host whose second hour comes late', () => {
  const FIRST = newcomer(spike).slice(0, 180);
  const isLate = ({ timestampMs }: TimedValue): boolean =>
    timestampMs >= BORN_MS + HOUR_MS && timestampMs < BORN_MS + 2 * HOUR_MS;

  async function run(parts: readonly (readonly TimedValue[])[]) {
    const room = openShardRoom(createDetector(DEFAULT_DETECTOR, { timeZone: BERLIN }));
    const peers = shapes.peersOf(onHost('new'));
    const book = bookOf({ peersOf: () => peers }, BERLIN);
    const apply = room.consumer({ readPolicies: () => Promise.resolve(book) });
    for (const part of parts) {
      const points = part.map(({ timestampMs, value }) => [timestampMs, value] as const);
      await apply(await room.segment([{ name: 'new', points }]));
    }
    return { memory: room.state().memory, told: [...room.published.anomalies.values()] };
  }

  test('is judged as if it had come in its order', async () => {
    const ordered = await run([FIRST]);
    const late = await run([FIRST.filter((point) => !isLate(point)), FIRST.filter(isLate)]);

    expect(ordered.told).toMatchObject([{ startedAtMs: BORN_MS + HOUR_MS, model: { peers: PEERS } }]);
    expect(late).toEqual(ordered);
  });
});

describe('a new host of another service', () => {
  test('borrows nothing', () => {
    const opened = openPainStreet(BERLIN, { peersOf: shapes.peersOf });
    const labels = onHost('new').map(([name, value]) => [name, name === 'service' ? 'search' : value] as const);
    opened.feed(newcomer(spike), { name: 'new', labels });

    expect(opened.alerts().filter(({ startedAtMs }) => startedAtMs < BORN_MS + DAY_MS)).toEqual([]);
    expect(opened.state.words[SLOT.peers]).toBe(0);
  });
});
