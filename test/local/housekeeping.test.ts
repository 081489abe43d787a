import { expect, onTestFinished, test } from 'vitest';
import { formatSegmentMessage } from '../../data/segments/message.ts';
import { encodeSegment } from '../../data/segments/segment.ts';
import { createLog } from '../../functions/platform/log.ts';
import { createHousekeeping } from '../../local/housekeeping.ts';
import { startEmbedded } from '../contract/embedded-target.ts';
import { idOfShard, series, WORKSPACE } from '../data/segments/batches.ts';
import { columnsOf } from '../support/series-columns.ts';

const START_MS = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function start() {
  let timeMs = START_MS;
  const { stop, ...backend } = await startEmbedded({ nowMs: () => timeMs, maxReceives: 1 });
  onTestFinished(stop);
  const lines: unknown[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const log = createLog({ room: 'test', level: 'info', nowMs: () => timeMs, write });
  const housekeep = createHousekeeping({ upkeep: backend.upkeep, segmentRetentionMs: 48 * HOUR_MS, log });
  return {
    ...backend,
    lines,
    housekeep: () => housekeep(timeMs),
    passMs: (durationMs: number): void => {
      timeMs += durationMs;
    },
    /** Takes in one batch, as ingest does. */
    async accept(value: number): Promise<void> {
      const batch = { series: columnsOf([series(idOfShard(0), [[START_MS, value]])]), logs: [] };
      const segment = encodeSegment(WORKSPACE, 4, batch);
      await backend.objects.put(segment.key, segment.bytes, { kind: 'absent' });
      await backend.queue.send(segment.parts.map((part) => formatSegmentMessage(WORKSPACE, segment, part)));
    },
    async receive() {
      return backend.queue.receive({ maxMessages: 10, visibilityMs: 1_000, waitMs: 0 });
    },
    async segments(): Promise<number> {
      return (await backend.objects.list('seg/')).entries.length;
    },
  };
}

test('segments that are applied go after their time, those that wait stay, and what was put aside stays', async () => {
  const service = await start();
  await service.accept(1);
  const [applied] = await service.receive();
  await service.queue.delete([applied!.receipt]);
  await service.accept(2);
  await service.objects.put(`quarantine/${WORKSPACE}/x.0`, Uint8Array.of(1));

  service.passMs(48 * HOUR_MS);
  expect(await service.housekeep()).toMatchObject({ segments: 0, kept: 0 });
  expect(service.lines).toEqual([]);
  service.passMs(1);
  expect(await service.housekeep()).toMatchObject({ segments: 1, kept: 1, deadLetters: 0 });

  expect(await service.segments()).toBe(1);
  expect(await service.objects.head(`quarantine/${WORKSPACE}/x.0`)).toBeDefined();
  expect(service.lines).toMatchObject([{ level: 'info', event: 'segments removed', segments: 1, kept: 1 }]);
});

test('a dead letter keeps its segment for a fortnight, and both go then', async () => {
  const service = await start();
  await service.accept(1);
  await service.receive();
  service.passMs(1_000);
  await service.receive(); // once more than it may be received

  service.passMs(14 * DAY_MS);
  expect(await service.housekeep()).toMatchObject({ segments: 0, kept: 1, deadLetters: 0 });
  service.passMs(1);
  expect(await service.housekeep()).toMatchObject({ segments: 1, kept: 0, deadLetters: 1 });

  expect(await service.segments()).toBe(0);
  expect(service.lines).toMatchObject([
    { event: 'segments removed', kept: 1 },
    { level: 'warn', event: 'dead letters removed', deadLetters: 1 },
    { event: 'segments removed', segments: 1 },
  ]);
});

test('a message that nobody understands names no segment and stops nothing', async () => {
  const service = await start();
  await service.accept(1);
  const [applied] = await service.receive();
  await service.queue.delete([applied!.receipt]);
  await service.queue.send([{ group: 'g', dedupId: 'd', body: 'not ours' }]);
  service.passMs(3 * DAY_MS);

  expect(await service.housekeep()).toMatchObject({ segments: 1, kept: 0 });
  expect(await service.queue.depth()).toMatchObject({ waiting: 1 });
});
