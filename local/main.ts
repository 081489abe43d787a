import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { systemNowMs } from '../functions/platform/clock.ts';
import { readEnv } from '../functions/platform/env.ts';
import { type LocalEnv, localEnv } from '../functions/platform/env-local.ts';
import { ServiceError } from '../functions/platform/errors.ts';
import { createLog } from '../functions/platform/log.ts';
import { plural } from '../functions/report/format.ts';
import { credentialsPath } from './credentials.ts';
import { loadSample, markSampleLoaded, STEPS } from './first-start.ts';
import { createProgress, type Progress } from './progress.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { startSelfMonitor } from './self-monitor.ts';
import { describePrediction, readOpenPredictions, remoteWriteBlock } from './summary.ts';
import { warmUpIngest } from './warm-up.ts';

const MOST_URGENT = 3;

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  // What is wrong with the settings, the port or the directory is for the person who started it; the rest is ours.
  const isForUser = error instanceof ServiceError || (error instanceof Error && 'code' in error);
  console.error(isForUser ? `forewarn: ${(error as Error).message}` : error);
  process.exit();
}

async function main(): Promise<void> {
  const env = readEnv(localEnv);
  const progress = createProgress(process.stdout);
  const log = createLog({ room: 'local', level: env.logLevel, nowMs: systemNowMs });
  // Meanwhile the threads of the store and of the analytics start.
  const warmedUp = warmUpIngest({ shardCount: env.shardCount, nowMs: systemNowMs, log });
  let starting = true;
  const runtime = await startRuntime({
    env,
    onProgress: (room, ratio) => {
      if (room === 'forecast' && starting) progress.step(STEPS.forecast, ratio);
    },
    onCrash: (error) => {
      console.error('forewarn: the analytics thread ended, stopping:', error);
      process.exit(1);
    },
  });
  let stopMonitor = (): void => undefined;
  const isStopping = stopOnSignal(async () => {
    stopMonitor();
    await runtime.close();
  });
  await warmedUp;
  progress.say(`forewarn is ready at ${runtime.baseUrl}`);
  stopMonitor = startSelfMonitor({
    baseUrl: runtime.baseUrl,
    ingestKey: runtime.credentials.keys.ingest,
    directory: runtime.dataDirectory,
    nowMs: systemNowMs,
    log,
  }).stop;
  try {
    if (env.sample) await firstStart(env, runtime, progress);
  } catch (error) {
    // Told to stop meanwhile: the next start takes up what this one leaves unfinished.
    if (isStopping()) return;
    throw error;
  }
  if (isStopping()) return;
  starting = false;
  runtime.analytics.schedule();
  await showUse(runtime, progress);
}

/** Sample in, then every room once, so that there is something to see at once. */
async function firstStart(env: LocalEnv, runtime: Runtime, progress: Progress): Promise<void> {
  const sample = await loadSample(runtime, progress);
  if (sample !== undefined) {
    const nowMs = systemNowMs();
    for (const room of ['survey', 'forecast', 'decide', 'report', 'notify'] as const)
      await runtime.analytics.run(room, nowMs);
    await markSampleLoaded(runtime);
    const { series, samples, logRecords, changes } = sample;
    progress.say(
      `Sample data: ${plural(samples, 'sample')} in ${series} series, ${plural(logRecords, 'log record')}, ${plural(changes, 'change')}`,
    );
  }
  await showPredictions(env, runtime, progress);
}

async function showPredictions(env: LocalEnv, runtime: Runtime, progress: Progress): Promise<void> {
  const open = await readOpenPredictions(runtime.baseUrl, runtime.credentials.keys.read);
  const shown = open.slice(0, MOST_URGENT);
  progress.say('');
  progress.say(
    `Predicted issues: ${open.length}${shown.length < open.length ? `, the ${shown.length} most urgent` : ''}`,
  );
  shown.forEach((prediction, i) => {
    const [title, ...lines] = describePrediction(prediction, env.timeZone, systemNowMs());
    progress.say(`${i + 1}. ${title}`);
    for (const line of lines) progress.say(line);
  });
  const mail = await newestMail(runtime.outboxDirectory);
  if (mail !== undefined) {
    progress.say('');
    progress.say(`Digest e-mail: ${relative('.', mail)} (open the .html beside it in a browser)`);
  }
}

async function newestMail(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .at(-1);
  return newest && join(directory, newest);
}

async function showUse(runtime: Runtime, progress: Progress): Promise<void> {
  const { baseUrl, credentials, dataDirectory } = runtime;
  progress.say(`Keys: ${relative('.', credentialsPath(dataDirectory))} (ingest, read, admin)`);
  progress.say('');
  progress.say('Point Prometheus here: paste into prometheus.yml');
  progress.say(remoteWriteBlock(baseUrl, credentials.keys.ingest));
  progress.say('');
  progress.say(`Ask: curl -H "Authorization: Bearer ${credentials.keys.read}" ${baseUrl}/v1/predictions`);
  progress.say('Stop: Ctrl-C');
}

/** The first signal stops in order; a second one does not wait for it. Tells whether one has come. */
function stopOnSignal(close: () => Promise<void>): () => boolean {
  let closing = false;
  const stop = (): void => {
    if (closing) process.exit(130);
    closing = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('forewarn: did not stop cleanly:', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => closing;
}
