import type { Objects } from '../contracts.ts';
import type { RowBuffer } from '../state/row-buffer.ts';
import type { ChunkRef, Resolution, ShardView } from '../state/shard-state.ts';
import type { EncodedChunk } from './chunk.ts';
import { ChunkMissing, createChunkReader, type IndexRange, type ReadChunk } from './chunk-reader.ts';
import {
  type BucketSums,
  createBucketSums,
  type RollupResolution,
  STEP_MS,
  type WantedBuckets,
} from './derived-rollups.ts';
import { decodeChunk } from './open-chunk.ts';

export interface Row {
  readonly timestampMs: number;
  readonly values: readonly number[];
}

export interface RowsWanted {
  readonly resolution: Resolution;
  /** Of one series, or of some; of every series where neither is given. */
  readonly seriesIndex?: number | undefined;
  readonly series?: IndexRange | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

export type ReadRows = (view: ShardView, wanted: RowsWanted) => Promise<Map<number, Row[]>>;

/** What the raw samples of these buckets add up to. */
export type SumBuckets = (view: ShardView, resolution: RollupResolution, wanted: WantedBuckets) => Promise<BucketSums>;

/** The chunks of all shards, for those who know what a shard's view says. */
export interface Archive {
  /**
   * Rows in [fromMs, toMs) by series, ascending in time. Samples with one time are all there, in the order in which they
   * were written; of rollup rows for one bucket only the last written is, which is the one that stands.
   */
  readonly readRows: ReadRows;
  readonly sumBuckets: SumBuckets;
  /** All rows of a chunk as they are stored. Throws ChunkMissing. */
  readonly readChunk: (ref: ChunkRef) => Promise<RowBuffer>;
  readonly writeChunk: (chunk: EncodedChunk) => Promise<void>;
  /** Deleting what is not there is no error. */
  readonly deleteChunk: (key: string) => Promise<void>;
}

export function createArchive(objects: Objects): Archive {
  const readGroups = createChunkReader(objects);
  const sumBuckets: SumBuckets = (view, resolution, wanted) => sumUp(readGroups, view, wanted, STEP_MS[resolution]);
  return {
    sumBuckets,
    async readRows(view, wanted) {
      const { resolution } = wanted;
      const rows = new Map<number, Row[]>();
      await visitRows(readGroups, view, wanted, (buffer) => collectRows(buffer, wanted, rows));
      for (const list of rows.values()) list.sort((a, b) => a.timestampMs - b.timestampMs);
      if (resolution !== 'raw') await completeRollups(rows, (buckets) => sumBuckets(view, resolution, buckets));
      return rows;
    },
    async readChunk({ resolution, key }) {
      const stored = await objects.get(key);
      if (stored === undefined) throw new ChunkMissing(key);
      return decodeChunk(resolution, stored.bytes);
    },
    async writeChunk({ ref, bytes }) {
      await objects.put(ref.key, bytes);
    },
    deleteChunk: (key) => objects.delete(key),
  };
}

/** Chunks in their order, then the rows that wait. */
async function visitRows(
  readChunk: ReadChunk,
  view: ShardView,
  wanted: RowsWanted,
  visit: (buffer: RowBuffer) => void,
): Promise<void> {
  const { resolution, fromMs, toMs } = wanted;
  const series = rangeOf(wanted);
  for (const chunk of view.chunks) {
    if (chunk.resolution !== resolution || chunk.toMs < fromMs || chunk.fromMs >= toMs) continue;
    for (const rows of await readChunk(chunk, series)) visit(rows);
  }
  visit(view.pending[resolution]);
}

function rangeOf({ seriesIndex, series }: RowsWanted): IndexRange | undefined {
  return seriesIndex === undefined ? series : { from: seriesIndex, to: seriesIndex + 1 };
}

function collectRows(buffer: RowBuffer, wanted: RowsWanted, rows: Map<number, Row[]>): void {
  const { fromMs, toMs } = wanted;
  const { from = 0, to = Number.POSITIVE_INFINITY } = rangeOf(wanted) ?? {};
  for (let row = 0; row < buffer.rows; row++) {
    const index = buffer.seriesIndexes[row]!;
    if (index < from || index >= to) continue;
    const timestampMs = buffer.timestampsMs[row]!;
    if (timestampMs < fromMs || timestampMs >= toMs) continue;
    const entry = { timestampMs, values: buffer.columns.map((column) => column[row]!) };
    const list = rows.get(index);
    if (list === undefined) rows.set(index, [entry]);
    else list.push(entry);
  }
}

const isDerived = ({ values }: Row): boolean => values[0] === 0;

/** Keeps of each bucket the last row written, and makes those without values of the samples. */
async function completeRollups(
  rows: Map<number, Row[]>,
  sum: (wanted: WantedBuckets) => Promise<BucketSums>,
): Promise<void> {
  const wanted = new Map<number, Float64Array>();
  for (const [index, written] of rows) {
    const list = written.filter((row, i) => row.timestampMs !== written[i + 1]?.timestampMs);
    rows.set(index, list);
    const derived = list.filter(isDerived);
    if (derived.length > 0)
      wanted.set(
        index,
        Float64Array.from(derived, ({ timestampMs }) => timestampMs),
      );
  }
  if (wanted.size === 0) return;
  const sums = await sum(wanted);
  for (const index of wanted.keys()) {
    const completed = rows.get(index)!.flatMap((row) => {
      const values = isDerived(row) ? sums.valuesOf(index, row.timestampMs) : row.values;
      return values === undefined ? [] : [{ timestampMs: row.timestampMs, values }];
    });
    rows.set(index, completed);
  }
}

async function sumUp(
  readChunk: ReadChunk,
  view: ShardView,
  wanted: WantedBuckets,
  stepMs: number,
): Promise<BucketSums> {
  const sums = createBucketSums(wanted, stepMs);
  const starts = [...wanted.values()];
  const samples: RowsWanted = {
    resolution: 'raw',
    series: spanOf(wanted.keys()),
    fromMs: starts.reduce((least, [startMs]) => Math.min(least, startMs!), Number.POSITIVE_INFINITY),
    toMs: starts.reduce((most, startsMs) => Math.max(most, startsMs.at(-1)! + stepMs), 0),
  };
  await visitRows(readChunk, view, samples, sums.add);
  if (sums.hasDisorder()) await visitRows(readChunk, view, samples, sums.add);
  return sums;
}

function spanOf(indexes: Iterable<number>): IndexRange {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const index of indexes) {
    from = Math.min(from, index);
    to = Math.max(to, index + 1);
  }
  return { from, to };
}
