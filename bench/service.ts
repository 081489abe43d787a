import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The whole service, started as `npm start` starts it, in a process and a data directory of its own. */
export interface Service {
  readonly baseUrl: string;
  readonly directory: string;
  readonly keys: { readonly ingest: string; readonly read: string };
  /** Processor time of all its threads so far. */
  readonly cpuSeconds: () => number;
  /** The same by thread; threads of one name together. */
  readonly threadCpuSeconds: () => ReadonlyMap<string, number>;
  readonly memory: () => { readonly rssMb: number; readonly peakMb: number };
  /** Resolves with the first line that it prints with this beginning. */
  readonly printed: (beginning: string) => Promise<string>;
  readonly stop: () => Promise<void>;
  readonly remove: () => void;
}

const ROOT = join(import.meta.dirname, '..');
const READY = 'forewarn is ready at ';
const NANOS_PER_SECOND = 1e9;

export interface ServiceOptions {
  /** Before those of `npm start`. */
  readonly nodeOptions?: readonly string[];
  /** What it writes to standard error goes to a file of its directory: a service that refuses much says so each time. */
  readonly logsToFile?: boolean;
}

/** In the directory of the service. */
export const LOG_FILE = 'bench-service.log';

export async function startService(
  env: Readonly<Record<string, string>>,
  { nodeOptions = [], logsToFile = false }: ServiceOptions = {},
): Promise<Service> {
  const directory = mkdtempSync(join(tmpdir(), 'forewarn-bench-'));
  const errors = logsToFile ? openSync(join(directory, LOG_FILE), 'w') : 'inherit';
  const child = spawn(process.execPath, [...nodeOptions, ...nodeArguments(), ...startArguments()], {
    cwd: ROOT,
    env: { ...process.env, FOREWARN_PORT: '0', FOREWARN_LOG_LEVEL: 'error', ...env, FOREWARN_DATA: directory },
    stdio: ['ignore', 'pipe', errors],
  });
  const printed = createPrinted(child);
  const ready = await printed(READY);
  const { keys } = JSON.parse(readFileSync(join(directory, 'credentials.json'), 'utf8')) as Pick<Service, 'keys'>;
  return {
    baseUrl: ready.slice(READY.length).trim(),
    directory,
    keys,
    cpuSeconds: () => sum(readThreadCpuSeconds(child.pid!).values()),
    threadCpuSeconds: () => readThreadCpuSeconds(child.pid!),
    memory: () => readMemory(child.pid!),
    printed,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

/** Options for the service's node, to profile it: `BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=/tmp/profile"`. */
function nodeArguments(): string[] {
  const given = process.env.BENCH_NODE_OPTIONS;
  return given === undefined ? [] : given.split(' ');
}

function createPrinted(child: ChildProcess): Service['printed'] {
  const lines: string[] = [];
  const waiting: { beginning: string; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    for (const { beginning, resolve } of waiting) if (line.startsWith(beginning)) resolve(line);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting) reject(new Error(`the service ended with ${code}:\n${lines.join('\n')}`));
  });
  return (beginning) => {
    const known = lines.find((line) => line.startsWith(beginning));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => waiting.push({ beginning, resolve, reject }));
  };
}

function readThreadCpuSeconds(pid: number): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const directory = `/proc/${pid}/task/${thread}`;
    const name = readFileSync(`${directory}/comm`, 'utf8').trim();
    byName.set(name, (byName.get(name) ?? 0) + readCpuSeconds(directory));
  }
  return byName;
}

/**
 * Of one thread, by its directory in /proc. To the nanosecond: the usual clock of /proc counts hundredths of a second for
 * each thread, and a tick of new series takes all of them together a tenth.
 */
function readCpuSeconds(directory: string): number {
  const [nanos] = readFileSync(`${directory}/schedstat`, 'utf8').split(' ');
  return Number(nanos) / NANOS_PER_SECOND;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function readMemory(pid: number): { rssMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { rssMb: Math.round(kilobytes('VmRSS') / 1024), peakMb: Math.round(kilobytes('VmHWM') / 1024) };
}
