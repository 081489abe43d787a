import { systemNowMs } from '../functions/platform/clock.ts';
import type { Progress } from './progress.ts';
import type { Runtime } from './runtime.ts';
import { type SampleResult, sendSample } from './sample/send-sample.ts';
import { readSampleSetup, writeSampleSetup } from './setup.ts';

const DRAIN_POLL_MS = 200;
/**
 * Longer without any progress means that something is wrong, and waiting on helps nobody. What a consumer that was killed
 * had in hand may come back only when the queue's three minutes for it are over.
 */
const DRAIN_STUCK_MS = 240_000;

export const STEPS = {
  sample: 'Sending eight weeks of sample data',
  learn: 'Learning what is normal',
  forecast: 'Forecasting',
};

/**
 * Loads the sample company, once in the life of a data directory, and resolves when it is learned.
 *
 * A load that was cut off is repeated with the same times: what was stored before is recognised and counted once.
 */
export async function loadSample(runtime: Runtime, progress: Progress): Promise<SampleResult | undefined> {
  const { client, credentials, baseUrl } = runtime;
  const setup = await readSampleSetup(client.table, credentials.workspace);
  if (setup?.done) return undefined;
  const endMs = setup?.endMs ?? systemNowMs();
  await writeSampleSetup(client.table, credentials.workspace, { endMs, done: false });
  const result = await sendSample({
    baseUrl,
    keys: credentials.keys,
    endMs,
    onProgress: (ratio) => progress.step(STEPS.sample, ratio),
  });
  await waitForQueue(runtime, (ratio) => progress.step(STEPS.learn, ratio));
  return result;
}

export async function markSampleLoaded(runtime: Runtime): Promise<void> {
  const { client, credentials } = runtime;
  const setup = await readSampleSetup(client.table, credentials.workspace);
  if (setup !== undefined) await writeSampleSetup(client.table, credentials.workspace, { ...setup, done: true });
}

/** Resolves when the queue is empty: everything sent so far has been applied. */
async function waitForQueue({ client }: Runtime, onProgress: (ratio: number) => void): Promise<void> {
  let most = 1;
  let least = Number.POSITIVE_INFINITY;
  let movedAtMs = systemNowMs();
  for (;;) {
    const { waiting, inFlight } = await client.queue.depth();
    const left = waiting + inFlight;
    most = Math.max(most, left);
    if (left < least) {
      least = left;
      movedAtMs = systemNowMs();
    }
    onProgress(1 - left / most);
    if (left === 0) return;
    if (systemNowMs() - movedAtMs > DRAIN_STUCK_MS) throw new Error(`the queue does not empty: ${left} messages wait`);
    await new Promise((resolve) => {
      setTimeout(resolve, DRAIN_POLL_MS);
    });
  }
}
