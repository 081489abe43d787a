import { ServiceError } from '../../functions/platform/errors.ts';
import { FIVE_MINUTES_MS, type RollupColumns, type RollupStepMs } from '../../models/domain/rollup.ts';
import type { SampleColumns } from '../../models/domain/series.ts';
import type { Objects, StoredObject } from '../contracts.ts';
import { decodeShardView } from '../state/codec.ts';
import { frontLength, PREFIX_BYTES } from '../state/frame.ts';
import type { RowBuffer } from '../state/row-buffer.ts';
import { BUCKET, type Resolution, type ShardView, SLOT, stateKey } from '../state/shard-state.ts';
import { decodeChunk } from './chunk.ts';

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
  /** The same for every series of a shard that has a row there; one pass over the chunks. */
  readShardRollups(
    workspace: string,
    shard: number,
    stepMs: RollupStepMs,
    fromMs: number,
    toMs: number,
  ): Promise<ReadonlyMap<string, RollupColumns>>;
  /** The shard as it is stored now; undefined before its first segment. Not to be changed. */
  readShard(workspace: string, shard: number): Promise<ShardView | undefined>;
}

/** Decoded chunks kept for the next query, by rows. */
const CACHED_ROWS = 250_000;

export function createHistory(objects: Objects): History {
  const readShard = createViewReader(objects);
  const readRows = createRowReader(objects);

  async function collect(
    ref: { workspace: string; shard: number; seriesId?: string },
    resolution: Resolution,
    fromMs: number,
    toMs: number,
  ): Promise<{ state: ShardView; rows: Map<number, Row[]> } | undefined> {
    const state = await readShard(ref.workspace, ref.shard);
    if (state === undefined) return undefined;
    const only = ref.seriesId === undefined ? undefined : state.indexById.get(ref.seriesId);
    if (ref.seriesId !== undefined && only === undefined) return { state, rows: new Map() };
    return { state, rows: await readRows(state, { resolution, seriesIndex: only, fromMs, toMs }) };
  }

  async function rollupsOf(
    ref: { workspace: string; shard: number; seriesId?: string },
    stepMs: RollupStepMs,
    fromMs: number,
    toMs: number,
  ): Promise<Map<string, RollupColumns>> {
    const found = await collect(ref, stepMs === FIVE_MINUTES_MS ? '5m' : '1h', fromMs, toMs);
    const result = new Map<string, RollupColumns>();
    if (found === undefined) return result;
    const { state, rows } = found;
    for (const [index, seriesId] of state.seriesIds.entries()) {
      if (ref.seriesId !== undefined && seriesId !== ref.seriesId) continue;
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
    readShardRollups: (workspace, shard, stepMs, fromMs, toMs) => rollupsOf({ workspace, shard }, stepMs, fromMs, toMs),
  };
}

export interface Row {
  readonly timestampMs: number;
  readonly values: readonly number[];
}

export interface RowsWanted {
  readonly resolution: Resolution;
  /** Of every series where it is not given. */
  readonly seriesIndex?: number | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

export type ReadRows = (view: ShardView, wanted: RowsWanted) => Promise<Map<number, Row[]>>;

/** Rows in [fromMs, toMs) by series, ascending in time; of equal times in the order in which they were written. */
export function createRowReader(objects: Objects): ReadRows {
  const readChunk = createChunkReader(objects);
  return async (view, { resolution, seriesIndex, fromMs, toMs }) => {
    const rows = new Map<number, Row[]>();
    const take = (buffer: RowBuffer): void => collectRows(buffer, seriesIndex, fromMs, toMs, rows);
    for (const chunk of view.chunks) {
      if (chunk.resolution !== resolution || chunk.toMs < fromMs || chunk.fromMs >= toMs) continue;
      take(await readChunk(chunk.resolution, chunk.key));
    }
    take(view.pending[resolution]);
    for (const list of rows.values()) list.sort((a, b) => a.timestampMs - b.timestampMs);
    return rows;
  };
}

function collectRows(
  buffer: RowBuffer,
  only: number | undefined,
  fromMs: number,
  toMs: number,
  rows: Map<number, Row[]>,
): void {
  for (let row = 0; row < buffer.rows; row++) {
    const index = buffer.seriesIndexes[row]!;
    if (only !== undefined && index !== only) continue;
    const timestampMs = buffer.timestampsMs[row]!;
    if (timestampMs < fromMs || timestampMs >= toMs) continue;
    const entry = { timestampMs, values: buffer.columns.map((column) => column[row]!) };
    const list = rows.get(index);
    if (list === undefined) rows.set(index, [entry]);
    else list.push(entry);
  }
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

/** Of rows for one bucket the last one written stands: late samples replace what was written before them. */
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

function createChunkReader(objects: Objects): (resolution: Resolution, key: string) => Promise<RowBuffer> {
  const kept = new Map<string, RowBuffer>();
  let keptRows = 0;
  return async (resolution, key) => {
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const stored = await objects.get(key);
    if (stored === undefined) throw new ServiceError('store/corrupt', `history: chunk ${key} is missing`);
    const rows = await decodeChunk(resolution, stored.bytes);
    if (kept.has(key)) return rows; // another query read it meanwhile
    kept.set(key, rows);
    keptRows += rows.rows;
    for (const [oldest, old] of kept) {
      if (keptRows <= CACHED_ROWS || oldest === key) break;
      kept.delete(oldest);
      keptRows -= old.rows;
    }
    return rows;
  };
}
