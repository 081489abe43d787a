import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far a backfill has come. */
export interface Checkpoint {
  /** What is loaded from where to where; a file of another one is not gone on from. */
  readonly identity: string;
  readonly position: number;
  /** Fixed by the first start: what "30 days ago" meant then. */
  readonly fromMs: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** Undefined where there is none of this identity. */
export async function readCheckpoint(path: string, identity: string): Promise<Checkpoint | undefined> {
  try {
    const checkpoint = JSON.parse(await readFile(path, 'utf8')) as Checkpoint; // written by saveCheckpoint
    return checkpoint.identity === identity ? checkpoint : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all: a process that is killed leaves the one before. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(checkpoint)}\n`);
  await rename(draft, path);
}

export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true });
}
