import { hash } from 'node:crypto';
import type { DecodedPart, LogBatch, SegmentBatch, SeriesColumns } from './batch.ts';
import { packBlock } from './block.ts';
import { corrupt } from './corrupt.ts';
import { encodeHeads, KnownSequences } from './known-sequences.ts';
import { encodeLogColumns, haveRests } from './log-columns.ts';
import { framePart, readFrame } from './part-frame.ts';
import { PartView } from './part-view.ts';
import { encodeSeriesBlocks, type SeriesHeads } from './series-columns.ts';
import { shardOf } from './shard.ts';

/** Where the data of one shard lies in the segment: all that its consumer has to read. */
export interface SegmentPart {
  readonly offset: number;
  readonly length: number;
  readonly shard: number;
  readonly samples: number;
  readonly logRecords: number;
}

export interface EncodedSegment {
  /** SHA-256 of the bytes, 64 hexadecimal digits. */
  readonly segmentId: string;
  /** seg/{workspace}/{hour of the newest sample}/{segmentId} */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly parts: readonly SegmentPart[];
  readonly newestMs: number;
}

/**
 * One accepted batch as one immutable object: the parts of the shards it touches, one after another.
 *
 * Equal batches give equal bytes and so the same name: written twice, it is there once.
 */
export type EncodeSegment = (workspace: string, shardCount: number, batch: SegmentBatch) => EncodedSegment;

/** An encoder that remembers the series of requests which come again and again. */
export function createSegmentEncoder(): EncodeSegment {
  const known = new KnownSequences();
  return (workspace, shardCount, batch) => encodeParts(workspace, batch, known.partsOf(batch.series.heads, shardCount));
}

export const encodeSegment: EncodeSegment = (workspace, shardCount, batch) =>
  encodeParts(workspace, batch, encodeHeads(batch.series.heads, shardCount));

function encodeParts(workspace: string, batch: SegmentBatch, headsByShard: readonly SeriesHeads[]): EncodedSegment {
  const chunks: Uint8Array[] = [];
  const parts: SegmentPart[] = [];
  let offset = 0;
  const logsByShard = groupLogs(headsByShard.length, batch.logs);
  for (const [shard, heads] of headsByShard.entries()) {
    const logs = logsByShard[shard]!;
    const samples = samplesAt(heads.places, batch.series);
    const logRecords = logs.reduce((sum, { records }) => sum + records.length, 0);
    if (samples + logRecords === 0) continue;
    const counts = { series: heads.places.length, samples, streams: logs.length, logRecords };
    const { blocks, hasUnits } = encodeSeriesBlocks(batch.series, heads, samples);
    const head = { workspace, shard, ...counts, hasRests: haveRests(logs), hasUnits };
    const bytes = framePart(head, [...blocks, packBlock(encodeLogColumns(logs))]);
    parts.push({ offset, length: bytes.length, shard, samples, logRecords });
    chunks.push(bytes);
    offset += bytes.length;
  }
  if (parts.length === 0) throw new RangeError('segment: a batch must hold at least one sample or log record');
  const bytes = Buffer.concat(chunks, offset);
  const newestMs = newestOf(batch);
  const segmentId = hash('sha256', bytes, 'hex');
  const hour = new Date(newestMs).toISOString().slice(0, 13);
  return { segmentId, key: `seg/${workspace}/${hour}/${segmentId}`, bytes, parts, newestMs };
}

function samplesAt(places: Uint32Array, { sampleStarts }: SeriesColumns): number {
  let samples = 0;
  for (const place of places) samples += sampleStarts[place + 1]! - sampleStarts[place]!;
  return samples;
}

function groupLogs(shardCount: number, logs: readonly LogBatch[]): readonly LogBatch[][] {
  const shards = Array.from({ length: shardCount }, (): LogBatch[] => []);
  for (const stream of logs) {
    if (stream.records.length > 0) shards[shardOf(stream.streamId, shardCount)]!.push(stream);
  }
  return shards;
}

function newestOf({ series: { timestampsMs }, logs }: SegmentBatch): number {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < timestampsMs.length; i++) newestMs = Math.max(newestMs, timestampsMs[i]!);
  for (const { records } of logs) for (const { timestampMs } of records) newestMs = Math.max(newestMs, timestampMs);
  return newestMs;
}

/**
 * Reads the bytes of one part, and only of that; where it is said whose they must be, anything else is refused.
 *
 * Throws `store/corrupt` or `store/version-unknown`. Nothing of a damaged part is ever handed out: the checksum is
 * verified first. Labels and logs may still refuse when asked for, if the writer itself was wrong.
 */
export function decodeSegmentPart(
  bytes: Uint8Array,
  expected?: { readonly workspace: string; readonly shard: number },
): DecodedPart {
  const frame = readFrame(bytes);
  const { workspace, shard } = frame.head;
  if (expected !== undefined && (expected.workspace !== workspace || expected.shard !== shard)) {
    throw corrupt('the part belongs to another workspace or shard');
  }
  return new PartView(frame);
}
