import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { createDiscards } from '../../data/tables/discards.ts';
import { readMailUse } from '../../data/tables/mail-use.ts';
import { createStores, type Stores } from '../../data/tables/stores.ts';
import {
  createWorkspaceLimits,
  DEFAULT_WORKSPACE_LIMITS,
  type LimitOverrides,
} from '../../data/tables/workspace-limits.ts';
import { createWorkspaces } from '../../data/tables/workspaces.ts';
import { createBackend } from '../../functions/assemble.ts';
import { assembleNotify, assembleReport } from '../../functions/assemble-mail.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { MAIL_LIMITS } from '../support/limit-kinds.ts';
import { CHART_FILES } from '../support/report-room.ts';

const NOW_MS = Date.UTC(2026, 10, 2, 8);
const WEEK_MS = 7 * DAY_MS;
const WORKSPACE = 'abcdefghijkl';
const OTHER = 'otherworkspace';
const ignore = (): void => {};

let directory = '';
let embedded: EmbeddedBackend;
let stores: Stores;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-mail-limits-'));
  embedded = await openEmbedded({ directory, nowMs: () => NOW_MS });
  stores = createStores(embedded.table);
  const workspaces = createWorkspaces(embedded.table);
  for (const workspace of [WORKSPACE, OTHER]) await workspaces.add({ workspace, title: workspace, createdAtMs: 0 });
});

afterEach(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

const setLimits = (overrides: LimitOverrides): Promise<void> =>
  createWorkspaceLimits({
    table: embedded.table,
    nowMs: () => NOW_MS,
    defaults: DEFAULT_WORKSPACE_LIMITS,
    onError: ignore,
  }).set(WORKSPACE, overrides);

const addresses = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}@example.org`);

function report(recipients: number, nowMs: number): Promise<void> {
  const { run } = assembleReport(createBackend(embedded), {
    shardCount: 1,
    timeZone: 'UTC',
    publicUrl: null,
    chartFiles: CHART_FILES,
    mailFrom: 'forewarn@example.org',
    mailTo: addresses(recipients),
  });
  return run(nowMs);
}

async function pendingOf(workspace: string): Promise<number> {
  return (await stores.deliveries.listByIndex(workspace, 'pending', { limit: 1_000 })).items.length;
}

async function leftOut(workspace: string): Promise<number> {
  const discards = createDiscards({ table: embedded.table, nowMs: () => NOW_MS, onError: ignore });
  return (await discards.read(workspace)).get('mail_recipients')?.count ?? 0;
}

describe('M24 the limit mailRecipients', () => {
  it('a digest goes to as many as there may be, and those left out are counted once a week', async () => {
    await report(50, NOW_MS);
    expect([await pendingOf(WORKSPACE), await leftOut(WORKSPACE)]).toEqual([50, 0]);
    await report(51, NOW_MS + WEEK_MS);
    await report(51, NOW_MS + WEEK_MS + 1);
    expect([await pendingOf(WORKSPACE), await leftOut(WORKSPACE)]).toEqual([100, 1]);
    await report(500, NOW_MS + 2 * WEEK_MS);
    expect([await pendingOf(WORKSPACE), await leftOut(WORKSPACE)]).toEqual([150, 451]);
  });

  it('is another one with the next run, for this workspace only', async () => {
    await setLimits({ mailRecipients: 2 });
    await report(3, NOW_MS);
    expect([await pendingOf(WORKSPACE), await leftOut(WORKSPACE)]).toEqual([2, 1]);
    expect([await pendingOf(OTHER), await leftOut(OTHER)]).toEqual([3, 0]);
  });
});

describe('M26 the limit mailsPerDay', () => {
  const sent: string[] = [];
  const notify = async (nowMs: number): Promise<number> => {
    sent.length = 0;
    const channel = {
      send: async ({ to }: { readonly to: string }) => {
        sent.push(to);
        return { receipt: 'taken' };
      },
    };
    await assembleNotify(createBackend(embedded), channel, 'forewarn@example.org').run(nowMs);
    return sent.length;
  };
  const addPending = async (count: number, nowMs: number, workspace = WORKSPACE): Promise<void> => {
    await embedded.objects.put('mail/message', Buffer.from('text'));
    for (let i = 0; i < count; i++) {
      await stores.deliveries.put(workspace, {
        deliveryId: `${nowMs}-${i}`,
        kind: 'digest',
        recipient: `p${i}@example.org`,
        subject: '',
        createdAtMs: nowMs,
        status: 'pending',
        attempts: 0,
        nextAttemptMs: null,
        sentAtMs: null,
        receipt: null,
        error: null,
        messageKey: 'mail/message',
      });
    }
  };

  it('lets go as many as there may be in a day; one over and all that is far over wait, and go the next day', async () => {
    await addPending(100, NOW_MS);
    expect(await notify(NOW_MS)).toBe(100);
    await addPending(1, NOW_MS + 1);
    expect(await notify(NOW_MS + 1)).toBe(0);
    await addPending(150, NOW_MS + 2);
    expect(await notify(NOW_MS + 2)).toBe(0);
    expect(await readMailUse(stores.deliveries, WORKSPACE, NOW_MS + 2)).toEqual({ sentToday: 100, recipients: 150 });
    expect(await notify(NOW_MS + DAY_MS)).toBe(100);
    expect(await notify(NOW_MS + 2 * DAY_MS)).toBe(51);
    expect(await pendingOf(WORKSPACE)).toBe(0);
  });

  it('is another one with the next run, for this workspace only', async () => {
    await setLimits({ mailsPerDay: 2 });
    await addPending(3, NOW_MS);
    await addPending(3, NOW_MS, OTHER);
    expect(await notify(NOW_MS)).toBe(5);
    await setLimits({ mailsPerDay: 3 });
    expect(await notify(NOW_MS + 1)).toBe(1);
  });
});

it('every limit of mail is among these', () => {
  expect([...MAIL_LIMITS]).toEqual(['mailRecipients', 'mailsPerDay']);
});
