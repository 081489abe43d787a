import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Labels } from '../../../models/domain/series.ts';
import { NOW_MS } from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
});

afterAll(() => service.close());

const put = (workspace: string, body: unknown, scope = 'admin', contentType = 'application/json') =>
  service.ask('/v1/topology', {
    method: 'PUT',
    key: `${workspace}:${scope}`,
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const get = (workspace: string) => service.ask('/v1/topology', { key: `${workspace}:read` });

/** A series of the metric that service graphs make, as remote write and OpenTelemetry bring it. */
const trace = (workspace: string, labels: Labels) =>
  service.stores.series.put(workspace, {
    seriesId: labels.map(([name, value]) => `${name}-${value}`).join('-'),
    labels,
    kind: 'counter',
    shard: 0,
    firstSampleMs: NOW_MS,
  });
const METRIC = ['__name__', 'traces_service_graph_request_total'] as const;

describe('the topology', () => {
  it('is empty at first', async () => {
    expect((await get('topologyspace1')).json).toEqual({ edges: [], declared_at: null });
  });

  it('S12 is what was put last, each pair once and in order', async () => {
    const workspace = 'topologyspace2';
    await put(workspace, { edges: [{ from: 'gone', to: 'away' }] });
    const answer = await put(workspace, {
      edges: [
        { from: 'shop', to: 'orders' },
        { from: 'orders', to: 'orders-db' },
        { from: 'shop', to: 'orders' },
      ],
    });

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      edges: [
        { from: 'orders', to: 'orders-db', origins: ['declared'] },
        { from: 'shop', to: 'orders', origins: ['declared'] },
      ],
      declared_at: '2026-11-01T00:00:00.000Z',
    });
    expect((await get(workspace)).json).toEqual(answer.json);
    expect((await put(workspace, answer.json)).json).toEqual(answer.json);
    expect((await put(workspace, { edges: [] })).json.edges).toEqual([]);
  });

  it('S12 grows by what service graphs of traces tell', async () => {
    const workspace = 'topologyspace3';
    await put(workspace, { edges: [{ from: 'shop', to: 'orders' }] });
    await trace(workspace, [METRIC, ['client', 'shop'], ['server', 'orders']]);
    await trace(workspace, [METRIC, ['client', 'shop'], ['connection_type', 'database'], ['server', 'stock-db']]);
    await trace(workspace, [METRIC, ['client', 'shop'], ['failed', 'true'], ['server', 'stock-db']]);
    await trace(workspace, [METRIC, ['client', 'orders'], ['server', 'orders']]);
    await trace(workspace, [METRIC, ['client', 'alone']]);
    await trace(workspace, [
      ['__name__', 'other'],
      ['client', 'a'],
      ['server', 'b'],
    ]);

    expect((await get(workspace)).json.edges).toEqual([
      { from: 'shop', to: 'orders', origins: ['declared', 'traces'] },
      { from: 'shop', to: 'stock-db', origins: ['traces'] },
    ]);
  });

  it('belongs to its workspace', async () => {
    await put('topologyspace4', { edges: [{ from: 'a', to: 'b' }] });

    expect((await get('topologyspace5')).json.edges).toEqual([]);
  });

  it('is put by those who administrate or send, and read by those who read', async () => {
    const edges = { edges: [{ from: 'a', to: 'b' }] };

    expect((await put('topologyspace6', edges, 'ingest')).status).toBe(200);
    const refused = await put('topologyspace6', edges, 'read');
    expect(refused).toMatchObject({ status: 403, json: { detail: expect.stringContaining('admin or ingest') } });
    expect((await service.ask('/v1/topology', { key: 'topologyspace6:ingest' })).status).toBe(403);
  });

  it.each([
    ['/edges', {}],
    ['/edges', { edges: Array(5_001).fill({ from: 'a', to: 'b' }) }],
    ['/edges/0', { edges: [{ from: 'a', to: 'a' }] }],
    ['/edges/0/to', { edges: [{ from: 'a' }] }],
    [
      '/edges/1/from',
      {
        edges: [
          { from: 'a', to: 'b' },
          { from: '', to: 'b' },
        ],
      },
    ],
    ['/edges/0/from', { edges: [{ from: 'a\nb', to: 'b' }] }],
    ['/edges/0/from', { edges: [{ from: 'a'.repeat(257), to: 'b' }] }],
    ['', { edges: [], colour: 'red' }],
    ['', []],
  ])('is refused with a pointer to %s', async (pointer, body) => {
    const { status, json } = await put('topologyspace7', body);

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.errors).toContainEqual({ pointer, detail: expect.any(String) });
    expect((await get('topologyspace7')).json.edges).toEqual([]);
  });

  it('is refused in any other form', async () => {
    expect((await put('topologyspace7', 'a,b', 'admin', 'text/csv')).status).toBe(415);
    expect((await put('topologyspace7', ' '.repeat(262_145))).status).toBe(413);
  });
});
