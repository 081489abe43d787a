import { describe, expect, test } from 'vitest';
import { createDetector } from '../../../models/detect/registry.ts';
import { createReplay } from '../../../models/detect/replay.ts';
import { generateSeries, MONDAY_MS, WELL_BEHAVED } from '../../support/generated-series.ts';
import { idOf, openShardRoom } from '../../support/shard-room.ts';

const STEP_MS = 300_000;
const SHAPE = WELL_BEHAVED['normal noise on a daily and weekly wave']!;

/** Twelve days; a spike on the ninth day, a drop of an hour on the tenth, and silence after a spike on the eleventh. */
function eventful() {
  const at = (day: number, hour: number) => (day * 24 + hour) * 12;
  const points = generateSeries({ shape: SHAPE, seed: 11, stepMs: STEP_MS, days: 12 }).map((point, i) => {
    const isDrop = i >= at(10, 3) && i < at(10, 4);
    const added = i === at(9, 3) ? 500 : i === at(11, 2) ? 700 : isDrop ? -400 : 0;
    return { ...point, value: point.value + added };
  });
  return points.filter((_, i) => i <= at(11, 2) || i > at(11, 9));
}

function replayed(points: readonly { readonly timestampMs: number; readonly value: number }[]) {
  const replay = createReplay(createDetector('seasonal-robust'));
  for (const { timestampMs, value } of points) replay.take(timestampMs, value);
  return replay;
}

describe('a replay', () => {
  test('finds what the service finds of the same samples, with the same evidence', async () => {
    const points = eventful();
    const room = openShardRoom(createDetector('seasonal-robust'));
    for (let from = 0; from < points.length; from += 500) {
      const batch = points.slice(from, from + 500).map(({ timestampMs, value }) => [timestampMs, value] as const);
      await room.send([{ name: 'cpu', points: batch }]);
    }

    const found = replayed(points).anomalies();

    const published = [...room.published.anomalies.values()];
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(published).toHaveLength(found.length);
    published.forEach((record, i) => {
      const { open, raisedAtMs, evidence, past, peers, ...episode } = found[i]!;
      expect(record).toMatchObject({ ...episode, status: open ? 'open' : 'closed', seriesId: idOf('cpu') });
      expect(record.model).toEqual({ version: 1, trainedToMs: evidence.trainedToMs, samples: evidence.samples });
      expect(peers).toBe(0);
      expect(record.similarPast ?? []).toMatchObject(past);
      expect(record.attribution).toEqual(evidence.attribution);
      expect(raisedAtMs).toBeGreaterThanOrEqual(episode.startedAtMs);
    });
  });

  test('says since when it was trained, and what it needed for that', () => {
    const replay = replayed(generateSeries({ shape: SHAPE, seed: 3, stepMs: STEP_MS, days: 2 }));

    expect(replay.progress()).toEqual({
      learnedPoints: 576,
      neededPoints: 288,
      trainedSinceMs: MONDAY_MS + 288 * STEP_MS,
    });
    expect(replay.verdict.out.kind).toBe(1);
  });

  test('has nothing to say of a few points, nor of missing ones', () => {
    const replay = replayed([
      { timestampMs: 1_000, value: 1 },
      { timestampMs: 2_000, value: Number.NaN },
    ]);

    expect(replay.anomalies()).toEqual([]);
    expect(replay.progress()).toMatchObject({ learnedPoints: 1, trainedSinceMs: null });
  });

  test('keeps an anomaly that is still open as the last one', () => {
    const points = eventful();
    const cut = points.findIndex(({ timestampMs }) => timestampMs === MONDAY_MS + 9 * 86_400_000 + 3 * 3_600_000);

    const [last] = replayed(points.slice(0, cut + 1))
      .anomalies()
      .slice(-1);

    expect(last).toMatchObject({ open: true, endedAtMs: null, points: 1 });
  });
});
