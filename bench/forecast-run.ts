import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readEnv } from '../functions/platform/env.ts';
import { localEnv } from '../functions/platform/env-local.ts';
import { type FleetLoad, storeFleet } from './fleet-load.ts';
import { measureParts, type PartsCost } from './forecast-parts.ts';
import { countOption } from './options.ts';

const DEFAULT_SERIES = 10_000;
/** Six weeks. */
const DEFAULT_HOURS = 1_000;
/** Past the hour, as the scheduler runs it. */
const AFTER_MS = 120_000;
const END_MS = Date.UTC(2026, 10, 21, 10);
const ROOT = join(import.meta.dirname, '..');

/** What the process of the service says of the run. */
interface RunFigures {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly cpuSecondsByThread: Readonly<Record<string, number>>;
  readonly peakRssMb: number;
  /** Of questions and small batches that came meanwhile. */
  readonly answersMs: readonly number[];
  readonly published: number;
  readonly abstained: number;
  readonly limits: number;
}

export const forecastRunBench = {
  name: 'forecast-run',
  describe:
    'the hourly forecast of a whole fleet by the service on one machine: time, processor time, memory [--series N] [--hours N] [--limits N] [--threads N]',
  async run(args: readonly string[]): Promise<Record<string, unknown>> {
    const { shardCount, forecastThreads, timeZone } = readEnv(localEnv, {});
    const load: FleetLoad = {
      series: countOption(args, '--series', DEFAULT_SERIES),
      hours: countOption(args, '--hours', DEFAULT_HOURS),
      limitsPerSeries: countOption(args, '--limits', 1),
      shardCount,
      endMs: END_MS,
    };
    const threads = countOption(args, '--threads', forecastThreads);
    const directory = mkdtempSync(join(tmpdir(), 'forewarn-bench-'));
    try {
      await storeFleet(directory, load, (done) => {
        process.stderr.write(`forecast-run: shard ${done} of ${shardCount} loaded\n`);
      });
      const parts = await measureParts(directory, END_MS + AFTER_MS, timeZone);
      return report(load, threads, parts, await runService(directory, threads));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** A process of its own with the options of `npm start`, so that its memory is that of the service alone. */
async function runService(directory: string, threads: number): Promise<RunFigures> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const options = scripts.start.split(' ').filter((word) => word.startsWith('--'));
  const profiled = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const script = join(import.meta.dirname, 'forecast-run-service.ts');
  const running = promisify(execFile)(process.execPath, [...profiled, ...options, script, String(END_MS + AFTER_MS)], {
    cwd: ROOT,
    env: {
      ...process.env,
      FOREWARN_DATA: directory,
      FOREWARN_PORT: '0',
      FOREWARN_LOG_LEVEL: 'warn',
      FOREWARN_FORECAST_THREADS: String(threads),
    },
  });
  running.child.stderr?.pipe(process.stderr);
  return JSON.parse((await running).stdout) as RunFigures; // written by that script
}

function report(load: FleetLoad, threads: number, parts: PartsCost, run: RunFigures): Record<string, unknown> {
  const answers = [...run.answersMs].sort((a, b) => a - b);
  const answer = (share: number): number => rounded(answers[Math.ceil(share * answers.length) - 1] ?? 0);
  const figures = {
    series: load.series,
    hours: load.hours,
    limits: run.limits,
    threads,
    wallSeconds: rounded(run.wallSeconds),
    cpuSeconds: rounded(run.cpuSeconds),
    cpuMsPerSeries: rounded((1_000 * run.cpuSeconds) / load.series),
    peakRssMb: Math.round(run.peakRssMb),
    published: run.published,
    abstained: run.abstained,
    readMsPerSeries: rounded(parts.readMs),
    modelsMsPerSeries: rounded(parts.modelsMs),
    limitsMsPerSeries: rounded(parts.limitsMs),
    storeMsPerSeries: rounded(parts.storeMs),
    answerP50Ms: answer(0.5),
    answerP99Ms: answer(0.99),
    slowestAnswerMs: answer(1),
  };
  for (const [name, figure] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(20)}${String(figure).padStart(12)}\n`);
  }
  return {
    protocol:
      'fixed: five seeded shapes in turn, 1 % of the hours missing, limits far away, one run by a service that has just started; 1,000 hours, one limit a series and as many threads as processors (4 at most) unless told otherwise; parts: 200 series of one shard, one part after another, the store included; answers: a question and a small batch every 200 ms; other work on the machine included',
    ...figures,
    cpuSecondsByThread: Object.fromEntries(
      Object.entries(run.cpuSecondsByThread).map(([name, seconds]) => [name, rounded(seconds)]),
    ),
  };
}

function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}
