import { setTimeout as sleep } from 'node:timers/promises';
import { countOption } from './options.ts';
import { buildLoad, type Load } from './remote-write-load.ts';
import { createSender, type SendLoad, type Sent } from './send-load.ts';
import { type Service, startService } from './service.ts';
import { measureStored } from './stored-figures.ts';

const DEFAULT_SECONDS = 20;
const DEFAULT_SERIES = 20_000;
const SAMPLES_PER_BODY = 2_000;
const STEP_MS = 15_000;
const CONNECTIONS = 5;
/** Requests are built beforehand for this rate; a faster service is measured for less time. */
const MOST_SAMPLES_PER_SECOND = 400_000;
const POLL_MS = 200;
/** Asking how far it is costs the service reading all its states: the pause is so many times as long as the answer took. */
const POLL_PAUSES = 3;
/** Rounds of known series before new ones come, so that nothing of what was asked is still to be tidied away. */
const SETTLING_ROUNDS = 5;
const OTHER_CLUSTERS = ['us-west-1', 'us-east-1', 'ap-south-1'];
/** Of one series, while nothing else is going on. */
const FRESH_POLL_MS = 10;
const SEED = 20_261_121;

export const ingestBench = {
  name: 'ingest',
  describe: 'samples per second through the whole service over HTTP, detection included [--seconds N] [--series N]',
  async run(args: readonly string[]): Promise<Record<string, unknown>> {
    const seconds = countOption(args, '--seconds', DEFAULT_SECONDS);
    const series = countOption(args, '--series', DEFAULT_SERIES);
    const loads = prepareLoad(seconds, series);
    const service = await startService({ FOREWARN_SAMPLE: 'off' });
    try {
      return await measure(service, loads, seconds, series);
    } finally {
      await service.stop();
      service.remove();
    }
  },
};

function prepareLoad(seconds: number, series: number): Loads {
  const samplesPerRound = series * Math.max(1, Math.floor(SAMPLES_PER_BODY / series));
  const rounds = 2 + Math.ceil((seconds * MOST_SAMPLES_PER_SECOND) / samplesPerRound);
  const ticks = (rounds * samplesPerRound) / series;
  const firstTickMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - ticks * STEP_MS;
  const shape = { series, samplesPerBody: SAMPLES_PER_BODY, rounds, firstTickMs, stepMs: STEP_MS, seed: SEED };
  const load = buildLoad(shape, (round) => {
    if (round % 20 === 0) process.stderr.write(`ingest: building requests, round ${round} of ${rounds}\n`);
  });
  const after = { ...shape, firstTickMs: load.lastTickMs + STEP_MS };
  return {
    load,
    settling: buildLoad({ ...after, rounds: SETTLING_ROUNDS }, () => {}),
    others: OTHER_CLUSTERS.map((cluster) => buildLoad({ ...after, rounds: 1, cluster }, () => {})),
  };
}

interface Loads {
  readonly load: Load;
  /** More of the same series. */
  readonly settling: Load;
  /** Each one round of as many series, none of which the service knows. */
  readonly others: readonly Load[];
}

interface Phase {
  readonly sent: Sent;
  readonly ackSeconds: number;
  /** Until everything was applied: scored, learned, rolled up and readable. */
  readonly streetSeconds: number;
  readonly cpuSeconds: number;
  /** By thread, until the last answer. */
  readonly ackCpuSeconds: ReadonlyMap<string, number>;
  /** Of the thread that detects, until everything was applied. */
  readonly detectCpuSeconds: number;
}

/** The thread of the service that detects, and does nothing for an answer. */
const DETECTION_THREAD = 'analytics';

