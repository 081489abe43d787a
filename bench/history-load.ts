import type { Objects } from '../data/contracts.ts';
import { createArchive } from '../data/history/archive.ts';
import { createBucketSums } from '../data/history/derived-rollups.ts';
import { appendRow } from '../data/state/row-buffer.ts';
import { addSeries, createShardState, type ShardState } from '../data/state/shard-state.ts';
import { createStateStore } from '../data/state/state-store.ts';
import { addToBuckets } from '../functions/detect/buckets.ts';
import { compactChunks } from '../functions/detect/compact-chunks.ts';
import { flushChunks } from '../functions/detect/flush-chunks.ts';
import { DAY_MS } from '../models/domain/rollup.ts';
import { createRandom } from '../models/numeric/random.ts';

/** One shard of gauges that are all sampled at the same times. */
export interface HistoryLoad {
  readonly series: number;
  readonly stepMs: number;
  readonly days: number;
}

export const WORKSPACE = 'benchbenchbe';
export const START_MS = Date.UTC(2026, 0, 5);
/** As the service applies them: chunks are flushed and merged between batches. */
const BATCH_SAMPLES = 32_000;
const NO_DETECTOR = { detector: 'none', detectorVersion: 1, counterWords: 0, detectorWords: 1, trackerWords: 0 };

export const seriesIdAt = (index: number): string => index.toString(16).padStart(32, '0');

/**
 * Stores a shard with the past of its series. `merged` as the service does it; otherwise chunks stay as they are flushed
 * and hold every rollup, as they did at first.
 */
export async function storeHistory(objects: Objects, load: HistoryLoad, isMerged: boolean): Promise<ShardState> {
  const archive = createArchive(objects);
  const deps = isMerged ? archive : { ...archive, sumBuckets: async () => createBucketSums(new Map(), 1) };
  const state = createShardState(WORKSPACE, 0, NO_DETECTOR);
  for (let index = 0; index < load.series; index++) {
    addSeries(state, seriesIdAt(index), 'gauge', [['__name__', `gauge_${index}`]]);
  }
  const random = createRandom(1);
  let batch = 0;
  for (let atMs = START_MS; atMs < START_MS + load.days * DAY_MS; atMs += load.stepMs) {
    for (let index = 0; index < load.series; index++)
      addSample(state, index, atMs, valueAt(index, atMs, random.normal()));
    batch += load.series;
    if (batch < BATCH_SAMPLES) continue;
    batch = 0;
    if (isMerged) await compactChunks(archive, state);
    await flushChunks(deps, state);
  }
  await createStateStore(objects).save({ state, etag: undefined });
  return state;
}

function addSample(state: ShardState, index: number, timestampMs: number, value: number): void {
  const { raw } = state.pending;
  const row = appendRow(raw, index, timestampMs);
  raw.columns[0]![row] = value;
  addToBuckets(state, index, timestampMs, value);
}

/** A day's wave with noise, in hundredths. */
function valueAt(index: number, timestampMs: number, noise: number): number {
  const wave = Math.sin((2 * Math.PI * timestampMs) / DAY_MS + index);
  return Math.round(100 * (50 + 20 * wave + 3 * noise)) / 100;
}
