import type { Limit } from '../../models/domain/limit.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { requireJson } from './json-body.ts';
import { type LimitRequest, limitJson, parseLimitsBody } from './limit-wire.ts';
import { readId, readParameters } from './parameters.ts';

const MAX_TRIES = 5;

/** Limits are the one thing that is written here: they are settings, and belong to who reads the answers. */
export function createLimitRoutes(deps: QueryDependencies): Route[] {
  return [
    { method: 'GET', path: '/v1/limits', scope: 'read', errors: 'problem', handle: (request) => list(deps, request) },
    { method: 'PUT', path: '/v1/limits', scope: 'admin', errors: 'problem', handle: (request) => put(deps, request) },
    {
      method: 'DELETE',
      path: '/v1/limits/{limitId}',
      scope: 'admin',
      errors: 'problem',
      handle: (request) => remove(deps, request),
    },
  ];
}

function list({ limits, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['limit', 'cursor']);
  return answerList(request, parameters, cursorSecret, {
    page: (options) => limits.list(request.workspace, options),
    idOf: ({ limitId }) => limitId,
    toJson: limitJson,
  });
}

/** The same limits put twice are the same limits: a limit's name comes from its selector and its bound. */
async function put(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'limits are put');
  const { items, isSingle } = parseLimitsBody(request.body);
  const named = items.map((item) => ({ item, limitId: limitIdOf(deps, request.workspace, item) }));
  requireDistinct(named.map(({ limitId }) => limitId));
  const stored: Limit[] = [];
  for (const { item, limitId } of named) stored.push(await putLimit(deps, request, item, limitId));
  const [first] = stored;
  if (isSingle && first !== undefined) return jsonResponse(200, limitJson(first));
  return jsonResponse(200, { items: stored.map(limitJson), next_cursor: null });
}

function requireDistinct(limitIds: readonly string[]): void {
  const second = limitIds.findIndex((limitId, i) => limitIds.indexOf(limitId) < i);
  if (second < 0) return;
  const pointer = `/items/${second}`;
  const detail = `has the selector and the bound of /items/${limitIds.indexOf(limitIds[second]!)}`;
  throw new ServiceError('platform/request-invalid', `${pointer}: ${detail}`, {
    details: { errors: [{ pointer, detail }] },
  });
}

function limitIdOf({ hashId }: QueryDependencies, workspace: string, { selector, bound }: LimitRequest): string {
  return hashId('limit', workspace, bound, ...selector.flatMap(({ name, value }) => [name, value]));
}

async function putLimit(
  { limits }: QueryDependencies,
  { workspace, nowMs }: HttpRequest,
  item: LimitRequest,
  limitId: string,
): Promise<Limit> {
  const next: Limit = { limitId, ...item, updatedAtMs: nowMs };
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stored = await limits.get(workspace, limitId);
    if (stored !== undefined && isSameLimit(stored.record, next)) return stored.record;
    const result = await limits.put(
      workspace,
      next,
      stored === undefined ? { kind: 'absent' } : { kind: 'revision', revision: stored.revision },
    );
    if (result.kind === 'stored') return next;
  }
  throw new ServiceError('store/conflict', `limit ${limitId} was changed by others ${MAX_TRIES} times in a row`, {
    retryable: true,
  });
}

/** Claims stand by a limit until it changes: putting the same one again must not look like a change. */
function isSameLimit(a: Limit, b: Limit): boolean {
  const fields = ({ title, value, metric, changes = [], unit, leadTimeMs, probability, action }: Limit): string =>
    JSON.stringify([title, value, metric, changes, unit, leadTimeMs, probability, action]);
  return fields(a) === fields(b);
}

async function remove({ limits }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  const limitId = readId(request.params, 'limitId');
  if ((await limits.get(request.workspace, limitId)) === undefined) {
    throw new ServiceError('platform/not-found', 'no limit has this id');
  }
  await limits.delete(request.workspace, limitId);
  return { status: 204 };
}
