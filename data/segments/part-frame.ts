import { crc32 } from 'node:zlib';
import { ServiceError } from '../../functions/platform/errors.ts';
import { blockSizeBytes } from './block.ts';
import { corrupt } from './corrupt.ts';

const MAGIC = Buffer.from('FWSP', 'latin1');
/** The version says what a part makes use of: 1 for nothing, and more for each. An older release waits for a newer one then. */
const PLAIN_VERSION = 1;
const WITH_RESTS = 1;
const WITH_UNITS = 2;
const LAST_VERSION = PLAIN_VERSION + WITH_RESTS + WITH_UNITS;
const WORKSPACE_AT = 32;
const CHECKSUM_AT = 28;
const WORKSPACE = /^[a-z0-9]{12,32}$/;

/** What the head of a part says about it. */
export interface PartHead {
  readonly workspace: string;
  readonly shard: number;
  readonly series: number;
  readonly samples: number;
  readonly streams: number;
  readonly logRecords: number;
  /** Log records tell what of their time is finer than a millisecond. */
  readonly hasRests: boolean;
  /** Values are written in units of their series. */
  readonly hasUnits: boolean;
}

type Blocks = readonly [ids: Buffer, columns: Buffer, labels: Buffer, logs: Buffer];

export interface Frame {
  readonly head: PartHead;
  /** Each still packed. */
  readonly blocks: Blocks;
}

/** Head (see data/formats.md), then the blocks; the checksum covers every byte but its own. */
export function framePart(head: PartHead, blocks: readonly Uint8Array[]): Uint8Array {
  if (!WORKSPACE.test(head.workspace)) throw new RangeError(`segment: not a workspace: "${head.workspace}"`);
  const start = Buffer.alloc(WORKSPACE_AT + head.workspace.length);
  MAGIC.copy(start);
  start.writeUInt16LE(versionOf(head), 4);
  start.writeUInt16LE(head.workspace.length, 6);
  start.writeUInt32LE(head.shard, 8);
  start.writeUInt32LE(head.series, 12);
  start.writeUInt32LE(head.samples, 16);
  start.writeUInt32LE(head.streams, 20);
  start.writeUInt32LE(head.logRecords, 24);
  start.write(head.workspace, WORKSPACE_AT, 'latin1');
  const part = Buffer.concat([start, ...blocks]);
  part.writeUInt32LE(checksumOf(part), CHECKSUM_AT);
  return part;
}

export function readFrame(bytes: Uint8Array): Frame {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (part.length < WORKSPACE_AT) throw corrupt('shorter than its head');
  if (!part.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt('does not begin with FWSP');
  const version = part.readUInt16LE(4);
  if (version < PLAIN_VERSION || version > LAST_VERSION) {
    throw new ServiceError('store/version-unknown', `segment: version ${version} is unknown, ${LAST_VERSION} is known`);
  }
  if (part.readUInt32LE(CHECKSUM_AT) !== checksumOf(part)) throw corrupt('checksum does not match');
  const blocksAt = WORKSPACE_AT + part.readUInt16LE(6);
  const workspace = part.toString('latin1', WORKSPACE_AT, blocksAt);
  if (!WORKSPACE.test(workspace)) throw corrupt('its workspace is none');
  const head = {
    workspace,
    shard: part.readUInt32LE(8),
    series: part.readUInt32LE(12),
    samples: part.readUInt32LE(16),
    streams: part.readUInt32LE(20),
    logRecords: part.readUInt32LE(24),
    hasRests: ((version - PLAIN_VERSION) & WITH_RESTS) !== 0,
    hasUnits: ((version - PLAIN_VERSION) & WITH_UNITS) !== 0,
  };
  return { head, blocks: splitBlocks(part, blocksAt) };
}

function versionOf({ hasRests, hasUnits }: PartHead): number {
  return PLAIN_VERSION + (hasRests ? WITH_RESTS : 0) + (hasUnits ? WITH_UNITS : 0);
}

function splitBlocks(part: Buffer, blocksAt: number): Blocks {
  let at = blocksAt;
  const next = (): Buffer => {
    const block = part.subarray(at, at + blockSizeBytes(part, at));
    at += block.length;
    return block;
  };
  const blocks: Blocks = [next(), next(), next(), next()];
  if (at !== part.length) throw corrupt(`${part.length - at} bytes follow the last block`);
  return blocks;
}

function checksumOf(part: Buffer): number {
  return crc32(part.subarray(WORKSPACE_AT), crc32(part.subarray(0, CHECKSUM_AT)));
}
