import { LIMIT_HORIZON_DAYS } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { selects } from '../../models/domain/selector.ts';
import { type Labels, metricName } from '../../models/domain/series.ts';
import type { HttpRequest, HttpResponse, Route } from '../platform/edge.ts';
import { answerList, readPage } from './answer-list.ts';
import { readWindows, WINDOW_PARAMETERS } from './asked-windows.ts';
import { capacityCsv } from './capacity-csv.ts';
import { compareResources, idOf, limitIdOf, type Resource, resourceOf } from './capacity-resource.ts';
import { type CapacityAsk, capacityJson } from './capacity-wire.ts';
import type { QueryDependencies } from './dependencies.ts';
import { forecastNewLimits } from './new-limits.ts';
import { type Parameters, readChoice, readCount, readLabelFilters, readName, readParameters } from './parameters.ts';

const PAGE_LIMITS = 1_000;
/** A series that no forecast has seen for so long was taken away, and its limit with it. */
const SEEN_MS = 7 * DAY_MS;
const DEFAULT_SAFE_DAYS = 90;
const FILTERS = ['metric', 'label', 'limit_id'] as const;
const PARAMETERS = [...FILTERS, 'safe_days', ...WINDOW_PARAMETERS, 'format', 'limit', 'cursor'];

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
  const parameters = readParameters(request.query, PARAMETERS);
  const safeDays = readCount(parameters, 'safe_days', LIMIT_HORIZON_DAYS) ?? DEFAULT_SAFE_DAYS;
  const ask: CapacityAsk = { safeDays, windows: readWindows(parameters) };
  const asCsv = wantsCsv(request, parameters);
  const resources = await findResources(deps, request, parameters);
  const listing = {
    page: async ({ limit, cursor }: { limit: number; cursor: string | undefined }) =>
      pageOf(resources, limit, Number(cursor ?? 0)),
    idOf,
  };
  if (!asCsv) {
    const toJson = (resource: Resource) => capacityJson(resource, ask);
    return answerList(request, parameters, deps.cursorSecret, { ...listing, toJson });
  }
  // A table is whole where nobody asks for pages.
  const isPaged = parameters.one('limit') !== undefined || parameters.one('cursor') !== undefined;
  const page = isPaged && (await readPage(request, parameters, deps.cursorSecret, listing));
  return csvResponse(request, capacityCsv(page ? page.items : resources, ask), page ? page.headers : {});
}

function csvResponse({ nowMs }: HttpRequest, body: string, headers: Readonly<Record<string, string>>): HttpResponse {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="capacity-${day}.csv"`,
      vary: 'accept',
    },
    body,
  };
}

async function findResources(
  deps: QueryDependencies,
  { workspace, nowMs }: HttpRequest,
  parameters: Parameters,
): Promise<readonly Resource[]> {
  const matchers = readLabelFilters(parameters);
  const metric = readName(parameters, 'metric');
  const limitId = readName(parameters, 'limit_id');
  const isAsked = (labels: Labels): boolean =>
    selects(matchers, labels) && (metric === undefined || metricName(labels) === metric);
  const known = await readLimits(deps, workspace);
  const limits = new Map([...known].filter(([id]) => limitId === undefined || id === limitId));
  const rows = await deps.readCapacity(workspace);
  const forecastMs = rows.reduce((newest, { madeAtMs }) => Math.max(newest, madeAtMs), 0);
  const newLimits = [...limits.values()].filter(({ updatedAtMs }) => updatedAtMs > forecastMs);
  const resources = rows.flatMap((row) => {
    const limit = limits.get(limitIdOf(row));
    return limit === undefined || !isAsked(row.labels) ? [] : [resourceOf(row, limit, nowMs)];
  });
  // Those that are new take the place of what an older forecast said.
  const found = [...resources, ...(await forecastNewLimits(deps, { workspace, nowMs, limits: newLimits, isAsked }))];
  return [...new Map(found.map((resource) => [idOf(resource), resource])).values()]
    .filter(({ row }) => row.watermarkMs > nowMs - SEEN_MS)
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

/** By the parameter `format`, else by the header `Accept`. */
function wantsCsv({ headers }: HttpRequest, parameters: Parameters): boolean {
  const format = readChoice(parameters, 'format', ['json', 'csv']);
  if (format !== undefined) return format === 'csv';
  const csv = acceptedAs('text/csv', headers.accept ?? '');
  return csv > 0 && csv >= acceptedAs('application/json', headers.accept ?? '');
}

/** How much a media type is wanted, 0 to 1; 0 where it is not named. */
function acceptedAs(mediaType: string, accept: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim());
    if (name !== mediaType) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}
