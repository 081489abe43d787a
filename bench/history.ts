import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Objects, StoredObject } from '../data/contracts.ts';
import { openEmbedded } from '../data/embedded/embedded.ts';
import { createHistory, type History, type SeriesRef } from '../data/history/history.ts';
import { RESOLUTIONS, type Resolution } from '../data/state/shard-state.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { type HistoryLoad, START_MS, seriesIdAt, storeHistory, WORKSPACE } from './history-load.ts';

const LOADS: readonly HistoryLoad[] = [
  { series: 100, stepMs: 60_000, days: 30 },
  { series: 300, stepMs: FIVE_MINUTES_MS, days: 30 },
];
/** Each read by a reader that has read nothing before. */
const READ_SERIES = 10;

/** Of one reading. */
interface Cost {
  readonly requests: number;
  readonly kilobytes: number;
  readonly cpuMs: number;
  readonly rows: number;
}

export const historyBench = {
  name: 'history',
  describe: 'what reading 30 days of one series costs, and what they take, merged as the service does it and not',
  async run(): Promise<Record<string, unknown>> {
    const figures: Record<string, unknown> = {};
    for (const load of LOADS) {
      for (const isMerged of [false, true]) {
        const name = `${load.series} series, ${load.stepMs / 1_000} s, ${isMerged ? 'as kept' : 'as flushed'}`;
        process.stderr.write(`history: ${name}\n`);
        figures[name] = await measure(name, load, isMerged);
      }
    }
    const protocol = `fixed: ${READ_SERIES} series of one shard, each by a reader that has read nothing before; processor time of the whole process, the thread of the store included`;
    return { protocol, ...figures };
  },
};

async function measure(name: string, load: HistoryLoad, isMerged: boolean): Promise<Record<string, unknown>> {
  const directory = mkdtempSync(join(tmpdir(), 'forewarn-bench-'));
  const { objects, close } = await openEmbedded({ directory, nowMs: () => START_MS });
  try {
    const startedAt = process.cpuUsage();
    const { chunks } = await storeHistory(objects, load, isMerged);
    const writingMicros = cpuMicros(startedAt);
    const sizeBytes = (resolution: Resolution): number =>
      chunks.reduce((sum, chunk) => sum + (chunk.resolution === resolution ? chunk.sizeBytes : 0), 0);
    const samples = (load.series * load.days * DAY_MS) / load.stepMs;
    const figures: Record<string, Cost & { readonly bytesPerSample: number; readonly chunks: number }> = {};
    for (const resolution of RESOLUTIONS) {
      figures[resolution] = {
        bytesPerSample: Math.round((1_000 * sizeBytes(resolution)) / samples) / 1_000,
        chunks: chunks.filter((chunk) => chunk.resolution === resolution).length,
        ...(await readSome(objects, load, resolution)),
      };
    }
    const writingCpuMicrosPerSample = Math.round((10 * writingMicros) / samples) / 10;
    process.stdout.write(`${name}: ${writingCpuMicrosPerSample} µs a sample to write\n`);
    for (const [resolution, cost] of Object.entries(figures)) {
      process.stdout.write(`  ${resolution.padEnd(4)}${JSON.stringify(cost)}\n`);
    }
    return { writingCpuMicrosPerSample, ...figures };
  } finally {
    await close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function readSome(objects: Objects, load: HistoryLoad, resolution: Resolution): Promise<Cost> {
  const counted = countReads(objects);
  // Compiled code and the caches of the system are those of a service that runs.
  await readOne(createHistory(objects), load, resolution, 0);
  const startedAt = process.cpuUsage();
  let rows = 0;
  for (let i = 0; i < READ_SERIES; i++) {
    const index = Math.floor((i * load.series) / READ_SERIES);
    rows += await readOne(createHistory(counted.objects), load, resolution, index);
  }
  const readingMicros = cpuMicros(startedAt);
  const each = (total: number): number => Math.round((10 * total) / READ_SERIES) / 10;
  return {
    requests: each(counted.requests()),
    kilobytes: each(counted.bytes() / 1_000),
    cpuMs: each(readingMicros / 1_000),
    rows: each(rows),
  };
}

function cpuMicros(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

async function readOne(history: History, load: HistoryLoad, resolution: Resolution, index: number): Promise<number> {
  const ref: SeriesRef = { workspace: WORKSPACE, shard: 0, seriesId: seriesIdAt(index) };
  const toMs = START_MS + load.days * DAY_MS;
  if (resolution === 'raw') return (await history.readSamples(ref, START_MS, toMs)).values.length;
  const stepMs = resolution === '5m' ? FIVE_MINUTES_MS : HOUR_MS;
  return (await history.readRollups(ref, stepMs, START_MS, toMs)).counts.length;
}

function countReads(objects: Objects) {
  let requests = 0;
  let bytes = 0;
  const count = (found: StoredObject | undefined): StoredObject | undefined => {
    requests++;
    bytes += found?.bytes.length ?? 0;
    return found;
  };
  const counting: Objects = {
    ...objects,
    get: async (key) => count(await objects.get(key)),
    getRange: async (key, startByte, endByte) => count(await objects.getRange(key, startByte, endByte)),
  };
  return { objects: counting, requests: () => requests, bytes: () => bytes };
}
