import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../../data/embedded/embedded.ts';
import {
  createWorkspaceLimits,
  DEFAULT_WORKSPACE_LIMITS,
  type LimitOverrides,
} from '../../../data/tables/workspace-limits.ts';
import { assembleIngest } from '../../../functions/assemble-ingest.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { NOW_MS } from './write-request.ts';

export interface LimitedRequest {
  readonly path: string;
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly body: Uint8Array | string;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Ingest as it is joined in service, over a real table and objects in memory, with workspaces whose limits can be set. */
export async function openLimitsHouse() {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-limits-'));
  const clock = { nowMs: NOW_MS };
  const nowMs = (): number => clock.nowMs;
  const { table, close } = await openEmbedded({ directory, nowMs });
  const { routes, discards } = assembleIngest(
    { objects: createMemoryObjects(), table, queue: { send: async () => {} } },
    { pepper: 'pepper', nowMs, shardCount: 2, limits: DEFAULT_WORKSPACE_LIMITS, log: SILENT },
  );
  const limits = createWorkspaceLimits({ table, nowMs, defaults: DEFAULT_WORKSPACE_LIMITS, onError: () => {} });

  return {
    clock,
    /** In force for requests from a minute later on. */
    set: (workspace: string, overrides: LimitOverrides) => limits.set(workspace, overrides),
    /** The code of a refusal, else the status. */
    async send(workspace: string, { path, contentType, contentEncoding, body }: LimitedRequest) {
      const route = routes.find((one) => one.method === 'POST' && one.path === path);
      if (route === undefined) throw new Error(`no route ${path}`);
      const headers = {
        'content-type': contentType,
        ...(contentEncoding !== undefined && { 'content-encoding': contentEncoding }),
      };
      const rest = { params: {}, query: new URLSearchParams(), requestId: 'request', keyId: 'key' };
      const request = { method: 'POST', path, headers, body: Buffer.from(body), nowMs: nowMs(), workspace, ...rest };
      try {
        return (await route.handle(request)).status;
      } catch (error) {
        if (error instanceof ServiceError) return error.code;
        throw error;
      }
    },
    /** What the workspace was told to have lost since the last time, by reason. */
    async discarded(workspace: string): Promise<Readonly<Record<string, number>>> {
      await discards.flush();
      const counted = await discards.read(workspace);
      return Object.fromEntries([...counted].map(([reason, { count }]) => [reason, count]));
    },
    async close() {
      await discards.flush();
      await close();
      await rm(directory, { recursive: true });
    },
  };
}
