import { parentPort } from 'node:worker_threads';
import type { FromForecastThread, ToForecastThread } from '../../local/forecast-protocol.ts';

/** A thread that dies of a batch whose time is zero, and makes nothing of the others. */
parentPort!.on('message', ({ id, batch }: ToForecastThread) => {
  if (batch.nowMs === 0) throw new Error('out of something');
  const made: FromForecastThread = { kind: 'made', id, forecasts: [] };
  parentPort!.postMessage(made);
});
