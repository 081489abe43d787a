import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { createKeys } from '../../data/tables/keys.ts';
import { createWorkspaces } from '../../data/tables/workspaces.ts';
import { createAuthenticate } from '../../functions/platform/auth.ts';
import { credentialsPath, ensureCredentials, readPepper } from '../../local/credentials.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const nowMs = () => NOW_MS;

let directory: string;
let backend: EmbeddedBackend;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-credentials-'));
  backend = await openEmbedded({ directory, nowMs });
});

afterEach(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

async function ensure() {
  const pepper = await readPepper(directory);
  return ensureCredentials({ directory, table: backend.table, pepper, nowMs });
}

async function modeOf(name: string): Promise<string> {
  return ((await stat(join(directory, name))).mode & 0o777).toString(8);
}

describe('the credentials of a directory', () => {
  it('are one key for each scope, which open what they are meant for', async () => {
    const { credentials, isNew } = await ensure();
    const pepper = await readPepper(directory);
    const keys = createKeys({ table: backend.table, pepper, nowMs });
    const authenticate = createAuthenticate({ findKey: keys.find, pepper, nowMs });

    const callers = await Promise.all(
      Object.values(credentials.keys).map((key) =>
        authenticate({ headers: { authorization: `Bearer ${key}` }, query: new URLSearchParams() }),
      ),
    );

    expect(isNew).toBe(true);
    expect(Object.keys(credentials.keys)).toEqual(['ingest', 'read', 'admin']);
    expect(callers.map(({ workspace, scopes }) => [workspace, ...scopes])).toEqual(
      ['ingest', 'read', 'admin'].map((scope) => [credentials.workspace, scope]),
    );
    expect(credentials.workspace).toMatch(/^[a-z0-9]{16}$/);
  });

  it('and its pepper are for the eyes of their owner only, and nothing unfinished is left', async () => {
    await ensure();

    expect(await modeOf('credentials.json')).toBe('600');
    expect(await modeOf('pepper')).toBe('600');
    expect((await readdir(directory)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('are the same at every later start', async () => {
    const first = await ensure();
    const again = await ensure();

    expect(again).toEqual({ credentials: first.credentials, isNew: false });
    expect(JSON.parse(await readFile(credentialsPath(directory), 'utf8'))).toEqual(first.credentials);
  });

  it('are made anew where the file was lost, for the workspace that is there', async () => {
    const first = await ensure();
    await rm(credentialsPath(directory));

    const again = await ensure();

    expect(again.isNew).toBe(false);
    expect(again.credentials.workspace).toBe(first.credentials.workspace);
    expect(again.credentials.keys.read).not.toBe(first.credentials.keys.read);
    expect(await createWorkspaces(backend.table).list()).toHaveLength(1);
  });

  it('of another store are not taken for those of this one', async () => {
    const other = { workspace: 'z'.repeat(16), keys: { ingest: 'a', read: 'b', admin: 'c' } };
    await writeFile(credentialsPath(directory), JSON.stringify(other), { mode: 0o644 });

    const { credentials } = await ensure();

    expect(credentials.workspace).not.toBe(other.workspace);
    expect(await modeOf('credentials.json')).toBe('600');
  });
});

describe('the pepper', () => {
  it('is random, long, and the same at every start', async () => {
    const pepper = await readPepper(directory);
    const elsewhere = await readPepper(join(directory, 'elsewhere'));

    expect(await readPepper(directory)).toBe(pepper);
    expect(Buffer.from(pepper, 'base64')).toHaveLength(32);
    expect(elsewhere).not.toBe(pepper);
  });
});
