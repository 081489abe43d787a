import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../functions/platform/errors.ts';

/** Writes a new file and returns its name once both the bytes and the name survive a power loss. */
export async function writeObjectFile(directory: string, bytes: Uint8Array): Promise<string> {
  const file = randomUUID();
  try {
    await writeSynced(join(directory, file), bytes);
    await syncDirectory(directory);
    return file;
  } catch (cause) {
    await removeObjectFile(directory, file);
    throw fileError('write', cause);
  }
}

/** The bytes of a range, fewer where the file ends sooner; undefined where the file is gone. */
export async function readObjectFile(
  directory: string,
  file: string,
  startByte: number,
  endByte: number,
): Promise<Uint8Array | undefined> {
  try {
    await using handle = await open(join(directory, file));
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(endByte, size) - startByte));
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, startByte + filled);
      if (bytesRead === 0) throw new Error(`file ends ${bytes.length - filled} bytes early`);
      filled += bytesRead;
    }
    return bytes;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw fileError('read', cause);
  }
}

/** Best effort: what stays behind is named by no row and removed when the directory is next opened. */
export async function removeObjectFile(directory: string, file: string): Promise<void> {
  await unlink(join(directory, file)).catch(() => undefined);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, 'wx', 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function fileError(verb: string, cause: unknown): ServiceError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError('store/unavailable', `embedded store could not ${verb} an object: ${text}`, {
    retryable: true,
    cause,
  });
}
