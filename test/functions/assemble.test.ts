import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { createWorkspaces } from '../../data/tables/workspaces.ts';
import { assembleForecast, createBackend } from '../../functions/assemble.ts';
import { createLog } from '../../functions/platform/log.ts';

const log = createLog({ room: 'forecast', level: 'error', nowMs: () => NOW_MS, write: () => undefined });
const NOW_MS = Date.UTC(2026, 10, 1);
let directory = '';
let embedded: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-assemble-'));
  embedded = await openEmbedded({ directory, nowMs: () => NOW_MS });
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

test('a damaged shard leaves only itself without forecasts, and the run says so', async () => {
  const workspaces = createWorkspaces(embedded.table);
  for (const workspace of ['damagedworkspace', 'wholeworkspace00']) {
    await workspaces.add({ workspace, title: workspace, createdAtMs: NOW_MS });
  }
  await embedded.objects.put('state/damagedworkspace/1', Buffer.from('these are not the bytes of any state'));
  let shardsDone = 0;
  const onProgress = () => {
    shardsDone++;
  };

  const { run } = assembleForecast(createBackend(embedded), { shardCount: 4, timeZone: 'UTC', log, onProgress });

  await expect(run(NOW_MS)).rejects.toMatchObject({ code: 'store/corrupt' });
  expect(shardsDone).toBe(7);
});
