import { FIVE_MINUTES_MS, type RollupColumns, type RollupStepMs } from '../../models/domain/rollup.ts';
import type { SampleColumns } from '../../models/domain/series.ts';
import type { Objects, StoredObject } from '../contracts.ts';
import { decodeShardView } from '../state/codec.ts';
import { frontLength, PREFIX_BYTES } from '../state/frame.ts';
import { BUCKET, type Resolution, type ShardView, SLOT, stateKey } from '../state/shard-state.ts';
import { createArchive, type Row } from './archive.ts';
import { ChunkMissing, type IndexRange } from './chunk-reader.ts';

export type { ReadRows, Row } from './archive.ts';
export type { IndexRange } from './chunk-reader.ts';

export interface SeriesRef {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesId: string;
}

/** The past of the series: chunks that are finished, rows that wait in the shard's state, and buckets in progress. */
export interface History {
  /** Raw samples in [fromMs, toMs); of samples with one time the last that was written. */
  readSamples(ref: SeriesRef, fromMs: number, toMs: number): Promise<SampleColumns>;
  /** Buckets that start in [fromMs, toMs), the one in progress included. */
  readRollups(ref: SeriesRef, stepMs: RollupStepMs, fromMs: number, toMs: number): Promise<RollupColumns>;
  /** The same for every series of a shard that has a row there, or for some of its series; one pass over the chunks. */
  readShardRollups(
    workspace: string,
    shard: number,
    stepMs: RollupStepMs,
    fromMs: number,
    toMs: number,
    series?: IndexRange,
  ): Promise<ReadonlyMap<string, RollupColumns>>;
  /** The shard as it is stored now; undefined before its first segment. Not to be changed. */
  readShard(workspace: string, shard: number): Promise<ShardView | undefined>;
}

export function createHistory(objects: Objects): History {
  const readShard = createViewReader(objects);
  const { readRows } = createArchive(objects);

  async function collect(
    ref: WantedSeries,
    resolution: Resolution,
    fromMs: number,
    toMs: number,
  ): Promise<{ state: ShardView; rows: Map<number, Row[]> } | undefined> {
    let state = await readShard(ref.workspace, ref.shard);
    while (state !== undefined) {
      const only = ref.seriesId === undefined ? undefined : state.indexById.get(ref.seriesId);
      if (ref.seriesId !== undefined && only === undefined) return { state, rows: new Map() };
      try {
        return {
          state,
          rows: await readRows(state, { resolution, seriesIndex: only, series: ref.series, fromMs, toMs }),
        };
      } catch (error) {
        if (!(error instanceof ChunkMissing)) throw error;
        // Merged with others meanwhile: the newest view names what took its place.
        const newest = await readShard(ref.workspace, ref.shard);
        if (newest === state) throw error;
        state = newest;
      }
    }
    return undefined;
  }

  async function rollupsOf(
    ref: WantedSeries,
    stepMs: RollupStepMs,
    fromMs: number,
    toMs: number,
  ): Promise<Map<string, RollupColumns>> {
    const found = await collect(ref, stepMs === FIVE_MINUTES_MS ? '5m' : '1h', fromMs, toMs);
    const result = new Map<string, RollupColumns>();
    if (found === undefined) return result;
    const { state, rows } = found;
    for (const [index, seriesId] of state.seriesIds.entries()) {
      if (!isWanted(ref, seriesId, index)) continue;
      const list = rows.get(index) ?? [];
      const open = openBucket(state, index, stepMs);
      if (open !== undefined && open.timestampMs >= fromMs && open.timestampMs < toMs) list.push(open);
      if (list.length > 0) result.set(seriesId, toRollupColumns(list));
    }
    return result;
  }

  return {
    readShard,
    async readSamples(ref, fromMs, toMs) {
      const found = await collect(ref, 'raw', fromMs, toMs);
      return toSamples([...(found?.rows.values() ?? [])].flat());
    },
    async readRollups(ref, stepMs, fromMs, toMs) {
      return (await rollupsOf(ref, stepMs, fromMs, toMs)).get(ref.seriesId) ?? toRollupColumns([]);
    },
    readShardRollups: (workspace, shard, stepMs, fromMs, toMs, series) =>
      rollupsOf({ workspace, shard, series }, stepMs, fromMs, toMs),
  };
}

