import { describe, expect, test } from 'vitest';
import type { Detector } from '../../models/detect/detector.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import type { Baseline } from '../../models/domain/baseline.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { dailyWave, MONDAY_MS } from '../support/generated-series.ts';
import { bookOf } from '../support/pain-street.ts';
import { idOf, openShardRoom, type ShardRoom } from '../support/shard-room.ts';

type Point = readonly [timestampMs: number, value: number];

const STEP_MS = 300_000;
const SHIFT_MS = MONDAY_MS + 10 * DAY_MS + 9 * HOUR_MS;

/** A daily wave that moves up by half on the eleventh day, and stays there. */
const POINTS: readonly Point[] = (() => {
  const random = createRandom(13);
  return Array.from({ length: (14 * DAY_MS) / STEP_MS }, (_, i): Point => {
    const timestampMs = MONDAY_MS + i * STEP_MS;
    const level = timestampMs >= SHIFT_MS ? 150 : 100;
    return [timestampMs, level + 10 * dailyWave(timestampMs) + random.normal()];
  });
})();

const ACCEPTED: Baseline = {
  baselineId: 'baseline',
  seriesId: idOf('requests'),
  selector: [],
  fromMs: SHIFT_MS,
  note: '',
  createdAtMs: 0,
};

/** A shard that is fed hour by hour, under the baselines that are in force at each time. */
function openStreet(detector: Detector = createDetector(DEFAULT_DETECTOR, { timeZone: 'UTC' })) {
  const room = openShardRoom(detector);
  let baselines: readonly Baseline[] = [];
  const apply = room.consumer({ readPolicies: () => Promise.resolve(bookOf({ baselines })) });
  let fedMs = MONDAY_MS;
  return {
    room,
    accept: (next: readonly Baseline[]) => {
      baselines = next;
    },
    async feedTo(toMs: number): Promise<void> {
      for (; fedMs < toMs; fedMs = Math.min(toMs, fedMs + HOUR_MS)) {
        const points = POINTS.filter(
          ([timestampMs]) => timestampMs >= fedMs && timestampMs < Math.min(toMs, fedMs + HOUR_MS),
        );
        await apply(await room.segment([{ name: 'requests', points }]));
      }
    },
  };
}

const detectorOf = (room: ShardRoom): Float64Array => {
  const { memory, layout } = room.state();
  return memory.subarray(layout.counterWords, layout.counterWords + layout.detectorWords);
};

const anomaliesOf = (room: ShardRoom) => [...room.published.anomalies.values()];

describe('a new normal that people accept', () => {
  test('ends the alert at once, and is expected from then on', async () => {
    const street = openStreet();
    await street.feedTo(SHIFT_MS + HOUR_MS);
    expect(anomaliesOf(street.room)).toMatchObject([{ status: 'open' }]);

    street.accept([ACCEPTED]);
    await street.feedTo(SHIFT_MS + 3 * DAY_MS);

    expect(anomaliesOf(street.room)).toMatchObject([{ status: 'closed', startedAtMs: SHIFT_MS }]);
  });

  test.each([
    ['an hour later', HOUR_MS],
    ['a day later', DAY_MS],
  ])('leaves the same behind, said before it comes or %s', async (_when, laterMs) => {
    const before = openStreet();
    before.accept([ACCEPTED]);
    await before.feedTo(SHIFT_MS + 2 * DAY_MS);
    const after = openStreet();
    await after.feedTo(SHIFT_MS + laterMs);
    after.accept([ACCEPTED]);
    await after.feedTo(SHIFT_MS + 2 * DAY_MS);

    expect(after.room.state().memory).toEqual(before.room.state().memory);
    expect(anomaliesOf(before.room)).toEqual([]);
  });

  test.each([
    ['soon', HOUR_MS],
    ['a day later, when no checkpoint is left from before', DAY_MS],
  ])('is taken back as if it had never been said, %s', async (_when, laterMs) => {
    const never = openStreet();
    await never.feedTo(SHIFT_MS + 2 * DAY_MS);
    const taken = openStreet();
    await taken.feedTo(SHIFT_MS + HOUR_MS);
    taken.accept([ACCEPTED]);
    await taken.feedTo(SHIFT_MS + HOUR_MS + laterMs);
    expect(detectorOf(taken.room)).not.toEqual(detectorOf(never.room));

    taken.accept([]);
    await taken.feedTo(SHIFT_MS + 2 * DAY_MS);

    expect(taken.room.state().memory).toEqual(never.room.state().memory);
    expect(taken.room.state().baselines).toEqual([]);
  });

  test('says nothing of other series', async () => {
    const never = openStreet();
    await never.feedTo(SHIFT_MS + 2 * HOUR_MS);
    const street = openStreet();
    street.accept([{ ...ACCEPTED, seriesId: null, selector: [{ name: '__name__', value: 'other' }] }]);
    await street.feedTo(SHIFT_MS + 2 * HOUR_MS);

    expect(street.room.state().memory).toEqual(never.room.state().memory);
  });

  test('makes a detector begin anew that knows no other way', async () => {
    const { relevel: _left, ...plain } = createDetector(DEFAULT_DETECTOR, { timeZone: 'UTC' });
    const street = openStreet(plain);
    street.accept([ACCEPTED]);
    await street.feedTo(SHIFT_MS + 2 * DAY_MS);
    const anew = openStreet(plain);
    await anew.feedTo(SHIFT_MS + 2 * DAY_MS);

    expect(anomaliesOf(street.room)).toEqual([]);
    expect(anomaliesOf(anew.room)).toHaveLength(1);
  });
});
