import { readdirSync, readFileSync } from 'node:fs';
import { createStores } from '../data/tables/stores.ts';
import { readEnv } from '../functions/platform/env.ts';
import { localEnv } from '../functions/platform/env-local.ts';
import { startRuntime } from '../local/runtime.ts';

/*
 * The runtime of `npm start` on a directory that was filled before. Forecasts once, as the scheduler would at the given
 * time, asks and sends something all the while, and prints one line of JSON.
 */

const NANOS_PER_SECOND = 1e9;
/** Between two questions to the service, and between two looks at its threads. */
const PROBE_MS = 200;

const nowMs = Number(process.argv[2]);
const env = readEnv(localEnv);
let tenths = 0;
const runtime = await startRuntime({
  env,
  onProgress: (_room, ratio) => {
    const passed = Math.floor(10 * ratio);
    if (passed > tenths) process.stderr.write(`forecast-run: ${10 * passed} %\n`);
    tenths = passed;
  },
  onCrash: (error) => {
    throw error;
  },
});
const answersMs: number[] = [];
let isLooking = false;
const cpuByThread = new Map<string, { name: string; seconds: number }>();
const before = cpuOfProcess();
readThreads();
const atStart = totals();
const probe = setInterval(() => void look(), PROBE_MS);
const startedMs = performance.now();
await runtime.analytics.run('forecast', nowMs);
const wallSeconds = (performance.now() - startedMs) / 1_000;
clearInterval(probe);
readThreads();
const cpuSeconds = cpuOfProcess() - before;
const figures = {
  wallSeconds,
  cpuSeconds,
  cpuSecondsByThread: Object.fromEntries(
    [...totals()].map(([name, seconds]) => [name, seconds - (atStart.get(name) ?? 0)]),
  ),
  peakRssMb: readPeakMb(),
  answersMs,
  ...(await countForecasts()),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
await runtime.close();

/** A question and a small batch, at the same time, as people and senders would; not before the last ones are answered. */
async function look(): Promise<void> {
  readThreads();
  if (isLooking) return;
  isLooking = true;
  const { baseUrl, credentials } = runtime;
  const headers = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
  const sample = { name: 'bench_probe', labels: {}, samples: [[Date.now(), 1]] };
  await Promise.all([
    timed(() => fetch(`${baseUrl}/v1/forecasts?limit=20`, { headers: headers(credentials.keys.read) })),
    timed(() =>
      fetch(`${baseUrl}/v1/ingest/metrics`, {
        method: 'POST',
        headers: headers(credentials.keys.ingest),
        body: JSON.stringify({ metrics: [sample] }),
      }),
    ),
  ]);
  isLooking = false;
}

async function timed(ask: () => Promise<Response>): Promise<void> {
  const from = performance.now();
  const { ok, status } = await ask();
  if (!ok) throw new Error(`a probe was answered with ${status}`);
  answersMs.push(performance.now() - from);
}

function readThreads(): void {
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      const directory = `/proc/self/task/${thread}`;
      const name = readFileSync(`${directory}/comm`, 'utf8').trim();
      const [nanos] = readFileSync(`${directory}/schedstat`, 'utf8').split(' ');
      cpuByThread.set(thread, { name, seconds: Number(nanos) / NANOS_PER_SECOND });
    } catch {
      // It has ended in between: what was read of it before counts.
    }
  }
}

/** By name: threads of one name together, also those that have ended. */
function totals(): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const { name, seconds } of cpuByThread.values()) byName.set(name, (byName.get(name) ?? 0) + seconds);
  return byName;
}

function cpuOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function readPeakMb(): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024;
}

async function countForecasts(): Promise<{ published: number; abstained: number; limits: number }> {
  const { forecasts } = createStores(runtime.client.table);
  const count = { published: 0, abstained: 0, limits: 0 };
  let cursor: string | undefined;
  do {
    const page = await forecasts.list(runtime.credentials.workspace, { limit: 1_000, cursor });
    for (const { abstain, timeToLimit } of page.items) {
      if (abstain === null) count.published++;
      else count.abstained++;
      count.limits += timeToLimit.length;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return count;
}