/** One series, some, or all of a shard. */
interface WantedSeries {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesId?: string;
  readonly series?: IndexRange | undefined;
}

function isWanted({ seriesId: only, series }: WantedSeries, seriesId: string, index: number): boolean {
  if (only !== undefined) return seriesId === only;
  return series === undefined || (index >= series.from && index < series.to);
}

function openBucket(state: ShardView, seriesIndex: number, stepMs: RollupStepMs): Row | undefined {
  const place = stepMs === FIVE_MINUTES_MS ? SLOT.fiveMinuteBucket : SLOT.hourBucket;
  const at = seriesIndex * SLOT.words + place;
  const word = (offset: number): number => state.words[at + offset]!;
  if (word(BUCKET.count) === 0) return undefined;
  return {
    timestampMs: word(BUCKET.startMs),
    values: [word(BUCKET.count), word(BUCKET.sum), word(BUCKET.min), word(BUCKET.max), word(BUCKET.last)],
  };
}

/** The bucket in progress, where there is one, stands for a row with its start. */
function toRollupColumns(written: readonly Row[]): RollupColumns {
  const rows = written.filter((row, i) => row.timestampMs !== written[i + 1]?.timestampMs);
  const column = (place: number): Float64Array => Float64Array.from(rows, (row) => row.values[place]!);
  return {
    startsMs: Float64Array.from(rows, (row) => row.timestampMs),
    counts: column(0),
    sums: column(1),
    mins: column(2),
    maxs: column(3),
    lasts: column(4),
  };
}

/** Of equal times the last one written stands: counts of log records are corrected by late ones. */
function toSamples(sorted: readonly Row[]): SampleColumns {
  const kept = sorted.filter((row, i) => row.timestampMs !== sorted[i + 1]?.timestampMs);
  return {
    timestampsMs: Float64Array.from(kept, (row) => row.timestampMs),
    values: Float64Array.from(kept, (row) => row.values[0]!),
  };
}

/** Read at first: all that readers need of a small shard. */
const FIRST_READ_BYTES = 65_536;

/** Keeps the newest view of each shard that was asked for, and reads it again only when its etag has moved. */
function createViewReader(objects: Objects): History['readShard'] {
  const kept = new Map<string, { etag: string; view: ShardView }>();
  return async (workspace, shard) => {
    const key = stateKey(workspace, shard);
    const head = await objects.head(key);
    if (head === undefined) return undefined;
    const known = kept.get(key);
    if (known?.etag === head.etag) return known.view;
    const front = await readFront(objects, key);
    if (front === undefined) return undefined;
    const view = decodeShardView(front.bytes);
    kept.set(key, { etag: front.etag, view });
    return view;
  };
}

/** The part of the state that readers need, which is a small one: what the detectors remember stays where it is. */
async function readFront(objects: Objects, key: string): Promise<StoredObject | undefined> {
  const first = await objects.getRange(key, 0, FIRST_READ_BYTES);
  if (first === undefined || first.bytes.length < PREFIX_BYTES) return first;
  const frontBytes = frontLength(first.bytes);
  if (frontBytes <= first.bytes.length) return first;
  const rest = await objects.getRange(key, first.bytes.length, frontBytes);
  if (rest === undefined) return undefined;
  // Replaced in between: then as a whole, which is always of one write.
  if (rest.etag !== first.etag) return objects.get(key);
  const bytes = new Uint8Array(frontBytes);
  bytes.set(first.bytes);
  bytes.set(rest.bytes, first.bytes.length);
  return { bytes, etag: first.etag };
}
