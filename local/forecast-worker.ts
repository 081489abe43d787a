import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createForecastBatch, type ForecastSetup } from '../functions/forecast/forecasting.ts';
import type { FromForecastThread, ToForecastThread } from './forecast-protocol.ts';

/** Answers to people come first. */
const NICENESS = 10;

// On Linux this is the priority of the thread that asks; elsewhere it would be that of the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
const forecastBatch = createForecastBatch(workerData as ForecastSetup); // given by createForecastThreads

parentPort!.on('message', ({ id, batch }: ToForecastThread) => tell(answer(id, batch)));

function answer(id: number, batch: ToForecastThread['batch']): FromForecastThread {
  try {
    return { kind: 'made', id, forecasts: forecastBatch(batch) };
  } catch (error) {
    return { kind: 'failed', id, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function tell(message: FromForecastThread): void {
  parentPort!.postMessage(message);
}
