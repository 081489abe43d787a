import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedBackend, type EmbeddedOptions, openEmbedded } from '../../data/embedded/embedded.ts';
import type { OpenQueue, QueuesUnderTest } from './queue.contract.ts';

export interface TestDirectory {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

export async function makeDirectory(): Promise<TestDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'forewarn-embedded-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A backend in a directory of its own that goes with it. */
export async function startEmbedded(
  options: Partial<EmbeddedOptions> = {},
): Promise<EmbeddedBackend & { readonly directory: string; readonly stop: () => Promise<void> }> {
  const directory = await makeDirectory();
  const backend = await openEmbedded({ directory: directory.path, nowMs: () => 1_800_000_000_000, ...options });
  const stop = async (): Promise<void> => {
    await backend.close();
    await directory.remove();
  };
  return { ...backend, directory: directory.path, stop };
}

/** Queues whose time passes only when the test says so, and then at once. */
export async function startEmbeddedQueues(): Promise<QueuesUnderTest> {
  const stops: (() => Promise<void>)[] = [];
  return {
    openQueue: async (maxReceives): Promise<OpenQueue> => {
      let timeMs = 1_800_000_000_000;
      const { queue, stop } = await startEmbedded({ maxReceives, nowMs: () => timeMs });
      stops.push(stop);
      const passMs = async (durationMs: number): Promise<void> => {
        timeMs += durationMs;
      };
      return { queue, passMs };
    },
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}
