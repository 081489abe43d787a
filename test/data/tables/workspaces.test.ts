import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedded } from '../../../data/embedded/embedded.ts';
import { createWorkspaces } from '../../../data/tables/workspaces.ts';

it('workspaces are listed, and adding one again keeps the one that is there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-workspaces-'));
  const backend = await openEmbedded({ directory, nowMs: () => 1 });
  const workspaces = createWorkspaces(backend.table);
  const first = { workspace: 'aaaaaaaaaaaa', title: 'First', createdAtMs: 1 };
  const second = { workspace: 'bbbbbbbbbbbb', title: 'Second', createdAtMs: 2 };

  const before = await workspaces.list();
  await workspaces.add(second);
  await workspaces.add(first);
  await workspaces.add({ ...first, title: 'Again', createdAtMs: 3 });

  expect(before).toEqual([]);
  expect(await workspaces.list()).toEqual([first, second]);
  await backend.close();
  await rm(directory, { recursive: true });
});
