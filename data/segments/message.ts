import * as z from 'zod';
import type { OutgoingMessage } from '../contracts.ts';
import { corrupt } from './corrupt.ts';
import type { EncodedSegment, SegmentPart } from './segment.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const segmentMessage = z.strictObject({
  v: z.literal(1),
  workspace: z.string().regex(/^[a-z0-9]{12,32}$/),
  shard: count,
  segmentId: z.string().regex(/^[0-9a-f]{64}$/),
  key: z.string().min(1).max(1024),
  offset: count,
  length: count.min(1),
  samples: count,
  logRecords: count,
});

/** What ingest tells detect: where the data of one shard lies. A pointer only, never label text. */
export type SegmentMessage = Readonly<z.infer<typeof segmentMessage>>;

/** One message for each shard that the segment touches; each shard's messages stay in order. */
export function formatSegmentMessage(workspace: string, segment: EncodedSegment, part: SegmentPart): OutgoingMessage {
  const message: SegmentMessage = {
    v: 1,
    workspace,
    shard: part.shard,
    segmentId: segment.segmentId,
    key: segment.key,
    offset: part.offset,
    length: part.length,
    samples: part.samples,
    logRecords: part.logRecords,
  };
  return {
    group: `${workspace}.${part.shard}`,
    dedupId: `${segment.segmentId}.${part.shard}`,
    body: JSON.stringify(message),
  };
}

/** Throws `store/corrupt` for anything that formatSegmentMessage did not write. */
export function parseSegmentMessage(body: string): SegmentMessage {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch (cause) {
    throw corrupt('a message is not JSON', cause);
  }
  const parsed = segmentMessage.safeParse(raw);
  if (!parsed.success) throw corrupt(`a message is malformed: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
