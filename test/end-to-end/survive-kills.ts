import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { formatRfc3339 } from '../../functions/query/rfc3339.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';
import { type ReadyService, type ServiceProcess, startService } from '../support/service.ts';
import {
  type Named,
  type Points,
  queueToEmpty,
  type Rollups,
  readJson,
  readList,
  until,
} from '../support/service-api.ts';
import { METRIC, runSender, SERIES_PER_SENDER, sampleCode } from './senders.ts';
import { fatesOf, findViolations, type StoredSeries, type WriteEvent } from './write-history.ts';

const SEED = 20_261_121;
const SENDERS = 3;
/** More than a message can stay with a consumer that has died. */
const DRAIN_TIMEOUT_MS = 240_000;
/** Few enough that one answer holds them. */
const SAMPLES_PER_QUERY = 10_000;

/**
 * A service that is killed again and again while it is sent to: at the end every acknowledged sample is there, once.
 *
 * The caller is a test.
 */
export async function surviveKills(kills: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-kill-'));
  const running = createRunning(directory);
  onTestFinished(async () => {
    await running.process()?.kill();
    await rm(directory, { recursive: true });
  });
  const random = createRandom(SEED);
  const history: WriteEvent[] = [];
  let isOver = false;
  const senders = Array.from({ length: SENDERS }, (_, sender) =>
    runSender({
      sender,
      random: createRandom(SEED + sender),
      service: running.service,
      history,
      isOver: () => isOver,
    }),
  );

  for (let kill = 0; kill < kills; kill++) await running.startAndKill(random);
  const service = await running.start();
  // A slow machine acknowledges little between two kills.
  await until('enough that is acknowledged', DRAIN_TIMEOUT_MS, async () => acknowledged(history) || undefined);
  isOver = true;
  await Promise.all(senders);
  const { status, counts } = await queueToEmpty(service, DRAIN_TIMEOUT_MS);
  const stored = await readStored(service, history);

  expect({ status, dead: counts.queue_dead }).toEqual({ status: 'ok', dead: 0 });
  expect(history.filter(({ type }) => type === 'info').length).toBeGreaterThan(0);
  expect(stored).toHaveLength(SENDERS * SERIES_PER_SENDER);
  const violations = stored.flatMap(({ sender, one, series }) =>
    findViolations(series, fatesOf(history, sender), sampleCode(sender, one)),
  );
  expect(violations.slice(0, 20), `${violations.length} violations, seed ${SEED}`).toEqual([]);
}

function acknowledged(history: readonly WriteEvent[]): boolean {
  return history.filter(({ type }) => type === 'ok').length > 100;
}

/** The one process that runs at a time, and the senders' view of it. */
function createRunning(directory: string) {
  let child: ServiceProcess | undefined;
  let up = Promise.withResolvers<ReadyService>();
  const launch = (): ServiceProcess => {
    child = startService(directory, { FOREWARN_SHARD_COUNT: '2', FOREWARN_LOG_LEVEL: 'error' });
    return child;
  };
  return {
    process: () => child,
    service: () => up.promise,
    async start(): Promise<ReadyService> {
      const service = await launch().ready();
      up.resolve(service);
      return service;
    },
    /** Kills it at any moment of its work, and now and then before it is ready. */
    async startAndKill(random: Random): Promise<void> {
      const started = launch();
      if (random.uniform() < 0.2) {
        await sleep(random.uniform() * 1_500);
      } else {
        up.resolve(await started.ready());
        await sleep(20 + random.uniform() * 480);
        up = Promise.withResolvers<ReadyService>();
      }
      await started.kill();
    },
  };
}

interface Stored {
  readonly sender: number;
  readonly one: number;
  readonly series: StoredSeries;
}

async function readStored(service: ReadyService, history: readonly WriteEvent[]): Promise<readonly Stored[]> {
  const most = history.reduce((end, { to }) => Math.max(end, to), 0);
  const stored: Stored[] = [];
  for (const { series_id: id, labels } of await readList<Named>(service, `/v1/series?metric=${METRIC}`)) {
    const sender = Number(labels.sender);
    const one = Number(labels.series);
    const { startMs, stepMs } = sampleCode(sender, one);
    const points: { timestampMs: number; value: number }[] = [];
    const rollups: { startMs: number; count: number }[] = [];
    // One more than was ever sent, so that what nobody sent would show.
    for (let from = 0; from <= most; from += SAMPLES_PER_QUERY) {
      const range = `from=${timeOf(startMs + from * stepMs)}&to=${timeOf(startMs + (from + SAMPLES_PER_QUERY) * stepMs)}`;
      const raw = await readJson<Points>(service, `/v1/series/${id}/samples?${range}`);
      points.push(...raw.points.map(({ time, value }) => ({ timestampMs: Date.parse(time), value })));
      const rolled = await readJson<Rollups>(service, `/v1/series/${id}/samples?step=5m&${range}`);
      rollups.push(...rolled.points.map(({ time, count }) => ({ startMs: Date.parse(time), count })));
    }
    stored.push({ sender, one, series: { name: `sender ${sender}, series ${one}`, points, rollups } });
  }
  return stored;
}

function timeOf(timestampMs: number): string {
  return encodeURIComponent(formatRfc3339(timestampMs));
}
