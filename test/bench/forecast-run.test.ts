import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeFleet } from '../../bench/fleet-load.ts';
import { everyRecord } from '../../data/tables/records.ts';
import { createStores } from '../../data/tables/stores.ts';
import { readEnv } from '../../functions/platform/env.ts';
import { localEnv } from '../../functions/platform/env-local.ts';
import { startRuntime } from '../../local/runtime.ts';
import type { Forecast } from '../../models/domain/forecast.ts';

const END_MS = Date.UTC(2026, 10, 21, 10);
const LOAD = { series: 40, hours: 200, limitsPerSeries: 1, shardCount: 4, endMs: END_MS };

/** What the service stores, forecasting as its scheduler does. */
async function storedWith(directory: string, threads: number) {
  const settings = { FOREWARN_DATA: directory, FOREWARN_PORT: '0', FOREWARN_FORECAST_THREADS: String(threads) };
  const ratios: number[] = [];
  const runtime = await startRuntime({
    env: readEnv(localEnv, { ...settings, FOREWARN_LOG_LEVEL: 'error' }),
    onProgress: (_room, ratio) => void ratios.push(ratio),
    onCrash: (error) => {
      throw error;
    },
  });
  try {
    await runtime.analytics.run('forecast', END_MS + 120_000);
    const { workspace } = runtime.credentials;
    const forecasts: Forecast[] = [];
    for await (const one of everyRecord(createStores(runtime.client.table).forecasts, workspace)) forecasts.push(one);
    const board = await runtime.client.objects.get(`forecasts/${workspace}/0/capacity`);
    return { forecasts, ratios, board: Buffer.from(board!.bytes).toString('base64') };
  } finally {
    await runtime.close();
  }
}

test('a fleet has the same forecasts, byte by byte, whether one thread makes them or two', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-fleet-'));
  try {
    await storeFleet(directory, LOAD);

    const one = await storedWith(directory, 1);
    const two = await storedWith(directory, 2);

    expect(one.forecasts).toHaveLength(40);
    expect(one.forecasts.filter(({ abstain }) => abstain === null).length).toBeGreaterThan(20);
    expect(one.forecasts.every(({ timeToLimit }) => timeToLimit.length === 1)).toBe(true);
    expect(JSON.stringify(two.forecasts)).toBe(JSON.stringify(one.forecasts));
    expect(two.board).toBe(one.board);
    expect(two.ratios).toEqual([...two.ratios].sort((a, b) => a - b));
    expect(two.ratios.at(-1)).toBe(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 180_000);
