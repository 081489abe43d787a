import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../../../data/tables/workspace-limits.ts';
import type { HttpRequest, Route } from '../../../functions/platform/edge.ts';
import { limitsOf } from '../../../functions/query/limited-request.ts';
import { createQueryGate } from '../../../functions/query/query-gate.ts';
import { textResponse } from '../../support/text-response.ts';

const WORKSPACE = 'abcdefghijkl';
const REQUEST: HttpRequest = {
  method: 'GET',
  path: '/',
  params: {},
  query: new URLSearchParams(),
  headers: {},
  body: new Uint8Array(),
  requestId: 'request',
  nowMs: 0,
  workspace: WORKSPACE,
  keyId: 'key',
};

const routeOf = (handle: Route['handle'], scope: Route['scope'] = 'read'): Route => ({
  method: 'GET',
  path: '/',
  scope,
  errors: 'problem',
  handle,
});

/** A gate whose limits can be changed, and a route that takes so long. */
function createHouse() {
  const limits: { now: WorkspaceLimits } = { now: DEFAULT_WORKSPACE_LIMITS };
  const gate = createQueryGate(async () => limits.now);
  const takes = (ms: number): Promise<unknown> =>
    gate
      .limit(routeOf(() => new Promise((resolve) => setTimeout(() => resolve(textResponse(200, 'done')), ms))))
      .handle(REQUEST)
      .then(
        ({ status }) => status,
        ({ code }: { code: string }) => code,
      );
  return { limits, gate, takes };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('M21 the limit queryMs', () => {
  it('answers what takes as long, and gives up what takes longer, and far longer', async () => {
    const { takes } = createHouse();
    const answers = Promise.all([takes(19_999), takes(20_001), takes(1e9)]);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(await answers).toEqual([200, 'query/too-slow', 'query/too-slow']);
  });

  it('is another one as soon as the limits are, and cannot be raised', async () => {
    const { takes, limits } = createHouse();
    limits.now = { ...DEFAULT_WORKSPACE_LIMITS, queryMs: 50 };
    const lower = Promise.all([takes(49), takes(51)]);
    await vi.advanceTimersByTimeAsync(100);
    expect(await lower).toEqual([200, 'query/too-slow']);

    limits.now = { ...DEFAULT_WORKSPACE_LIMITS, queryMs: 60_000 };
    const higher = takes(20_001);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(await higher).toBe('query/too-slow');
  });
});

describe('a question that was given up', () => {
  it('is counted as running until its work has ended', async () => {
    const { takes, gate } = createHouse();
    const slow = takes(30_000);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(await slow).toBe('query/too-slow');
    expect(gate.running(WORKSPACE)).toBe(1);

    await vi.advanceTimersByTimeAsync(10_000);
    expect(gate.running(WORKSPACE)).toBe(0);
  });

  it('harms nobody where its work fails later', async () => {
    const { gate } = createHouse();
    const fails = routeOf(
      () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error('too late')), 30_000)),
    );
    const asked = gate.limit(fails).handle(REQUEST);
    const refused = expect(asked).rejects.toMatchObject({ code: 'query/too-slow' });
    await vi.advanceTimersByTimeAsync(40_000);
    await refused;
    expect(gate.running(WORKSPACE)).toBe(0);
  });
});

describe('a route behind the gate', () => {
  it('knows the limits of who asks, and one that throws at once leaves nothing running', async () => {
    const { gate, limits } = createHouse();
    limits.now = { ...DEFAULT_WORKSPACE_LIMITS, apiKeys: 7 };
    const seen: number[] = [];
    const route = gate.limit(
      routeOf((request) => {
        seen.push(limitsOf(request).apiKeys);
        throw new Error('at once');
      }),
    );
    await expect(route.handle(REQUEST)).rejects.toThrow('at once');
    expect(seen).toEqual([7]);
    expect(gate.running(WORKSPACE)).toBe(0);
  });

  it('is the same where it is open to everyone', () => {
    const { gate } = createHouse();
    const open = routeOf(async () => textResponse(200, ''), null);
    expect(gate.limit(open)).toBe(open);
  });

  it('measures the bytes of the answer, not its characters', async () => {
    const { gate, limits } = createHouse();
    limits.now = { ...DEFAULT_WORKSPACE_LIMITS, responseBytes: 10 };
    const answer = (body: string) => gate.limit(routeOf(async () => textResponse(200, body))).handle(REQUEST);
    expect((await answer('üüüüü')).status).toBe(200);
    await expect(answer('üüüüüü')).rejects.toMatchObject({ code: 'query/answer-too-large' });
  });
});
