import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const LIMIT = {
  title: 'data disks',
  selector: { __name__: 'disk_used_ratio', mountpoint: '/data' },
  max: 0.9,
  unit: 'ratio',
  lead_time: '14d',
  probability: 0.3,
  action: 'order disks',
};

let service: QueryService;

const timeOf = (day: number): string => new Date(NOW_MS + day * DAY_MS).toISOString();

beforeAll(async () => {
  service = await openQueryService();
});

afterAll(() => service.close());

function put(body: unknown, nowMs = NOW_MS, contentType = 'application/json'): Promise<Answer> {
  return service.ask('/v1/limits', {
    method: 'PUT',
    key: `${WORKSPACE}:admin`,
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    nowMs,
  });
}

describe('PUT /v1/limits', () => {
  it('stores a limit and answers with it', async () => {
    const { status, json } = await put(LIMIT);

    expect(status).toBe(200);
    expect(json).toEqual({
      ...LIMIT,
      limit_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      updated_at: '2026-11-01T00:00:00.000Z',
    });
    expect((await service.stores.limits.get(WORKSPACE, String(json.limit_id)))?.record).toMatchObject({
      bound: 'max',
      value: 0.9,
      leadTimeMs: 14 * DAY_MS,
      selector: [
        { name: '__name__', value: 'disk_used_ratio' },
        { name: 'mountpoint', value: '/data' },
      ],
    });
  });

  it('is idempotent: the same again changes nothing, in whatever order the selector is written', async () => {
    const first = await put(LIMIT);
    const again = await put(
      { ...LIMIT, selector: { mountpoint: '/data', __name__: 'disk_used_ratio' } },
      NOW_MS + DAY_MS,
    );

    expect(again.json).toEqual(first.json);
  });

  it('replaces the limit of the same selector and bound, and keeps the other bound apart', async () => {
    const first = await put(LIMIT);
    const changed = await put({ ...LIMIT, max: 0.8 }, NOW_MS + DAY_MS);
    const { max: _, ...rest } = LIMIT;
    const other = await put({ ...rest, min: 0.1 });

    expect(changed.json).toMatchObject({
      limit_id: first.json.limit_id,
      max: 0.8,
      updated_at: '2026-11-02T00:00:00.000Z',
    });
    expect(other.json.limit_id).not.toBe(first.json.limit_id);
  });

  it('takes back what it gave out', async () => {
    const { json } = await put(LIMIT);

    expect((await put(json)).json).toEqual(json);
  });

  it('stores several at once, a lead time in seconds, and what is left out by default', async () => {
    const { status, json } = await put({
      items: [
        { title: 'a', selector: { a: 'b' }, min: -1, lead_time: 5400 },
        { title: 'b', selector: { a: 'c' }, max: 0, lead_time: '36h' },
      ],
    });

    expect(status).toBe(200);
    expect(json.items).toMatchObject([
      { min: -1, lead_time: '90m', probability: 0.5, unit: '', action: '' },
      { max: 0, lead_time: '36h' },
    ]);
  });

  it('takes dated changes in any order, and gives them back in order of time', async () => {
    const changes = [2, 1].map((day) => ({ from: timeOf(day), value: day / 10 }));
    const { json } = await put({ ...LIMIT, changes });

    expect(json.changes).toEqual(changes.toReversed());
    expect((await put(json, NOW_MS + DAY_MS)).json).toEqual(json);
    expect((await put(LIMIT, NOW_MS + DAY_MS)).json.changes).toBeUndefined();
  });

  it('takes a share of another series for a limit', async () => {
    const { json } = await put({ ...LIMIT, max: { metric: 'disk_size_bytes', share: 0.9 } });

    expect(json.max).toEqual({ metric: 'disk_size_bytes', share: 0.9 });
    expect((await service.stores.limits.get(WORKSPACE, String(json.limit_id)))?.record).toMatchObject({
      value: 0.9,
      metric: 'disk_size_bytes',
    });
    expect((await put({ ...LIMIT, max: { metric: 'disk_size_bytes' } })).json.max).toMatchObject({ share: 1 });
    expect((await put(LIMIT)).json.max).toBe(0.9);
  });

  it('takes a label named __proto__ as data', async () => {
    const { json } = await put('{"title":"t","selector":{"__proto__":"x"},"max":1,"lead_time":"1d"}');

    expect((await service.stores.limits.get(WORKSPACE, String(json.limit_id)))?.record.selector).toEqual([
      { name: '__proto__', value: 'x' },
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each([
    ['/title', { ...LIMIT, title: '' }],
    ['/title', { ...LIMIT, title: 'a\r\nBcc: b' }],
    ['/title', { ...LIMIT, title: 'a'.repeat(201) }],
    ['/title', { ...LIMIT, title: '\ud800' }],
    ['/selector', { ...LIMIT, selector: {} }],
    ['/selector', { ...LIMIT, selector: { a: 1 } }],
    ['/selector', { ...LIMIT, selector: ['a'] }],
    ['/max', { ...LIMIT, max: '0.9' }],
    ['/lead_time', { ...LIMIT, lead_time: '2 weeks' }],
    ['/lead_time', { ...LIMIT, lead_time: '366d' }],
    ['/lead_time', { ...LIMIT, lead_time: -1 }],
    ['/probability', { ...LIMIT, probability: 0.05 }],
    ['/probability', { ...LIMIT, probability: 1.5 }],
    ['/items/1/title', { items: [LIMIT, { ...LIMIT, title: 3 }] }],
    ['/items/2', { items: [LIMIT, { ...LIMIT, selector: { a: 'b' } }, LIMIT] }],
    ['/max/metric', { ...LIMIT, max: { metric: '' } }],
    ['/max/share', { ...LIMIT, max: { metric: 'disk_size_bytes', share: 0 } }],
    ['/max', { ...LIMIT, max: { metric: 'disk_size_bytes', of: 1 } }],
    ['/changes', { ...LIMIT, changes: {} }],
    ['/changes', { ...LIMIT, changes: Array.from({ length: 101 }, (_, k) => ({ from: timeOf(k), value: k })) }],
    ['/changes', { ...LIMIT, changes: [1, 1].map((k) => ({ from: timeOf(k), value: k })) }],
    ['/changes', { ...LIMIT, max: { metric: 'disk_size_bytes' }, changes: [{ from: timeOf(1), value: 1 }] }],
    ['/changes/0/from', { ...LIMIT, changes: [{ from: '2026-12-01', value: 1 }] }],
    ['/changes/0/value', { ...LIMIT, changes: [{ from: timeOf(1), value: '1' }] }],
    ['', { ...LIMIT, min: 0 }],
    ['', { ...LIMIT, max: undefined }],
    ['', { ...LIMIT, colour: 'red' }],
    ['', { items: [LIMIT], extra: 1 }],
    ['', []],
    ['', 'null'],
    ['/max', '{"title":"t","selector":{"a":"b"},"max":1e400,"lead_time":"1d"}'],
  ])('refuses with a pointer to %s: %j', async (pointer, body) => {
    const { status, json } = await put(body);

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.errors).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it.each([
    [400, 'two limits of one name', { items: [LIMIT, LIMIT] }, 'application/json'],
    [400, 'no items', { items: [] }, 'application/json'],
    [400, 'half a document', '{"title":', 'application/json'],
    [400, 'a byte order mark', `\ufeff${JSON.stringify(LIMIT)}`, 'application/json'],
    [400, 'a depth of 100,000', '['.repeat(100_000), 'application/json'],
    [413, 'a body beyond the largest', ' '.repeat(262_145), 'application/json'],
    [415, 'an image', LIMIT, 'image/png'],
    [200, 'JSON with a charset', LIMIT, 'Application/JSON ; charset=UTF-8'],
  ])('answers %i to %s', async (status, _, body, contentType) => {
    expect((await put(body, NOW_MS, contentType)).status).toBe(status);
  });

  it('leaves nothing behind of a refused list', async () => {
    const before = await service.ask('/v1/limits', { key: `${WORKSPACE}:read` });
    await put({
      items: [
        { ...LIMIT, selector: { only: 'here' } },
        { ...LIMIT, title: 1 },
      ],
    });
    const after = await service.ask('/v1/limits', { key: `${WORKSPACE}:read` });

    expect(after.json).toEqual(before.json);
  });
});

describe('DELETE /v1/limits/{id}', () => {
  it('removes a limit once', async () => {
    const { json } = await put({ ...LIMIT, selector: { short: 'lived' } });
    const remove = () =>
      service.ask(`/v1/limits/${String(json.limit_id)}`, { method: 'DELETE', key: `${WORKSPACE}:admin` });

    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
  });
});
