import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuildDigest } from '../../../functions/report/build-digest.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { openReportRoom, type ReportRoom } from '../../support/report-room.ts';
import { NOW_MS, samplePrediction, sampleSources, settledPrediction, WORKSPACE } from '../../support/report-samples.ts';
import { DISK, fillWorkspace, RESOURCES } from '../../support/report-workspace.ts';

let room: ReportRoom;
beforeEach(async () => {
  room = await openReportRoom();
});
afterEach(() => room.close());

function build(nowMs = NOW_MS) {
  return createBuildDigest(sampleSources(room.stores, RESOURCES), 'UTC')(WORKSPACE, nowMs);
}

test('sorts predictions by how long their decision can wait', async () => {
  await fillWorkspace(room.stores);

  const { predicted, decideThisWeek, insideLeadTime } = await build();

  expect(predicted.rows.map(({ title }) => title)).toEqual(['Data disk', 'Free inodes', 'Memory']);
  expect(predicted.rows.map(({ slackMs }) => slackMs)).toEqual(
    predicted.rows.map(({ slackMs }) => slackMs).toSorted((a, b) => a - b),
  );
  expect({ decideThisWeek, insideLeadTime }).toEqual({ decideThisWeek: 2, insideLeadTime: 1 });
});

test('takes the value of today from the newest forecast', async () => {
  await fillWorkspace(room.stores);
  await room.stores.predictions.put(WORKSPACE, samplePrediction(DISK, { currentValue: 1 }));

  const { predicted } = await build();

  expect(predicted.rows[0]?.currentValue).toBe(DISK.now);
});

test('sees the past as it was: what was settled later was open then, what was said later was not said', async () => {
  await room.stores.predictions.putMany(WORKSPACE, [
    settledPrediction(DISK, 1, 'hit'),
    samplePrediction(DISK, { madeAtMs: NOW_MS - DAY_MS }),
  ]);

  const before = await build(NOW_MS - 3 * DAY_MS);
  const after = await build(NOW_MS);

  expect(before.predicted.total).toBe(1);
  expect(before.settled.hit).toBe(0);
  expect(after.predicted.total).toBe(1);
  expect(after.settled.hit).toBe(1);
});

test('settles each prediction in one report only', async () => {
  await room.stores.predictions.put(WORKSPACE, settledPrediction(DISK, 1, 'missed'));

  const [first, next] = [await build(NOW_MS), await build(NOW_MS + 7 * DAY_MS)];

  expect([first.settled.missed, next.settled.missed]).toEqual([1, 0]);
});

test('charts the most urgent resource from four weeks ago to after its crossing', async () => {
  await fillWorkspace(room.stores);

  const { chart } = await build();

  expect(chart?.seriesId).toBe(DISK.series.seriesId);
  expect(chart?.past.timesMs[0]).toBe(NOW_MS - 28 * DAY_MS + 1_800_000);
  expect(chart?.past.values).toHaveLength(28 * 24);
  const future = chart?.future.timesMs ?? [];
  expect(future).toEqual(future.toSorted((a, b) => a - b));
  expect(future.at(-1)).toBeGreaterThan(chart?.crossing.p90Ms ?? Number.POSITIVE_INFINITY);
});

test('keeps what is predicted out of the trends', async () => {
  await fillWorkspace(room.stores);

  const { trend } = await build();

  expect(trend.rows.map(({ labels }) => Object.fromEntries(labels).instance)).toEqual(['log-2']);
  expect(trend.rows[0]?.recentDays).toHaveLength(14);
});

test('reads long lists page by page to their end', async () => {
  await room.stores.predictions.putMany(
    WORKSPACE,
    Array.from({ length: 1_203 }, (_, n) => samplePrediction(DISK, { predictionId: `prediction-${n}` })),
  );

  expect((await build()).predicted).toMatchObject({ total: 1_203, rows: { length: 12 } });
});

test('changes nothing that it reads', async () => {
  await fillWorkspace(room.stores);

  const [first, second] = [await build(), await build()];

  expect(second).toEqual(first);
});
