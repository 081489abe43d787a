import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { body, series } from '../functions/ingest/write-request.ts';
import { startEmulators } from '../support/emulators.ts';
import { type ReadyService, startService } from '../support/service.ts';
import {
  type Named,
  type Points,
  queueToEmpty,
  readJson,
  readList,
  sendJson,
  sendRemoteWrite,
} from '../support/service-api.ts';

const STEP_MS = 15_000;
const SAMPLES = 40;
const DRAIN_TIMEOUT_MS = 60_000;

test('on S3, SQS and DynamoDB it takes samples, answers with them, and still has them after a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-aws-'));
  const emulators = await startEmulators();
  const env = { ...emulators.env, FOREWARN_BACKEND: 'aws', FOREWARN_LOG_LEVEL: 'error' };
  let child = startService(directory, env);
  onTestFinished(async () => {
    await child.kill();
    await emulators.stop();
    await rm(directory, { recursive: true });
  });
  const startMs = Math.floor((Date.now() - 3_600_000) / STEP_MS) * STEP_MS;
  const samples = (scale: number): [number, number][] =>
    Array.from({ length: SAMPLES }, (_, i) => [startMs + i * STEP_MS, scale * (i + 1)]);

  const first = await child.ready();
  const metrics = [{ name: 'rooms_free', labels: { house: 'north' }, samples: samples(1) }];
  expect((await sendJson(first, '/v1/ingest/metrics', { metrics })).status).toBe(200);
  const written = body(series([['__name__', 'rooms_taken']], samples(10)));
  expect((await sendRemoteWrite(first, written)).status).toBe(204);
  await queueToEmpty(first, DRAIN_TIMEOUT_MS);

  expect(await valuesOf(first, 'rooms_free')).toEqual(samples(1));
  expect(await valuesOf(first, 'rooms_taken')).toEqual(samples(10));

  expect(await child.stop()).toBe(0);
  child = startService(directory, env);
  const second = await child.ready();

  expect(second.credentials).toEqual(first.credentials);
  expect(await valuesOf(second, 'rooms_free')).toEqual(samples(1));
  expect(await valuesOf(second, 'rooms_taken')).toEqual(samples(10));
  expect((await sendRemoteWrite(second, written)).status).toBe(204); // the same again changes nothing
  await queueToEmpty(second, DRAIN_TIMEOUT_MS);
  expect(await valuesOf(second, 'rooms_taken')).toEqual(samples(10));
}, 120_000);

async function valuesOf(service: ReadyService, metric: string): Promise<readonly (readonly [number, number])[]> {
  const found = await readList<Named>(service, `/v1/series?metric=${metric}`);
  expect(found).toHaveLength(1);
  const { points } = await readJson<Points>(service, `/v1/series/${found[0]!.series_id}/samples`);
  return points.map(({ time, value }) => [Date.parse(time), value]);
}
