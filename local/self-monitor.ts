import { statfs } from 'node:fs/promises';
import { cpus, freemem, hostname, loadavg, totalmem } from 'node:os';
import type { Log } from '../functions/platform/log.ts';

export interface SelfMonitor {
  stop(): void;
}

const EVERY_MS = 15_000;

/** Reports this machine through the public API like any other client, so that something live is there at once. */
export function startSelfMonitor(options: {
  readonly baseUrl: string;
  readonly ingestKey: string;
  readonly directory: string;
  readonly nowMs: () => number;
  readonly log: Log;
}): SelfMonitor {
  const { baseUrl, ingestKey, directory, nowMs, log } = options;
  let before = processorTimes();

  const report = async (): Promise<void> => {
    const now = processorTimes();
    const busyPercent = cpuPercent(before, now);
    before = now;
    const disk = await statfs(directory);
    const labels = { service: 'forewarn', instance: hostname() };
    const timestamp = nowMs();
    const metric = (name: string, value: number) => ({ name, labels, timestamp, value });
    const metrics = [
      metric('machine_cpu_usage_percent', busyPercent),
      metric('machine_memory_used_bytes', totalmem() - freemem()),
      metric('machine_disk_used_bytes', (disk.blocks - disk.bavail) * disk.bsize),
      metric('machine_load_1m', loadavg()[0]!),
      metric('forewarn_resident_memory_bytes', process.memoryUsage.rss()),
    ].filter(({ value }) => Number.isFinite(value));
    const response = await fetch(`${baseUrl}/v1/ingest/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ingestKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ metrics }),
    });
    await response.arrayBuffer();
    if (!response.ok) log.warn('own metrics were refused', { status: response.status });
  };

  const timer = setInterval(() => {
    report().catch((error: unknown) => log.warn('own metrics were not sent', { error }));
  }, EVERY_MS);
  report().catch((error: unknown) => log.warn('own metrics were not sent', { error }));
  return { stop: () => clearInterval(timer) };
}

interface ProcessorTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

function processorTimes(): ProcessorTimes {
  let idleMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.idle + times.user + times.sys + times.nice + times.irq;
  }
  return { idleMs, totalMs };
}

/** Share of the time between two looks in which the processors worked; NaN where no time has passed. */
function cpuPercent(before: ProcessorTimes, now: ProcessorTimes): number {
  const totalMs = now.totalMs - before.totalMs;
  return totalMs > 0 ? 100 * (1 - (now.idleMs - before.idleMs) / totalMs) : Number.NaN;
}
