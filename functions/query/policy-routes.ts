import type { DetectionPolicy } from '../../models/domain/detection-policy.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { requireJson } from './json-body.ts';
import { readId, readParameters } from './parameters.ts';
import { type PolicyRequest, parsePoliciesBody, policyJson } from './policy-wire.ts';
import { deleteRecord, putRecord } from './put-record.ts';

/** What people want of the detection of some series: one policy for each selector. */
export function createPolicyRoutes(deps: QueryDependencies): Route[] {
  const path = '/v1/policies';
  return [
    { method: 'GET', path, scope: 'read', errors: 'problem', handle: (request) => list(deps, request) },
    { method: 'PUT', path, scope: 'admin', errors: 'problem', handle: (request) => put(deps, request) },
    {
      method: 'DELETE',
      path: `${path}/{policyId}`,
      scope: 'admin',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        await deleteRecord(deps.policies, request.workspace, readId(request.params, 'policyId'), 'policy');
        return { status: 204 };
      },
    },
  ];
}

function list({ policies, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['limit', 'cursor']);
  return answerList(request, parameters, cursorSecret, {
    page: (options) => policies.list(request.workspace, options),
    idOf: ({ policyId }) => policyId,
    toJson: policyJson,
  });
}

/** The same policies put twice are the same policies: a policy's name comes from its selector. */
async function put({ policies, hashId }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'policies are put');
  const { workspace, nowMs } = request;
  const { items, isSingle } = parsePoliciesBody(request.body);
  const named = items.map((item): DetectionPolicy => {
    const words = item.selector.flatMap(({ name, value }) => [name, value]);
    return { policyId: hashId('policy', workspace, ...words), ...item, updatedAtMs: nowMs };
  });
  if (new Set(named.map(({ policyId }) => policyId)).size < named.length) {
    throw new ServiceError('platform/request-invalid', 'two items have the same selector');
  }
  const stored: DetectionPolicy[] = [];
  for (const record of named) {
    const isSame = (before: DetectionPolicy): boolean => wordsOf(before) === wordsOf(record);
    stored.push(await putRecord(policies, workspace, { id: record.policyId, record, isSame }));
  }
  const [first] = stored;
  if (isSingle && first !== undefined) return jsonResponse(200, policyJson(first));
  return jsonResponse(200, { items: stored.map(policyJson), next_cursor: null });
}

function wordsOf({ title, direction, minImpact, minImpactRelative, threshold, watches }: PolicyRequest): string {
  return JSON.stringify([title, direction, minImpact, minImpactRelative, threshold, watches]);
}
