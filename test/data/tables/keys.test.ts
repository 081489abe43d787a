import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Table } from '../../../data/contracts.ts';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createKeys } from '../../../data/tables/keys.ts';
import { hashSecret, parseKey } from '../../../functions/platform/auth-key.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';

const WORKSPACE = 'abcdefghijkl';
let directory = '';
let backend: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-keys-'));
  backend = await openEmbedded({ directory, nowMs: () => 1_000_000 });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

/** Keys over a table that counts its reads and can be made to fail. */
function createHouse() {
  const state = { nowMs: 1_000_000, reads: 0, down: false };
  const table: Table = {
    ...backend.table,
    get: async (key) => {
      state.reads++;
      if (state.down) throw new ServiceError('store/unavailable', 'down', { retryable: true });
      return backend.table.get(key);
    },
  };
  return { state, keys: createKeys({ table, pepper: 'pepper', nowMs: () => state.nowMs }) };
}

const NEW_KEY = { workspace: WORKSPACE, env: 'test', title: 'prometheus', scopes: ['ingest'] } as const;

test('A02 a new key is found by its id, and its secret is stored nowhere', async () => {
  const { keys } = createHouse();
  const { text, key } = await keys.create(NEW_KEY);
  const parts = parseKey(text);
  expect(parts).toMatchObject({ env: 'test', keyId: key.keyId });
  const found = await keys.find(key.keyId);
  expect(found).toEqual(key);
  expect(found).toMatchObject({ workspace: WORKSPACE, scopes: ['ingest'], revokedAtMs: null });
  expect(found?.secretHmac).toBe(hashSecret('pepper', parts?.secret ?? '').toString('hex'));
  expect(JSON.stringify(found)).not.toContain(parts?.secret);
});

test('no two keys are alike', async () => {
  const { keys } = createHouse();
  const made = await Promise.all(Array.from({ length: 20 }, () => keys.create(NEW_KEY)));
  expect(new Set(made.map(({ text }) => text)).size).toBe(20);
});

test('the keys of a workspace are listed in the order of their making, those of others are not', async () => {
  const { keys, state } = createHouse();
  const workspace = 'listedworkspace';
  const ids: string[] = [];
  for (const title of ['first', 'second']) {
    ids.push((await keys.create({ ...NEW_KEY, workspace, title })).key.keyId);
    state.nowMs += 1_000;
  }
  expect((await keys.list(workspace)).map(({ keyId }) => keyId)).toEqual(ids);
});

test('a revoked key leaves the list', async () => {
  const { keys } = createHouse();
  const workspace = 'revokedworkspace';
  const { key } = await keys.create({ ...NEW_KEY, workspace });
  await keys.revoke(workspace, key.keyId);
  expect(await keys.list(workspace)).toEqual([]);
});

test('many who ask at once cause one read, and so does everyone for a minute', async () => {
  const { keys, state } = createHouse();
  const { key } = await keys.create(NEW_KEY);
  await Promise.all(Array.from({ length: 50 }, () => keys.find(key.keyId)));
  state.nowMs += 59_999;
  await keys.find(key.keyId);
  expect(state.reads).toBe(1);
  state.nowMs += 1;
  await keys.find(key.keyId);
  expect(state.reads).toBe(2);
});

test('A05 M28 a revocation is in force here at once, and elsewhere after a minute', async () => {
  const here = createHouse();
  const elsewhere = createHouse();
  const { key } = await here.keys.create(NEW_KEY);
  await elsewhere.keys.find(key.keyId);
  expect(await here.keys.revoke(WORKSPACE, key.keyId)).toBe(true);
  expect((await here.keys.find(key.keyId))?.revokedAtMs).toBe(1_000_000);
  expect((await elsewhere.keys.find(key.keyId))?.revokedAtMs).toBeNull();
  elsewhere.state.nowMs += 60_000;
  expect((await elsewhere.keys.find(key.keyId))?.revokedAtMs).toBe(1_000_000);
});

test('a key revoked again keeps the time of the first', async () => {
  const { keys, state } = createHouse();
  const { key } = await keys.create(NEW_KEY);
  await keys.revoke(WORKSPACE, key.keyId);
  state.nowMs += 5_000;
  expect(await keys.revoke(WORKSPACE, key.keyId)).toBe(true);
  expect((await keys.find(key.keyId))?.revokedAtMs).toBe(1_000_000);
});

test('nobody revokes the key of another workspace', async () => {
  const { keys } = createHouse();
  const { key } = await keys.create(NEW_KEY);
  expect(await keys.revoke('anotherworkspace', key.keyId)).toBe(false);
  expect((await keys.find(key.keyId))?.revokedAtMs).toBeNull();
});

test('while the store is down a remembered key goes on, an unknown one cannot be told', async () => {
  const { keys, state } = createHouse();
  const { key } = await keys.create(NEW_KEY);
  await keys.find(key.keyId);
  state.down = true;
  state.nowMs += 30_000;
  await expect(keys.find(key.keyId)).resolves.toEqual(key);
  await expect(keys.find('KEY000000001')).rejects.toMatchObject({ code: 'store/unavailable' });
  state.down = false;
  await expect(keys.find('KEY000000001')).resolves.toBeUndefined();
});

test('an unknown key is remembered for seconds only', async () => {
  const { keys, state } = createHouse();
  await keys.find('KEY000000002');
  await keys.find('KEY000000002');
  expect(state.reads).toBe(1);
  state.nowMs += 5_000;
  await keys.find('KEY000000002');
  expect(state.reads).toBe(2);
});
