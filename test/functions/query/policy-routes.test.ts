import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW_MS } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'bbbbbbbbbbbb';
const POLICY = {
  title: 'latency of the shop',
  selector: { service: 'shop', __name__: 'latency_seconds' },
  direction: 'above',
  min_impact: 0.05,
  min_impact_relative: 0.2,
  threshold: 1.5,
  watch: [{ kinds: ['deploy'], window: '30m', threshold: 0.7 }],
};

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
});

afterAll(() => service.close());

function send(method: string, path: string, body?: unknown, key = `${WORKSPACE}:admin`): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return service.ask(path, {
    method,
    key,
    headers,
    nowMs: NOW_MS,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('policies', () => {
  it('are stored, read as they were put, put again, and deleted', async () => {
    const { status, json } = await send('PUT', '/v1/policies', POLICY);
    const again = await send('PUT', '/v1/policies', json);
    const listed = await send('GET', '/v1/policies', undefined, `${WORKSPACE}:read`);
    const gone = await send('DELETE', `/v1/policies/${String(json.policy_id)}`);

    expect(status).toBe(200);
    expect(json).toEqual({
      ...POLICY,
      policy_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      updated_at: '2026-11-01T00:00:00.000Z',
    });
    expect(again.json).toEqual(json);
    expect(listed.json.items).toEqual([json]);
    expect(gone.status).toBe(204);
    expect((await send('GET', '/v1/policies', undefined, `${WORKSPACE}:read`)).json.items).toEqual([]);
  });

  it('replace the one of the same selector, in whatever order that is written', async () => {
    const first = await send('PUT', '/v1/policies', POLICY);
    const selector = { __name__: 'latency_seconds', service: 'shop' };
    const second = await send('PUT', '/v1/policies', { selector, threshold: 3 });

    expect(second.json.policy_id).toBe(first.json.policy_id);
    expect(second.json).toMatchObject({ threshold: 3, direction: null, watch: null });
  });

  it('may be of all series, and several at once', async () => {
    const items = [
      { selector: {}, direction: 'above' },
      { selector: { env: 'test' }, threshold: 5 },
    ];

    expect((await send('PUT', '/v1/policies', { items })).json.items).toHaveLength(2);
    expect((await send('PUT', '/v1/policies', { items: [items[0], items[0]] })).status).toBe(400);
  });

  it.each([
    [{ selector: {} }, 'must say direction'],
    [{ threshold: 2 }, '/selector'],
    [{ selector: {}, threshold: 0 }, '/threshold'],
    [{ selector: {}, direction: 'up' }, '/direction'],
    [{ selector: {}, min_impact: -1 }, '/min_impact'],
    [{ selector: {}, watch: [{ window: '2d' }] }, '/watch/0/window'],
    [{ selector: {}, watch: [{ kinds: ['party'] }] }, '/watch/0/kinds/0'],
    [{ selector: {}, threshold: 2, thershold: 3 }, 'thershold'],
  ])('fails when it is %j', async (body, hint) => {
    const { status, text } = await send('PUT', '/v1/policies', body);

    expect(status).toBe(400);
    expect(text).toContain(hint);
  });

  it('are set by those who may, and known to their workspace only', async () => {
    const { json } = await send('PUT', '/v1/policies', POLICY);

    expect((await send('PUT', '/v1/policies', POLICY, `${WORKSPACE}:read`)).status).toBe(403);
    expect((await send('GET', '/v1/policies', undefined, 'cccccccccccc:read')).json.items).toEqual([]);
    expect(
      (await send('DELETE', `/v1/policies/${String(json.policy_id)}`, undefined, 'cccccccccccc:admin')).status,
    ).toBe(404);
  });
});
