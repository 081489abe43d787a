import { openEmbedded } from '../data/embedded/embedded.ts';
import { encodeChunk } from '../data/history/chunk.ts';
import { seriesIdOf } from '../data/segments/series-id.ts';
import { shardOf } from '../data/segments/shard.ts';
import { appendRow, createRowBuffer } from '../data/state/row-buffer.ts';
import { addSeries, createShardState, type ShardState, SLOT } from '../data/state/shard-state.ts';
import { createStateStore } from '../data/state/state-store.ts';
import { createStores, type Stores } from '../data/tables/stores.ts';
import { sumOfBucket } from '../functions/detect/buckets.ts';
import { MAX_MERGED_ROWS } from '../functions/detect/compact-chunks.ts';
import { ensureCredentials, readPepper } from '../local/credentials.ts';
import type { Limit } from '../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import type { Series } from '../models/domain/series.ts';
import { createRandom } from '../models/numeric/random.ts';
import { SHAPES } from './forecast.ts';

export interface FleetLoad {
  readonly series: number;
  readonly hours: number;
  readonly limitsPerSeries: number;
  readonly shardCount: number;
  /** End of the newest hour. */
  readonly endMs: number;
}

/** Samples of each hour: so many that the hour is stored, and not made again of its samples. */
const SAMPLES_PER_HOUR = 60;
const NO_DETECTOR = { detector: 'none', detectorVersion: 1, counterWords: 0, detectorWords: 0, trackerWords: 0 };
const MISSING_SHARE = 0.01;

/**
 * Fills a fresh directory as the service would have left it: a workspace with series of five shapes in turn, their hours
 * in chunks as merging leaves them, and limits on all of them that are far away, so that every future is drawn to its end.
 */
export async function storeFleet(
  directory: string,
  load: FleetLoad,
  onShard: (done: number) => void = () => undefined,
): Promise<void> {
  const nowMs = (): number => load.endMs;
  const pepper = await readPepper(directory);
  const backend = await openEmbedded({ directory, nowMs });
  try {
    const { table, objects } = backend;
    const { credentials } = await ensureCredentials({ directory, table, pepper, nowMs });
    const fleet = fleetOf(credentials.workspace, load);
    await storeRecords(createStores(table), credentials.workspace, fleet, load);
    const states = createStateStore(objects);
    for (let shard = 0; shard < load.shardCount; shard++) {
      const own = fleet.filter((one) => one.series.shard === shard);
      const state = createShardState(credentials.workspace, shard, NO_DETECTOR);
      for (const { bytes, ref } of chunksOf(state, own, load)) {
        await objects.put(ref.key, bytes);
        state.chunks.push(ref);
      }
      await states.save({ state, etag: undefined });
      onShard(shard + 1);
    }
  } finally {
    await backend.close();
  }
}

interface FleetSeries {
  readonly series: Series;
  readonly number: number;
}

function fleetOf(workspace: string, { series, shardCount, hours, endMs }: FleetLoad): readonly FleetSeries[] {
  return Array.from({ length: series }, (_, number) => {
    const labels = [
      ['__name__', metricOf(number % SHAPES.length)],
      ['instance', `host-${number}`],
    ] as const;
    const seriesId = seriesIdOf(workspace, labels);
    const firstSampleMs = endMs - hours * HOUR_MS;
    return { number, series: { seriesId, labels, kind: 'gauge', shard: shardOf(seriesId, shardCount), firstSampleMs } };
  });
}

const metricOf = (shape: number): string => `bench_shape_${shape}`;

async function storeRecords(
  stores: Stores,
  workspace: string,
  fleet: readonly FleetSeries[],
  { limitsPerSeries }: FleetLoad,
): Promise<void> {
  const limits = SHAPES.flatMap((_, shape) => Array.from({ length: limitsPerSeries }, (_, k) => limitOn(shape, k)));
  await stores.limits.putMany(workspace, limits);
  await stores.series.putMany(
    workspace,
    fleet.map(({ series }) => series),
  );
}

function limitOn(shape: number, k: number): Limit {
  const metric = metricOf(shape);
  return {
    limitId: `${metric}-${k}`,
    title: metric,
    selector: [{ name: '__name__', value: metric }],
    bound: 'max',
    value: 500 + 10 * k,
    unit: '%',
    leadTimeMs: 14 * DAY_MS,
    probability: 0.5,
    action: '',
    updatedAtMs: 0,
  };
}

/** Rows of some hours of all series in each chunk: as many as merging leaves in one. */
function* chunksOf(state: ShardState, fleet: readonly FleetSeries[], { hours, endMs }: FleetLoad) {
  const places = fleet.map(({ number, series }) => ({
    shape: SHAPES[number % SHAPES.length]!,
    index: addSeries(state, series.seriesId, series.kind, series.labels),
    random: createRandom(number),
  }));
  const startMs = endMs - hours * HOUR_MS;
  for (const { index } of places) {
    state.words[index * SLOT.words + SLOT.firstTimestampMs] = startMs;
    state.words[index * SLOT.words + SLOT.lastTimestampMs] = endMs - 1;
  }
  state.watermarkMs = endMs - 1;
  const most = Math.max(1, Math.floor(MAX_MERGED_ROWS / Math.max(1, fleet.length)));
  for (let from = 0; from < hours && fleet.length > 0; from += most) {
    const rows = createRowBuffer(5, most * fleet.length);
    for (let hour = from; hour < Math.min(hours, from + most); hour++) {
      for (const { shape, index, random } of places) {
        const value = shape(hour, random);
        if (random.uniform() < MISSING_SHARE) continue;
        const row = appendRow(rows, index, startMs + hour * HOUR_MS);
        const rounded = Math.round(100 * value) / 100;
        const sum = sumOfBucket(SAMPLES_PER_HOUR * rounded, SAMPLES_PER_HOUR);
        [SAMPLES_PER_HOUR, sum, rounded - 1, rounded + 1, rounded].forEach((cell, column) => {
          rows.columns[column]![row] = cell;
        });
      }
    }
    yield encodeChunk(state.workspace, state.shard, '1h', rows);
  }
}
