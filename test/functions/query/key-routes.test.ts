import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKey } from '../../../functions/platform/auth-key.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS } from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
});

afterAll(() => service.close());

const call = (workspace: string, method: string, path: string, body?: unknown, nowMs = NOW_MS) =>
  service.ask(path, {
    method,
    key: `${workspace}:admin`,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    nowMs,
  });
const make = (workspace: string, body: unknown = { title: 'prometheus', scopes: ['ingest'] }, nowMs = NOW_MS) =>
  call(workspace, 'POST', '/v1/keys', body, nowMs);
const titles = async (workspace: string, nowMs = NOW_MS) =>
  ((await call(workspace, 'GET', '/v1/keys', undefined, nowMs)).json.items as { title: string }[]).map(
    ({ title }) => title,
  );

describe('POST /v1/keys', () => {
  it('answers with the text of the key, once', async () => {
    const { status, json } = await make('keysworkspace1', {
      title: 'prometheus',
      scopes: ['ingest', 'read'],
      expires_in: '90d',
    });

    expect(status).toBe(201);
    expect(json).toEqual({
      key_id: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
      title: 'prometheus',
      scopes: ['ingest', 'read'],
      created_at: '2026-11-01T00:00:00.000Z',
      expires_at: '2027-01-30T00:00:00.000Z',
      last_used_at: null,
      key: expect.stringMatching(/^fwn_/),
    });
    expect(parseKey(String(json.key))?.keyId).toBe(json.key_id);
    const listed = await call('keysworkspace1', 'GET', '/v1/keys');
    const { key: _, ...shown } = json;
    expect(listed.json).toEqual({ items: [shown], next_cursor: null });
    expect(listed.text).not.toMatch(/hmac|secret|workspace|fwn_/i);
  });

  it('makes a key of the deployment of the key that asks', async () => {
    const workspace = 'keysworkspace2';
    const { key } = await service.keys.create({ workspace, env: 'prod', title: 'first', scopes: ['admin'] });
    const find = async (keyId: string) => service.keys.find(keyId === workspace ? key.keyId : keyId);
    const deployed = await openQueryService({ keys: { ...service.keys, find } });

    const { json } = await deployed.ask('/v1/keys', {
      method: 'POST',
      key: `${workspace}:admin`,
      headers: { 'content-type': 'application/json' },
      body: '{"title":"second","scopes":["read"]}',
    });

    expect(parseKey(String(json.key))?.env).toBe('prod');
    await deployed.close();
  });

  it.each([
    ['/title', { title: '', scopes: ['read'] }],
    ['/title', { title: 'a\r\nb', scopes: ['read'] }],
    ['/title', { title: 'a'.repeat(201), scopes: ['read'] }],
    ['/scopes', { title: 'a', scopes: [] }],
    ['/scopes', { title: 'a', scopes: ['read', 'read'] }],
    ['/scopes/0', { title: 'a', scopes: ['root'] }],
    ['/expires_in', { title: 'a', scopes: ['read'], expires_in: '59s' }],
    ['/expires_in', { title: 'a', scopes: ['read'], expires_in: '3661d' }],
    ['/expires_in', { title: 'a', scopes: ['read'], expires_in: 'soon' }],
    ['/expires_in', { title: 'a', scopes: ['read'], expires_in: -1 }],
    ['', { title: 'a', scopes: ['read'], workspace: 'anotherworkspace' }],
    ['', []],
  ])('refuses with a pointer to %s: %j', async (pointer, body) => {
    const { status, json } = await make('keysworkspace3', body);

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.errors).toContainEqual({ pointer, detail: expect.any(String) });
    expect(await titles('keysworkspace3')).toEqual([]);
  });

  it('refuses what is not JSON', async () => {
    const answer = await service.ask('/v1/keys', { method: 'POST', key: 'keysworkspace3:admin', body: 'title=a' });

    expect(answer.status).toBe(415);
  });

  it('makes fifty keys and not one more, until one is deleted or has expired', async () => {
    const workspace = 'keysworkspace4';
    const first = await make(workspace, { title: 'short', scopes: ['read'], expires_in: '1h' });
    for (let made = 1; made < 50; made++) expect((await make(workspace)).status).toBe(201);

    const refused = await make(workspace);
    expect([refused.status, refused.json.code]).toEqual([409, 'query/keys-too-many']);
    expect(await titles(workspace)).toContain('short');

    const laterMs = NOW_MS + HOUR_MS;
    expect((await make(workspace, undefined, laterMs)).status).toBe(201);
    expect(await titles(workspace, laterMs)).not.toContain('short');
    expect((await make(workspace, undefined, laterMs)).status).toBe(409);
    expect((await call(workspace, 'DELETE', `/v1/keys/${String(first.json.key_id)}`)).status).toBe(404);
  });
});

describe('GET /v1/keys', () => {
  it('A06 tells the hour of the last use', async () => {
    const { json } = await make('keysworkspace5');
    service.keyUses.note('keysworkspace5', String(json.key_id));
    await service.keyUses.flush();

    expect((await call('keysworkspace5', 'GET', '/v1/keys')).json.items).toMatchObject([
      { last_used_at: '2026-11-01T00:00:00.000Z' },
    ]);
  });

  it.each(['read', 'ingest'])('A03 is not for the scope %s', async (scope) => {
    for (const [method, path] of [
      ['GET', '/v1/keys'],
      ['POST', '/v1/keys'],
      ['DELETE', '/v1/keys/x'],
    ] as const) {
      expect((await service.ask(path, { method, key: `keysworkspace5:${scope}` })).status).toBe(403);
    }
  });
});

describe('DELETE /v1/keys/{id}', () => {
  it('revokes a key once', async () => {
    const { json } = await make('keysworkspace6');
    const path = `/v1/keys/${String(json.key_id)}`;

    expect((await call('keysworkspace6', 'DELETE', path)).status).toBe(204);
    expect((await call('keysworkspace6', 'DELETE', path)).status).toBe(404);
    expect((await service.keys.find(String(json.key_id)))?.revokedAtMs).toBe(NOW_MS);
  });

  it('A04 rotates: two keys live side by side, then the old one goes', async () => {
    const workspace = 'keysworkspace7';
    const admin = { title: 'old', scopes: ['admin'] };
    const old = await make(workspace, admin);
    const refused = await call(workspace, 'DELETE', `/v1/keys/${String(old.json.key_id)}`);
    await make(workspace, { ...admin, title: 'new' });

    expect([refused.status, refused.json.code]).toEqual([409, 'query/key-needed']);
    expect(await titles(workspace)).toHaveLength(2);
    expect((await call(workspace, 'DELETE', `/v1/keys/${String(old.json.key_id)}`)).status).toBe(204);
    expect(await titles(workspace)).toEqual(['new']);
  });

  it('does not count an admin key that has expired as one that is left', async () => {
    const workspace = 'keysworkspace8';
    await make(workspace, { title: 'gone', scopes: ['admin'], expires_in: '1d' });
    const { json } = await make(workspace, { title: 'last', scopes: ['admin'] });

    const laterMs = NOW_MS + DAY_MS;
    const path = `/v1/keys/${String(json.key_id)}`;
    expect((await call(workspace, 'DELETE', path, undefined, laterMs)).status).toBe(409);
  });

  it('knows no key of another workspace', async () => {
    const { json } = await make('keysworkspace9');
    const path = `/v1/keys/${String(json.key_id)}`;

    expect((await call('keysworkspace6', 'DELETE', path)).status).toBe(404);
    expect((await service.keys.find(String(json.key_id)))?.revokedAtMs).toBeNull();
  });
});
