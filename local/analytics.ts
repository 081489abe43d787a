import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AnalyticsData, AnalyticsRoom, FromAnalytics, ToAnalytics } from './analytics-protocol.ts';

export interface Analytics {
  /** Runs a room once for this time; rejects with what it failed of. */
  run(room: AnalyticsRoom, nowMs: number): Promise<void>;
  /** From now on the rooms run by the clock. */
  schedule(): void;
  stop(): Promise<void>;
}

/** Starts the thread of the analytic rooms; it works on the queue from the beginning. */
export async function startAnalytics(
  data: AnalyticsData,
  onProgress: (room: AnalyticsRoom, ratio: number) => void,
  onCrash: (error: Error) => void,
): Promise<Analytics> {
  const worker = new Worker(new URL('./analytics-worker.ts', import.meta.url), {
    name: 'analytics',
    workerData: data,
    transferList: data.backend.kind === 'embedded' ? [data.backend.port] : [],
  });
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let stopped: (() => void) | undefined;
  const tell = (message: ToAnalytics): void => worker.postMessage(message);

  await once(worker, 'message'); // ready
  worker.on('message', (message: FromAnalytics) => {
    switch (message.kind) {
      case 'ready':
        return;
      case 'progress':
        onProgress(message.room, message.ratio);
        return;
      case 'ran': {
        const run = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error === null) run?.resolve();
        else run?.reject(new Error(message.error));
        return;
      }
      case 'stopped':
        stopped?.();
        return;
    }
  });
  worker.on('error', (error) => {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const { reject } of waiting.values()) reject(failure);
    onCrash(failure);
  });

  return {
    run(room, nowMs) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.set(nextId, { resolve, reject });
      tell({ kind: 'run', id: nextId, room, nowMs });
      nextId++;
      return promise;
    },
    schedule: () => tell({ kind: 'schedule' }),
    async stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      stopped = resolve;
      tell({ kind: 'stop' });
      await promise;
      await worker.terminate();
    },
  };
}
