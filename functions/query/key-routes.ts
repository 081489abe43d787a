import type { ApiKey } from '../../data/tables/keys.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueryDependencies } from './dependencies.ts';
import { requireJson } from './json-body.ts';
import { keyJson, parseKeyBody } from './key-wire.ts';
import { type LimitedRequest, limitsOf } from './limited-request.ts';
import { readId, readParameters } from './parameters.ts';

/** Who may make, see and revoke keys: all of its own workspace only. */
export function createKeyRoutes(deps: QueryDependencies): Route[] {
  const admin = (method: Route['method'], path: string, handle: Handle): Route => ({
    method,
    path,
    scope: 'admin',
    errors: 'problem',
    handle: (request) => handle(deps, request),
  });
  return [
    admin('GET', '/v1/keys', list),
    admin('POST', '/v1/keys', create),
    admin('DELETE', '/v1/keys/{keyId}', revoke),
  ];
}

type Handle = (deps: QueryDependencies, request: HttpRequest) => Promise<HttpResponse>;

async function list({ keys, keyUses }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  const found = await keys.list(request.workspace);
  const uses = await keyUses.read(
    request.workspace,
    found.map(({ keyId }) => keyId),
  );
  const items = found.map((key) => keyJson(key, uses.get(key.keyId) ?? null));
  return jsonResponse(200, { items, next_cursor: null });
}

/** Its text is in this answer and nowhere else. Sent twice, there are two keys. */
async function create({ keys }: QueryDependencies, request: LimitedRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'keys are made');
  const { title, scopes, lifeMs } = parseKeyBody(request.body);
  const { workspace, nowMs } = request;
  const listed = await keys.list(workspace);
  const live = listed.filter((key) => isLive(key, nowMs));
  // Makers who act at the same moment may go beyond it by one each.
  const { apiKeys } = limitsOf(request);
  if (live.length >= apiKeys) {
    throw new ServiceError('query/keys-too-many', `there are ${live.length} keys, at most ${apiKeys}: delete one`);
  }
  // What has expired leaves the list here, so that it cannot grow with every rotation.
  for (const key of listed) if (!isLive(key, nowMs)) await keys.revoke(workspace, key.keyId);
  const { text, key } = await keys.create({
    workspace,
    // A key is of the deployment of the key that made it.
    env: (await keys.find(request.keyId))?.env ?? 'key',
    title,
    scopes,
    ...(lifeMs !== null && { expiresAtMs: nowMs + lifeMs }),
  });
  return jsonResponse(201, { ...keyJson(key, null), key: text });
}

async function revoke({ keys }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  const keyId = readId(request.params, 'keyId');
  const { workspace, nowMs } = request;
  const listed = await keys.list(workspace);
  const key = listed.find((one) => one.keyId === keyId);
  if (key === undefined) throw new ServiceError('platform/not-found', 'no key has this id');
  const isAdmin = (one: ApiKey): boolean => one.scopes.includes('admin') && isLive(one, nowMs);
  if (isAdmin(key) && listed.filter(isAdmin).length === 1) {
    throw new ServiceError('query/key-needed', 'this is the only key with the scope admin: make another one first');
  }
  await keys.revoke(workspace, keyId);
  return { status: 204 };
}

function isLive({ expiresAtMs }: ApiKey, nowMs: number): boolean {
  return expiresAtMs === null || nowMs < expiresAtMs;
}
