import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { selects } from '../../models/domain/selector.ts';
import { metricName } from '../../models/domain/series.ts';
import { ADDITION_DAYS } from '../../models/forecast/time-to-limit.ts';
import type { HttpRequest, HttpResponse, Route } from '../platform/edge.ts';
import { answerList } from './answer-list.ts';
import { capacityCsv, capacityJson, compareResources, idOf, type Resource } from './capacity-wire.ts';
import type { QueryDependencies } from './dependencies.ts';
import { type Parameters, readChoice, readLabelFilters, readName, readParameters } from './parameters.ts';

const PAGE_LIMITS = 1_000;
/** A series that no forecast has seen for so long was taken away, and its limit with it. */
const SEEN_MS = 7 * DAY_MS;
const SAFE_DAYS = ADDITION_DAYS.map(String);
const DEFAULT_SAFE_DAYS = '90';

/** Every limited resource of a workspace, those that can wait least first. */
export function createCapacityRoutes(deps: QueryDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/capacity',
      scope: 'read',
      errors: 'problem',
      handle: (request) => list(deps, request),
    },
  ];
}

async function list(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['metric', 'label', 'limit_id', 'safe_days', 'limit', 'cursor']);
  const safeDays = Number(readChoice(parameters, 'safe_days', SAFE_DAYS) ?? DEFAULT_SAFE_DAYS);
  const resources = await findResources(deps, request, parameters);
  if (wantsCsv(request)) {
    return {
      status: 200,
      headers: { 'content-type': 'text/csv; charset=utf-8; header=present', vary: 'accept' },
      body: capacityCsv(resources, safeDays),
    };
  }
  return answerList<Resource>(request, parameters, deps.cursorSecret, {
    page: async ({ limit, cursor }) => pageOf(resources, limit, Number(cursor ?? 0)),
    idOf,
    toJson: (resource) => capacityJson(resource, safeDays),
  });
}

async function findResources(
  deps: QueryDependencies,
  { workspace, nowMs }: HttpRequest,
  parameters: Parameters,
): Promise<readonly Resource[]> {
  const matchers = readLabelFilters(parameters);
  const metric = readName(parameters, 'metric');
  const limitId = readName(parameters, 'limit_id');
  const limits = await readLimits(deps, workspace);
  const rows = await deps.readCapacity(workspace);
  return rows
    .flatMap((row) => {
      const limit = limits.get(row.time.limitId);
      const isSeen = row.watermarkMs > nowMs - SEEN_MS;
      if (limit === undefined || !isSeen || !selects(matchers, row.labels)) return [];
      if (metric !== undefined && metricName(row.labels) !== metric) return [];
      return limitId === undefined || limitId === limit.limitId ? [{ row, limit }] : [];
    })
    .sort(compareResources);
}

async function readLimits({ limits }: QueryDependencies, workspace: string): Promise<ReadonlyMap<string, Limit>> {
  const found = new Map<string, Limit>();
  let cursor: string | undefined;
  do {
    const page = await limits.list(workspace, { limit: PAGE_LIMITS, cursor });
    for (const limit of page.items) found.set(limit.limitId, limit);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

/** The place in the list is the cursor: a forecast in between may move a resource over the edge of a page. */
function pageOf(resources: readonly Resource[], limit: number, from: number) {
  const items = resources.slice(from, from + limit);
  const next = from + items.length;
  return next < resources.length ? { items, cursor: String(next) } : { items };
}

function wantsCsv({ headers }: HttpRequest): boolean {
  return (headers.accept ?? '').split(',').some((range) => range.split(';')[0]?.trim().toLowerCase() === 'text/csv');
}
