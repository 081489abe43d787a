import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '../data/contracts.ts';
import { createKeys, type KeyScope } from '../data/tables/keys.ts';
import { createWorkspaces } from '../data/tables/workspaces.ts';
import { BASE62 } from '../functions/platform/auth-key.ts';

/** What a person needs to use the service on this machine; kept in `credentials.json`. */
export interface Credentials {
  readonly workspace: string;
  readonly keys: Readonly<Record<KeyScope, string>>;
}

const SCOPES: readonly KeyScope[] = ['ingest', 'read', 'admin'];
const OWNER_ONLY = 0o600;
const WORKSPACE_LENGTH = 16;

export function credentialsPath(directory: string): string {
  return join(directory, 'credentials.json');
}

/** The secret that makes stored digests of keys useless to whoever reads the store alone; made at the first start. */
export async function readPepper(directory: string): Promise<string> {
  const path = join(directory, 'pepper');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    const pepper = randomBytes(32).toString('base64');
    await writeOwnerOnly(path, pepper);
    return pepper;
  }
}

/**
 * The credentials of this directory. At the first start a workspace is made with one key for each scope; where only the
 * file was lost, the workspace that is there gets new keys, since the old ones cannot be read back.
 */
export async function ensureCredentials(options: {
  readonly directory: string;
  readonly table: Table;
  readonly pepper: string;
  readonly nowMs: () => number;
}): Promise<{ readonly credentials: Credentials; readonly isNew: boolean }> {
  const { directory, table, pepper, nowMs } = options;
  const workspaces = createWorkspaces(table);
  const known = (await workspaces.list()).map(({ workspace }) => workspace);
  const kept = await readCredentials(credentialsPath(directory));
  if (kept !== undefined && known.includes(kept.workspace)) return { credentials: kept, isNew: false };

  const workspace = known[0] ?? newWorkspaceName();
  const keys = createKeys({ table, pepper, nowMs });
  const texts: [KeyScope, string][] = [];
  for (const scope of SCOPES) {
    const { text } = await keys.create({ workspace, env: 'local', title: `${scope} on this machine`, scopes: [scope] });
    texts.push([scope, text]);
  }
  const credentials = { workspace, keys: Object.fromEntries(texts) as Record<KeyScope, string> };
  await writeOwnerOnly(credentialsPath(directory), `${JSON.stringify(credentials, null, 2)}\n`);
  // Last, so that a start that was cut off is a first start again.
  await workspaces.add({ workspace, title: 'This machine', createdAtMs: nowMs() });
  return { credentials, isNew: known.length === 0 };
}

async function readCredentials(path: string): Promise<Credentials | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Credentials; // written by ensureCredentials
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whole or not at all: half a pepper would be taken for one, and every key would be made with it. */
async function writeOwnerOnly(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  await writeFile(unfinished, text, { mode: OWNER_ONLY, flush: true });
  await chmod(unfinished, OWNER_ONLY); // where one was left behind with another mode
  await rename(unfinished, path);
}

function newWorkspaceName(): string {
  const alphabet = BASE62.toLowerCase().slice(0, 36);
  return Array.from(randomBytes(WORKSPACE_LENGTH), (byte) => alphabet[byte % alphabet.length]).join('');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
