import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects, PutResult, StoredObject } from '../contracts.ts';
import { assertByteRange, assertObjectKey, assertObjectPrefix, parseObjectCursor } from '../object-key.ts';
import type { Connection } from './connection.ts';
import { readObjectFile, removeObjectFile, writeObjectFile } from './object-files.ts';
import type { ObjectPut } from './protocol.ts';

/**
 * Larger objects are files. Measured with 16 puts at once: rows take 2,000/s of 128 KiB against 900/s as files, files win
 * from 1 MiB; in between the row holds the database thread for longer than the file is worth.
 */
export const MAX_ROW_BYTES = 128 * 1024;
const PAGE_KEYS = 1_000;
const MAX_READ_ATTEMPTS = 5;

/** Objects in the embedded store. A row is the truth about a key; it holds the bytes or names the file that does. */
export function createEmbeddedObjects(connection: Connection, { nowMs }: { readonly nowMs: () => number }): Objects {
  return {
    put: async (key, bytes, condition) => {
      assertObjectKey(key);
      return bytes.length > MAX_ROW_BYTES
        ? putFile(connection, { key, condition, nowMs: nowMs() }, bytes)
        : putRow(connection, { key, condition, nowMs: nowMs() }, bytes);
    },
    get: async (key) => {
      assertObjectKey(key);
      return read(connection, key, 0, Number.MAX_SAFE_INTEGER);
    },
    getRange: async (key, startByte, endByte) => {
      assertObjectKey(key);
      assertByteRange(startByte, endByte);
      return read(connection, key, startByte, endByte);
    },
    head: async (key) => {
      assertObjectKey(key);
      return connection.ask('objects/head', key);
    },
    list: (prefix, cursor) => list(connection, prefix, cursor),
    delete: async (key) => {
      assertObjectKey(key);
      const { file } = await connection.ask('objects/delete', key);
      if (file !== null) await removeObjectFile(await connection.objectsDirectory(), file);
    },
  };
}

type PutPlace = Pick<ObjectPut, 'key' | 'condition' | 'nowMs'>;

async function putRow(connection: Connection, place: PutPlace, bytes: Uint8Array): Promise<PutResult> {
  // A copy of exactly these bytes: it can be moved to the thread, and the caller keeps its own.
  const body = new Uint8Array(bytes);
  const { replacedFile, ...result } = await connection.ask(
    'objects/put',
    { ...place, sizeBytes: body.length, body, file: null },
    [body.buffer],
  );
  if (replacedFile !== undefined) await removeObjectFile(await connection.objectsDirectory(), replacedFile);
  return result;
}

async function putFile(connection: Connection, place: PutPlace, bytes: Uint8Array): Promise<PutResult> {
  const directory = await connection.objectsDirectory();
  const file = await writeObjectFile(directory, bytes);
  // Where the answer never comes the file stays: the row may name it.
  const { replacedFile, ...result } = await connection.ask('objects/put', {
    ...place,
    sizeBytes: bytes.length,
    body: null,
    file,
  });
  const unused = result.kind === 'stored' ? replacedFile : file;
  if (unused !== undefined) await removeObjectFile(directory, unused);
  return result;
}

/** A file can be replaced between finding its row and opening it: then the row is asked again. */
async function read(
  connection: Connection,
  key: string,
  startByte: number,
  endByte: number,
): Promise<StoredObject | undefined> {
  let lastEtag: string | undefined;
  for (let attempt = 0; attempt < MAX_READ_ATTEMPTS; attempt += 1) {
    const found = await connection.ask('objects/find', { key, startByte, endByte });
    if (found === undefined) return undefined;
    if (found.body !== null) return { bytes: found.body, etag: found.etag };
    const directory = await connection.objectsDirectory();
    const bytes = await readObjectFile(directory, found.file ?? '', startByte, endByte);
    if (bytes !== undefined) return { bytes, etag: found.etag };
    if (found.etag === lastEtag) throw new ServiceError('store/corrupt', `object ${key}: its file is missing`);
    lastEtag = found.etag;
  }
  throw new ServiceError('store/unavailable', `object ${key}: replaced too often to be read`, { retryable: true });
}

async function list(connection: Connection, prefix: string, cursor: string | undefined): ReturnType<Objects['list']> {
  assertObjectPrefix(prefix);
  const found = await connection.ask('objects/list', {
    from: prefix,
    // Keys are ASCII: this comes after every key with the prefix.
    to: `${prefix}\u{10ffff}`,
    after: cursor === undefined ? undefined : parseObjectCursor(cursor),
    limit: PAGE_KEYS + 1,
  });
  const entries = found.slice(0, PAGE_KEYS);
  const last = entries.at(-1);
  return found.length > PAGE_KEYS && last !== undefined ? { entries, cursor: last.key } : { entries };
}
