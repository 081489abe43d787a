import { describe, expect, it } from 'vitest';
import { createNeuralStore } from '../../../data/neural/model-store.ts';
import { createTrainWorkspace, type TrainWorkspaceDeps } from '../../../functions/train/train-workspace.ts';
import { startWasm } from '../../../functions/train/wasm-backend.ts';
import type { Calendar } from '../../../models/domain/calendar.ts';
import { HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import type { Series } from '../../../models/domain/series.ts';
import { NEURAL_UNLEARNED_HOURS } from '../../../models/forecast/neural-use.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { WASM_FOLDER } from '../../support/wasm-folder.ts';

const WORKSPACE = 'abcdefghijkl';
const NOW_MS = Date.UTC(2026, 4, 20, 3, 20);
const HOURS = 1_200;
const FROM_MS = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS - HOURS * HOUR_MS;

function rollupsOf(seed: number): RollupColumns {
  const random = createRandom(seed);
  const sums = Float64Array.from({ length: HOURS }, (_, hour) => 60 + 30 * Math.sin(hour / 4) + random.normal());
  const startsMs = sums.map((_, hour) => FROM_MS + hour * HOUR_MS);
  return { startsMs, counts: sums.map(() => 1), sums, mins: sums, maxs: sums, lasts: sums };
}

const SERIES = new Map(Array.from({ length: 6 }, (_, k) => [String(k).repeat(64), rollupsOf(k)]));

function within(rollups: RollupColumns, fromMs: number, toMs: number): RollupColumns {
  const kept = rollups.startsMs
    .map((_, i) => i)
    .filter((i) => rollups.startsMs[i]! >= fromMs && rollups.startsMs[i]! < toMs);
  const pick = (column: Float64Array): Float64Array => kept.map((i) => column[i]!);
  const { startsMs, counts, sums, mins, maxs, lasts } = rollups;
  return {
    startsMs: pick(startsMs),
    counts: pick(counts),
    sums: pick(sums),
    mins: pick(mins),
    maxs: pick(maxs),
    lasts: pick(lasts),
  };
}

function setUp(given: Partial<TrainWorkspaceDeps> = {}, stored: ReadonlyMap<string, RollupColumns> = SERIES) {
  const objects = createMemoryObjects();
  const models = createNeuralStore(objects, (error) => {
    throw error;
  });
  const train = createTrainWorkspace({
    readHours: async (_workspace, shard, fromMs, toMs) =>
      new Map(
        [...stored].filter((_, k) => k % 2 === shard).map(([id, rollups]) => [id, within(rollups, fromMs, toMs)]),
      ),
    getSeries: async (_workspace, ids) =>
      ids.map(
        (seriesId): Series => ({
          seriesId,
          labels: [['__name__', seriesId]],
          kind: 'gauge',
          shard: 0,
          firstSampleMs: 0,
        }),
      ),
    listCalendars: async () => [],
    models,
    startBackend: () => startWasm(WASM_FOLDER),
    clockMs: () => 0,
    shardCount: 2,
    timeZone: 'Europe/Berlin',
    maxSteps: 3,
    ...given,
  });
  return { train, models };
}

describe('the training of a workspace', () => {
  it('stores a model, and says what it has learned from', async () => {
    const { train, models } = setUp();

    expect(await train(WORKSPACE, NOW_MS)).toBe('stored');
    const { network, training } = (await models.newest(WORKSPACE))!;
    expect(network.layout).toEqual({ seasonPoints: 24, windowPoints: 168, horizonPoints: 48 });
    expect(training).toMatchObject({
      trainedAtMs: NOW_MS,
      untilMs: FROM_MS + (HOURS - NEURAL_UNLEARNED_HOURS) * HOUR_MS,
      seed: Math.floor(NOW_MS / 86_400_000),
      series: 6,
      steps: 3,
      stoppedBy: 'steps',
    });
  });

  it('gives the same parameters again, in whatever order series come, and whatever came since', async () => {
    const later = new Map(
      [...SERIES].map(([id, rollups]) => [
        id,
        { ...rollups, sums: rollups.sums.map((sum, hour) => (hour < HOURS - NEURAL_UNLEARNED_HOURS ? sum : 9e5)) },
      ]),
    );
    const backwards = setUp({
      getSeries: async (_workspace, ids) =>
        ids
          .toReversed()
          .map((seriesId): Series => ({ seriesId, labels: [], kind: 'gauge', shard: 0, firstSampleMs: 0 })),
    });
    const runs = [setUp(), setUp({}, later), backwards];
    for (const { train } of runs) await train(WORKSPACE, NOW_MS);
    const [first, second, third] = await Promise.all(runs.map(({ models }) => models.newest(WORKSPACE)));

    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('does not learn from hours that a calendar excludes from training', async () => {
    const calendar: Calendar = {
      calendarId: 'c',
      title: 'migration',
      timeZone: 'UTC',
      selector: [],
      muteAlerts: false,
      excludeFromTraining: true,
      shiftMs: 0,
      events: [
        {
          title: 'move',
          start: new Date(FROM_MS + 300 * HOUR_MS).toISOString().slice(0, 19),
          end: null,
          durationMs: 10 * HOUR_MS,
          timeZone: null,
          rrule: null,
          except: [],
          also: [],
        },
      ],
      updatedAtMs: NOW_MS,
    };
    const plain = setUp();
    const excluding = setUp({ listCalendars: async () => [calendar] });
    await plain.train(WORKSPACE, NOW_MS);
    await excluding.train(WORKSPACE, NOW_MS);

    expect((await excluding.models.newest(WORKSPACE))!.network).not.toEqual(
      (await plain.models.newest(WORKSPACE))!.network,
    );
  });

  it('does nothing while the last model is not a day old', async () => {
    const { train } = setUp();
    await train(WORKSPACE, NOW_MS);

    expect(await train(WORKSPACE, NOW_MS + 19 * HOUR_MS)).toBe('not_due');
    expect(await train(WORKSPACE, NOW_MS + 24 * HOUR_MS)).toBe('stored');
  });

  it('stores nothing where there is too little to learn from', async () => {
    const short = new Map([...SERIES].map(([id, rollups]) => [id, within(rollups, NOW_MS - 400 * HOUR_MS, NOW_MS)]));

    expect(await setUp({}, short).train(WORKSPACE, NOW_MS)).toBe('too_little');
    expect(await setUp({}, new Map()).train(WORKSPACE, NOW_MS)).toBe('too_little');
  });

  it('ends in time', async () => {
    let nowMs = 0;
    const clockMs = (): number => {
      nowMs += 200_000;
      return nowMs;
    };
    const { train, models } = setUp({ clockMs, maxSteps: 1_000 });

    expect(await train(WORKSPACE, NOW_MS)).toBe('stored');
    expect((await models.newest(WORKSPACE))!.training).toMatchObject({ stoppedBy: 'time', steps: 100 });
  });
});
