import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedBackend, openEmbedded } from '../data/embedded/embedded.ts';
import { parseSegmentMessage } from '../data/segments/message.ts';
import { assembleDetect, createBackend } from '../functions/assemble.ts';
import type { GroupMessage } from '../functions/detect/handle-group.ts';
import { systemNowMs } from '../functions/platform/clock.ts';
import { createLog } from '../functions/platform/log.ts';
import { createFleetMessages, FLEET_SHARDS, type FleetMessages } from './fleet-messages.ts';
import { countOption } from './options.ts';

const DEFAULT_SERIES = 20_000;
const DEFAULT_TICKS = 80;
/** Known series and compiled code: these are worked on one by one and not measured. */
const FIRST_TICKS = 5;
/** Ticks that wait before they are worked on. */
const BACKLOG_TICKS = 25;

export const applyBench = {
  name: 'apply',
  describe: 'samples per CPU second of detection alone, from queue message to stored state [--series N] [--ticks N]',
  async run(args: readonly string[]): Promise<Record<string, unknown>> {
    const series = countOption(args, '--series', DEFAULT_SERIES);
    const ticks = countOption(args, '--ticks', DEFAULT_TICKS);
    const directory = mkdtempSync(join(tmpdir(), 'forewarn-bench-'));
    const store = await openEmbedded({ directory, nowMs: systemNowMs });
    try {
      const small = await measure(store, createFleetMessages(store.objects, series), ticks, 64);
      const large = await measure(store, createFleetMessages(store.objects, series, 'backlog'), ticks, 256);
      process.stdout.write(`microseconds a sample: 64 messages at once ${small}, 256 at once ${large}\n`);
      return {
        microsPerSample: small,
        microsPerSampleOfBacklog: large,
        samplesPerCpuSecond: Math.round(1e6 / small),
        samplesPerCpuSecondOfBacklog: Math.round(1e6 / large),
        series,
        protocol: `fixed: ${series} series in ${FLEET_SHARDS} shards, parts of 2,000 samples, ticks of 15 s; the embedded store; processor time of the thread that detects, without the first ${FIRST_TICKS} ticks and without making the messages`,
      };
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Microseconds of the thread for each sample. */
async function measure(store: EmbeddedBackend, fleet: FleetMessages, ticks: number, atOnce: number): Promise<number> {
  const log = createLog({ room: 'bench', level: 'error', nowMs: systemNowMs });
  const { handleGroup } = assembleDetect(createBackend(store), { timeZone: 'Europe/Berlin', nowMs: systemNowMs, log });
  const handle = async (group: string, messages: readonly GroupMessage[]): Promise<void> => {
    const { failure } = await handleGroup(group, messages);
    if (failure !== undefined) throw failure;
  };
  let micros = 0;
  let samples = 0;
  for (let tick = 0; tick < ticks; tick++) {
    await fleet.addTick(tick);
    const isFirst = tick < FIRST_TICKS;
    if (!isFirst && (tick - FIRST_TICKS + 1) % BACKLOG_TICKS !== 0 && tick + 1 < ticks) continue;
    for (const [group, messages] of fleet.takeBatches(atOnce)) {
      const before = process.threadCpuUsage();
      await handle(group, messages);
      if (isFirst) continue;
      const { user, system } = process.threadCpuUsage(before);
      micros += user + system;
      for (const { body } of messages) samples += parseSegmentMessage(body).samples;
    }
  }
  return Math.round((100 * micros) / samples) / 100;
}