async function measure(service: Service, { load, settling, others }: Loads, seconds: number, series: number) {
  const send = createSender(service, CONNECTIONS);
  process.stderr.write(`ingest: first round, ${series} new series\n`);
  const first = await runPhase(service, load, () => send(load.rounds.slice(0, 1), Number.POSITIVE_INFINITY), 0);
  process.stderr.write(`ingest: steady state for ${seconds} s\n`);
  const before = first.sent.requests.length;
  const steady = await runPhase(service, load, () => send(load.rounds.slice(1, -1), seconds), before);
  const memory = service.memory();
  const queryableMs = await measureFreshness(service, load, send);
  process.stderr.write(`ingest: ${others.length} times ${series} other series, all new\n`);
  const settled = await send(settling.rounds, Number.POSITIVE_INFINITY);
  const sentBefore = before + steady.sent.requests.length + load.rounds.at(-1)!.length + settled.requests.length;
  const newRounds = others.flatMap(({ rounds }) => rounds);
  const added = await runPhase(service, load, () => send(newRounds, Number.POSITIVE_INFINITY), sentBefore);
  await service.stop();
  const stored = await measureStored(service.directory, Date.now());
  const figures = {
    samplesPerSecond: Math.round(samplesOf(steady) / steady.streetSeconds),
    acknowledgedPerSecond: Math.round(samplesOf(steady) / steady.ackSeconds),
    requestsPerSecond: round1(steady.sent.requests.length / steady.ackSeconds),
    p50Ms: round1(quantile(steady.sent.requests, 0.5)),
    p99Ms: round1(quantile(steady.sent.requests, 0.99)),
    samplesPerCpuSecond: Math.round(samplesOf(steady) / steady.cpuSeconds),
    ingestSamplesPerCpuSecond: ingestRate(steady),
    ingestCpuMicrosByThread: cpuMicrosByThread(steady),
    firstTickSamplesPerCpuSecond: ingestRate(first),
    firstTickRatio: round2(ingestRate(first) / ingestRate(steady)),
    firstTickCpuMicrosByThread: cpuMicrosByThread(first),
    newSeriesSamplesPerCpuSecond: ingestRate(added),
    newSeriesRatio: round2(ingestRate(added) / ingestRate(steady)),
    newSeriesCpuMicrosByThread: cpuMicrosByThread(added),
    detectSamplesPerCpuSecond: Math.round(samplesOf(steady) / steady.detectCpuSeconds),
    detectLagMs: lagMs(steady),
    queryableMs,
    rssMb: memory.rssMb,
    peakRssMb: memory.peakMb,
    bytesPerSample: stored.bytesPerSample,
    segmentBytesPerSample: stored.segmentBytesPerSample,
    archiveBytesPerSample: stored.archiveBytesPerSample,
    stateBytesPerSeries: stored.stateBytesPerSeries,
    checkpointBytesPerSeries: stored.checkpointBytesPerSeries,
    firstRound: {
      samplesPerSecond: Math.round(samplesOf(first) / first.streetSeconds),
      p99Ms: round1(quantile(first.sent.requests, 0.99)),
      cpuSeconds: round1(first.cpuSeconds),
      detectLagMs: lagMs(first),
    },
    series,
    samples: stored.samples,
  };
  printTable(figures);
  return {
    protocol: `fixed: ${CONNECTIONS} connections, requests of ${SAMPLES_PER_BODY} samples built beforehand, 7 labels, ticks of 15 s, sender on the same machine; samplesPerSecond is from the first request of the steady state until everything sent is applied and readable, acknowledgedPerSecond until the last answer, detectLagMs from there; samplesPerCpuSecond counts all of the service, ingestSamplesPerCpuSecond all but its thread that detects, until the last answer; firstTick is the first round, all of it new series and the process just started; newSeries is three rounds at the end, each of as many other series, after five of known ones; queryableMs is how soon one more round is readable on an idle service; bytesPerSample is segments and archive at rest, as bench storage has it, segmentBytesPerSample the segments as they arrive`,
    ...figures,
  };
}

