import { execFileSync } from 'node:child_process';
import { applyBench } from './apply.ts';
import { bizitobsBench } from './bizitobs.ts';
import { calendarBench } from './calendar.ts';
import { calibrationBench } from './calibration.ts';
import { daysBench } from './days.ts';
import { decodeBench } from './decode.ts';
import { detectBench } from './detect.ts';
import { forecastBench } from './forecast.ts';
import { forecastRunBench } from './forecast-run.ts';
import { historyBench } from './history.ts';
import { ingestBench } from './ingest.ts';
import { ingestConformanceBench } from './ingest-conformance.ts';
import { ingestMemoryBench } from './ingest-memory.ts';
import { kpiBench } from './kpi.ts';
import { m4Bench } from './m4.ts';
import { nabBench } from './nab.ts';
import { startBench } from './start.ts';
import { storageBench } from './storage.ts';
import { surveyBench } from './survey.ts';

/** One benchmark: progress on standard error, its table on standard output, its figures as the answer. */
interface Bench {
  readonly name: string;
  readonly describe: string;
  readonly run: (args: string[]) => Promise<Record<string, unknown>>;
}

const BENCHES: readonly Bench[] = [
  ingestBench,
  ingestMemoryBench,
  ingestConformanceBench,
  startBench,
  storageBench,
  historyBench,
  decodeBench,
  applyBench,
  detectBench,
  nabBench,
  kpiBench,
  surveyBench,
  forecastBench,
  forecastRunBench,
  m4Bench,
  bizitobsBench,
  calibrationBench,
  calendarBench,
  daysBench,
];

const [name, ...args] = process.argv.slice(2);
if (name === '--list') for (const bench of BENCHES) process.stdout.write(`${bench.name.padEnd(20)}${bench.describe}\n`);
else await runBench(BENCHES.find((bench) => bench.name === name));

async function runBench(bench: Bench | undefined): Promise<void> {
  if (bench === undefined) {
    const names = BENCHES.map((one) => one.name).join(', ');
    process.stderr.write(`bench: name must be one of ${names}, got ${name ?? 'none'}; --list describes them\n`);
    process.exitCode = 1;
    return;
  }
  try {
    const figures = await bench.run(args);
    const origin = { bench: bench.name, commit: commit(), node: process.version };
    process.stdout.write(`${JSON.stringify({ ...origin, ...figures })}\n`);
  } catch (error) {
    process.stderr.write(`bench: ${bench.name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** What was measured; with a mark where files differ from it. */
function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
