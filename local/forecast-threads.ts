import { Worker } from 'node:worker_threads';
import type { ForecastBatch, ForecastSetup, OpenForecasting } from '../functions/forecast/forecasting.ts';
import type { Forecast } from '../models/domain/forecast.ts';
import type { FromForecastThread, ToForecastThread } from './forecast-protocol.ts';

/** One is computed while the next is on its way. */
const BATCHES_PER_THREAD = 2;

interface Thread {
  readonly waiting: number;
  forecast(batch: ForecastBatch): Promise<readonly Forecast[]>;
  end(): Promise<void>;
}

export interface ForecastThreadsOptions {
  /** At most so many threads, at least one. */
  readonly threads: number;
  /** What runs in each. Tests give another. */
  readonly script?: URL;
}

/**
 * Computes forecasts in threads of their own, so that all processors take part and nothing else waits.
 *
 * Threads start with the first batches and end with `end`. Where one dies, what it had is rejected with the reason;
 * the next batch starts another in its place.
 */
export function createForecastThreads({
  threads: most,
  script = new URL('./forecast-worker.ts', import.meta.url),
}: ForecastThreadsOptions): OpenForecasting {
  return (setup) => {
    const threads = new Set<Thread>();
    const start = (): Thread => {
      const thread = startThread(script, setup, () => threads.delete(thread));
      threads.add(thread);
      return thread;
    };
    const leastBusy = (): Thread | undefined =>
      [...threads].reduce<Thread | undefined>(
        (best, thread) => (best === undefined || thread.waiting < best.waiting ? thread : best),
        undefined,
      );
    return {
      batchesAtOnce: most * BATCHES_PER_THREAD,
      forecast: (batch) => {
        const free = leastBusy();
        const isStarted = free !== undefined && (free.waiting === 0 || threads.size === most);
        return (isStarted ? free : start()).forecast(batch);
      },
      end: async () => {
        await Promise.all([...threads].map((thread) => thread.end()));
      },
    };
  };
}

function startThread(script: URL, setup: ForecastSetup, onEnd: () => void): Thread {
  const worker = new Worker(script, { name: 'forecast', workerData: setup });
  const waiting = new Map<number, PromiseWithResolvers<readonly Forecast[]>>();
  let nextId = 1;
  const fail = (why: string, cause?: unknown): void => {
    onEnd();
    for (const { reject } of waiting.values()) reject(new Error(`a forecast thread ended: ${why}`, { cause }));
    waiting.clear();
  };
  worker.on('message', (message: FromForecastThread) => {
    const run = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'failed') run?.reject(message.error);
    else run?.resolve(message.forecasts);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error), error));
  worker.on('messageerror', (error) => {
    fail('its answer cannot be read', error);
    void worker.terminate();
  });
  worker.on('exit', (code) => fail(`exit code ${code}`));
  return {
    get waiting() {
      return waiting.size;
    },
    forecast(batch) {
      const run = Promise.withResolvers<readonly Forecast[]>();
      waiting.set(nextId, run);
      worker.postMessage({ id: nextId, batch } satisfies ToForecastThread);
      nextId++;
      return run.promise;
    },
    async end() {
      await worker.terminate();
    },
  };
}
