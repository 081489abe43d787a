import { describe, expect, test } from 'vitest';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { MONDAY_MS } from '../support/generated-series.ts';
import { bookOf, calendarFor, drawDays, type Said } from '../support/pain-street.ts';
import { openShardRoom, type ShardRoom } from '../support/shard-room.ts';

type Point = readonly [timestampMs: number, value: number];

const STEP_MS = 300_000;
const SPIKE_MS = MONDAY_MS + 5 * DAY_MS + 10 * HOUR_MS;
const LATE_HOUR = [SPIKE_MS - HOUR_MS / 2, SPIKE_MS + HOUR_MS / 2] as const;

/** Six days of noise; on the sixth a spike of twenty minutes, in an hour that may come late. */
const POINTS: readonly Point[] = (() => {
  const random = createRandom(9);
  return Array.from({ length: (6 * DAY_MS) / STEP_MS }, (_, i): Point => {
    const timestampMs = MONDAY_MS + i * STEP_MS;
    const isSpike = timestampMs >= SPIKE_MS && timestampMs < SPIKE_MS + HOUR_MS / 3;
    return [timestampMs, 100 + random.normal() + (isSpike ? 80 : 0)];
  });
})();

const isLate = ([timestampMs]: Point): boolean => timestampMs >= LATE_HOUR[0] && timestampMs < LATE_HOUR[1];

/** In batches of two hours, as senders bring them; the late hour up to two hours late, or in its order. */
async function run(hourIsLate: boolean, said: Said = {}): Promise<ShardRoom> {
  const room = openShardRoom(createDetector(DEFAULT_DETECTOR, { timeZone: 'UTC' }));
  const apply = room.consumer({ readPolicies: () => Promise.resolve(bookOf(said)) });
  const send = async (points: readonly Point[]): Promise<void> => {
    if (points.length > 0) await apply(await room.segment([{ name: 'requests', points }]));
  };
  const held = hourIsLate ? POINTS.filter(isLate) : [];
  const cutMs = LATE_HOUR[1] + 0.9 * HOUR_MS;
  for (let fromMs = MONDAY_MS; fromMs < cutMs; fromMs += 2 * HOUR_MS) {
    const toMs = Math.min(cutMs, fromMs + 2 * HOUR_MS);
    await send(POINTS.filter((point) => point[0] >= fromMs && point[0] < toMs && !held.includes(point)));
  }
  if (hourIsLate) expect(alertsOf(room)).toBe('......');
  await send(held);
  await send(POINTS.filter(([timestampMs]) => timestampMs >= cutMs));
  return room;
}

const alertsOf = (room: ShardRoom): string => drawDays([...room.published.anomalies.values()], MONDAY_MS, 6);

describe('V03 an hour that comes late', () => {
  test('is scored anew, and its spike is found', async () => {
    expect(alertsOf(await run(true))).toBe('.....^');
  });

  test('leaves the series as if it had come in its order', async () => {
    const late = await run(true);
    const ordered = await run(false);

    expect(late.state().memory).toEqual(ordered.state().memory);
    expect([...late.published.anomalies.values()]).toEqual([...ordered.published.anomalies.values()]);
  });

  test('is judged by what people have said of its own time', async () => {
    const muted = calendarFor('2025-01-11T10:00:00', '2025-01-11T10:30:00', { muteAlerts: true });
    const later = calendarFor('2025-01-11T11:30:00', '2025-01-11T13:30:00', { muteAlerts: true });

    expect(alertsOf(await run(true, { calendars: [muted] }))).toBe('......');
    expect(alertsOf(await run(true, { calendars: [later] }))).toBe('.....^');
  });
});
