import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { createWorkspaces } from '../../data/tables/workspaces.ts';
import { assembleForecast, createBackend } from '../../functions/assemble.ts';
import { createLog } from '../../functions/platform/log.ts';

const NOW_MS = Date.UTC(2026, 10, 1);
const lines: string[] = [];
const log = createLog({ room: 'forecast', level: 'warn', nowMs: () => NOW_MS, write: (line) => void lines.push(line) });
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

test('a damaged neural model is told in the log, and forecasts go on without it', async () => {
  await embedded.objects.put('neural/wholeworkspace00/manifest.json', Buffer.from('these are no words of a manifest'));
  await createWorkspaces(embedded.table).add({ workspace: 'wholeworkspace01', title: '', createdAtMs: NOW_MS });
  await embedded.objects.delete('state/damagedworkspace/1');
  lines.length = 0;

  await assembleForecast(createBackend(embedded), { shardCount: 4, timeZone: 'UTC', log }).run(NOW_MS);

  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'warn', room: 'forecast', event: 'neural model passed over' }),
  ]);
});
