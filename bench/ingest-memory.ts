import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_INGEST_LIMITS } from '../functions/ingest/limits.ts';
import { type Body, LARGEST_BODIES } from './largest-bodies.ts';
import { LOG_FILE, type Service, startService } from './service.ts';

const HEAP_MB = 256;
const REQUESTS = 200;
/** Of each kind so many requests differ; sent again they are replays. */
const DIFFERENT = 4;
const DETECTED_WITHIN_MS = 600_000;
const POLL_MS = 1_000;

export const ingestMemoryBench = {
  name: 'ingest-memory',
  describe: `${REQUESTS} of the largest requests at once, with a heap of ${HEAP_MB} MB`,
  async run(): Promise<Record<string, unknown>> {
    const { wireBodyBytes, decodedBodyBytes } = DEFAULT_INGEST_LIMITS;
    return {
      protocol: `fixed: of each kind ${REQUESTS} requests at once over connections of their own, each of at most ${wireBodyBytes} bytes that become up to ${decodedBodyBytes}; answers are counted by status; then until the queue is empty`,
      ...(await runIngestMemory(LARGEST_BODIES)),
    };
  },
};

export interface IngestMemory {
  /** How often each status came, or what became of the connection, by kind of request. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly peakRssMb: number;
  /** From the last answer until the queue was empty. */
  readonly detectLagMs: number;
  readonly deadMessages: number;
}

/** Throws where the service ends, whatever it was sent. */
export async function runIngestMemory(kinds: typeof LARGEST_BODIES): Promise<IngestMemory> {
  const options = { nodeOptions: [`--max-old-space-size=${HEAP_MB}`], logsToFile: true };
  const service = await startService({ FOREWARN_SAMPLE: 'off' }, options);
  try {
    const answers: Record<string, Record<string, number>> = {};
    for (const [kind, create] of Object.entries(kinds)) {
      process.stderr.write(`ingest-memory: ${kind}\n`);
      answers[kind] = await sendAtOnce(service, create);
      process.stdout.write(`${kind.padEnd(42)}${JSON.stringify(answers[kind])}\n`);
    }
    const answeredMs = performance.now();
    const deadMessages = await untilDetected(service);
    const detectLagMs = Math.round(performance.now() - answeredMs);
    const { peakMb: peakRssMb } = service.memory();
    process.stdout.write(`${'peakRssMb'.padEnd(42)}${peakRssMb}\n${'detectLagMs'.padEnd(42)}${detectLagMs}\n`);
    return { answers, peakRssMb, detectLagMs, deadMessages };
  } catch (error) {
    const log = readFileSync(join(service.directory, LOG_FILE), 'utf8');
    throw new Error(`the service did not live through it:\n${log.slice(-2_000)}`, { cause: error });
  } finally {
    await service.stop();
    service.remove();
  }
}

async function sendAtOnce(service: Service, create: (i: number) => Body): Promise<Record<string, number>> {
  const bodies = Array.from({ length: DIFFERENT }, (_, i) => create(i));
  const answered = await Promise.all(Array.from({ length: REQUESTS }, (_, i) => send(service, bodies[i % DIFFERENT]!)));
  const counts: Record<string, number> = {};
  for (const answer of answered) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

/** The status, or what became of the connection. */
function send({ baseUrl, keys }: Service, { path, headers, bytes }: Body): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const all = { ...headers, authorization: `Bearer ${keys.ingest}`, 'content-length': bytes.length };
  const outgoing = request(new URL(path, baseUrl), { method: 'POST', agent: false, headers: all }, (response) => {
    response.resume().once('end', () => resolve(`${response.statusCode}`));
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  outgoing.end(bytes);
  return promise;
}

/** Waits until everything that was accepted is detected; how many messages were given up. */
async function untilDetected({ baseUrl }: Service): Promise<number> {
  const untilMs = performance.now() + DETECTED_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${baseUrl}/v1/health`);
    const { counts } = (await response.json()) as { counts: Record<string, number> };
    if (counts.queue_waiting! + counts.queue_in_flight! === 0) return counts.queue_dead!;
    if (performance.now() > untilMs) throw new Error(`not detected in time: ${JSON.stringify(counts)}`);
    await sleep(POLL_MS);
  }
}
