import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectEntry, Objects, PutCondition, PutResult, StoredObject } from '../contracts.ts';
import { assertByteRange, assertObjectKey, assertObjectPrefix, parseObjectCursor } from '../object-key.ts';
import { callAws, httpStatus, toServiceError } from './aws-error.ts';

export interface S3ObjectsOptions {
  readonly client: S3Client;
  readonly bucket: string;
}

const PAGE_KEYS = 1_000;
const MAX_CONTENDED_ATTEMPTS = 4;
const CONTENDED_PAUSE_MS = 25;

/**
 * Objects in one S3 bucket.
 *
 * An etag of S3 follows the content: putting the same bytes again leaves it as it was. A conditional put whose answer got
 * lost is repeated by the SDK and may then report a conflict with itself; callers look again after a conflict anyway.
 */
export function createS3Objects(options: S3ObjectsOptions): Objects {
  return {
    put: async (key, bytes, condition) => {
      assertObjectKey(key);
      return put(options, key, bytes, condition);
    },
    get: async (key) => {
      assertObjectKey(key);
      return get(options, key);
    },
    getRange: async (key, startByte, endByte) => {
      assertObjectKey(key);
      assertByteRange(startByte, endByte);
      return getRange(options, key, startByte, endByte);
    },
    head: async (key) => {
      assertObjectKey(key);
      return head(options, key);
    },
    list: (prefix, cursor) => list(options, prefix, cursor),
    delete: async (key) => {
      assertObjectKey(key);
      const command = new DeleteObjectCommand({ Bucket: options.bucket, Key: key });
      await callAws('S3 delete', () => options.client.send(command));
    },
  };
}

async function put(
  { client, bucket }: S3ObjectsOptions,
  key: string,
  bytes: Uint8Array,
  condition: PutCondition | undefined,
): Promise<PutResult> {
  // A copy: the caller may change its bytes while the request, or its repetition, is on the way.
  const input = { Bucket: bucket, Key: key, Body: new Uint8Array(bytes), ...conditionHeaders(condition) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { ETag } = await client.send(new PutObjectCommand(input));
      return { kind: 'stored', etag: ETag ?? '' };
    } catch (error) {
      const status = httpStatus(error);
      if (status === 412 || (status === 404 && condition?.kind === 'match')) return { kind: 'conflict' };
      if (status !== 409) throw toServiceError('S3 put', error);
      // Another write of this key was under way: once it is over the condition has a plain answer.
      if (attempt === MAX_CONTENDED_ATTEMPTS) return { kind: 'conflict' };
      await sleep(CONTENDED_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

function conditionHeaders(condition: PutCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return condition.kind === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

async function get(
  { client, bucket }: S3ObjectsOptions,
  key: string,
  range?: string,
): Promise<StoredObject | undefined> {
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
    return { bytes, etag: ETag ?? '' };
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    throw toServiceError('S3 get', error);
  }
}

async function getRange(
  options: S3ObjectsOptions,
  key: string,
  startByte: number,
  endByte: number,
): Promise<StoredObject | undefined> {
  // HTTP has no empty range, and refuses one that begins beyond the end.
  const entry = startByte === endByte ? await head(options, key) : undefined;
  if (startByte === endByte) return entry && { bytes: new Uint8Array(0), etag: entry.etag };
  try {
    return await get(options, key, `bytes=${startByte}-${endByte - 1}`);
  } catch (error) {
    if (!(error instanceof Error) || httpStatus(error.cause) !== 416) throw error;
    const whole = await head(options, key);
    return whole && { bytes: new Uint8Array(0), etag: whole.etag };
  }
}

async function head({ client, bucket }: S3ObjectsOptions, key: string): Promise<ObjectEntry | undefined> {
  try {
    const { ContentLength, ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { key, sizeBytes: ContentLength ?? 0, etag: ETag ?? '' };
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    throw toServiceError('S3 head', error);
  }
}

async function list(
  { client, bucket }: S3ObjectsOptions,
  prefix: string,
  cursor: string | undefined,
): ReturnType<Objects['list']> {
  assertObjectPrefix(prefix);
  const StartAfter = cursor === undefined ? undefined : parseObjectCursor(cursor);
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter, MaxKeys: PAGE_KEYS });
  const { Contents = [], IsTruncated } = await callAws('S3 list', () => client.send(command));
  const entries = Contents.map(({ Key, Size, ETag }) => ({ key: Key ?? '', sizeBytes: Size ?? 0, etag: ETag ?? '' }));
  const last = entries.at(-1);
  return IsTruncated && last !== undefined ? { entries, cursor: last.key } : { entries };
}