async function runPhase(
  service: Service,
  load: Load,
  send: () => Promise<Sent>,
  requestsBefore: number,
): Promise<Phase> {
  const cpuBefore = service.cpuSeconds();
  const threadsBefore = service.threadCpuSeconds();
  const startedMs = performance.now();
  const sent = await send();
  const ackSeconds = (performance.now() - startedMs) / 1_000;
  const ackCpuSeconds = new Map(
    [...service.threadCpuSeconds()].map(([name, seconds]) => [name, seconds - (threadsBefore.get(name) ?? 0)]),
  );
  const requests = requestsBefore + sent.requests.length;
  // Rounds have as many samples in as many requests, whichever series they are of.
  await untilApplied(service, (requests * load.samplesPerRound) / load.rounds[0]!.length);
  const streetSeconds = (performance.now() - startedMs) / 1_000;
  const cpuSeconds = service.cpuSeconds() - cpuBefore;
  const detected = (threads: ReadonlyMap<string, number>): number => threads.get(DETECTION_THREAD) ?? 0;
  const detectCpuSeconds = detected(service.threadCpuSeconds()) - detected(threadsBefore);
  return { sent, ackSeconds, streetSeconds, cpuSeconds, ackCpuSeconds, detectCpuSeconds };
}

/** What it took to make the data durable and to queue it: everything but the thread that detects. */
function ingestCpuSeconds({ ackCpuSeconds }: Phase): number {
  let seconds = 0;
  for (const [name, spent] of ackCpuSeconds) if (name !== DETECTION_THREAD) seconds += spent;
  return seconds;
}

/** Samples for each processor second of that. */
function ingestRate(phase: Phase): number {
  return Math.round(samplesOf(phase) / ingestCpuSeconds(phase));
}

/** How far detection is behind at the last answer. */
function lagMs({ streetSeconds, ackSeconds }: Phase): number {
  return Math.round(1_000 * (streetSeconds - ackSeconds));
}

/** Microseconds of each thread that one sample took until its answer. */
function cpuMicrosByThread(phase: Phase): Readonly<Record<string, number>> {
  const micros = (seconds: number): number => Math.round((seconds * 1e8) / samplesOf(phase)) / 100;
  const entries = [...phase.ackCpuSeconds].map(([name, seconds]) => [name, micros(seconds)] as const);
  return Object.fromEntries(entries.filter(([, spent]) => spent > 0));
}

/** From the last answer of one round on an idle service until its sample of one series is answered. */
async function measureFreshness({ baseUrl, keys }: Service, load: Load, send: SendLoad): Promise<number> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${keys.read}` } });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const { items } = (await get('/v1/series?metric=resource_usage_1&limit=1')) as { items: { series_id: string }[] };
  const from = new Date(load.lastTickMs).toISOString();
  const to = new Date(load.lastTickMs + 1).toISOString();
  await send(load.rounds.slice(-1), Number.POSITIVE_INFINITY);
  const startedMs = performance.now();
  for (;;) {
    const path = `/v1/series/${items[0]!.series_id}/samples?from=${from}&to=${to}`;
    const { points } = (await get(path)) as { points: unknown[] };
    if (points.length > 0) return Math.round(performance.now() - startedMs);
    await sleep(FRESH_POLL_MS);
  }
}

/** The shards count what they have applied; the service's own metrics are a handful more. */
async function untilApplied({ baseUrl, keys }: Service, samples: number): Promise<void> {
  for (;;) {
    const askedAtMs = performance.now();
    const response = await fetch(`${baseUrl}/v1/usage`, { headers: { authorization: `Bearer ${keys.read}` } });
    if (!response.ok) throw new Error(`usage was answered ${response.status}: ${await response.text()}`);
    const usage = (await response.json()) as { accepted: { samples: number }; discarded: Record<string, number> };
    const lost = Object.entries(usage.discarded);
    if (lost.length > 0) throw new Error(`samples were discarded: ${JSON.stringify(usage.discarded)}`);
    if (usage.accepted.samples >= samples) return;
    await sleep(Math.max(POLL_MS, POLL_PAUSES * (performance.now() - askedAtMs)));
  }
}

function samplesOf({ sent }: Phase): number {
  return sent.requests.length * SAMPLES_PER_BODY;
}

function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

function printTable(figures: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(30)}${JSON.stringify(value)}\n`);
  }
}
