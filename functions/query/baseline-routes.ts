import * as z from 'zod';
import type { Baseline } from '../../models/domain/baseline.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { parseBody, parseJson, plainText, requireJson } from './json-body.ts';
import { readId, readParameters } from './parameters.ts';
import { deleteRecord, putRecord } from './put-record.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { selectorJson, selectorOf } from './selector-wire.ts';
import { timeJson } from './wire.ts';

const MAX_AHEAD_MS = 90 * DAY_MS;

const time = z.string().transform((text, context) => {
  const timestampMs = parseRfc3339(text);
  if (timestampMs !== undefined) return timestampMs;
  context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time with offset, like 2026-11-01T00:00:00Z' });
  return z.NEVER;
});

const body = z
  .strictObject({
    series_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
      .optional(),
    selector: selectorOf(1).optional(),
    from: time,
    note: plainText(1_000).default(''),
  })
  .refine(({ series_id, selector }) => (series_id === undefined) !== (selector === undefined), {
    message: 'must have either series_id or selector',
  });

/** People's word on new normals. It can be taken back: the series are then as if it had never been said. */
export function createBaselineRoutes(deps: QueryDependencies): Route[] {
  const path = '/v1/baselines';
  return [
    { method: 'GET', path, scope: 'read', errors: 'problem', handle: (request) => list(deps, request) },
    { method: 'POST', path, scope: 'admin', errors: 'problem', handle: (request) => accept(deps, request) },
    {
      method: 'DELETE',
      path: `${path}/{baselineId}`,
      scope: 'admin',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        await deleteRecord(deps.baselines, request.workspace, readId(request.params, 'baselineId'), 'baseline');
        return { status: 204 };
      },
    },
  ];
}

function list({ baselines, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['limit', 'cursor']);
  return answerList<Baseline>(request, parameters, cursorSecret, {
    page: (options) => baselines.list(request.workspace, options),
    idOf: ({ baselineId }) => baselineId,
    toJson: baselineJson,
  });
}

/** The same word said twice is one word: its name comes from what it is about and from when on. */
async function accept({ baselines, hashId }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'baselines are sent');
  const { workspace, nowMs } = request;
  const soon = body.refine(({ from }) => from <= nowMs + MAX_AHEAD_MS, {
    message: 'must be at most 90 days ahead',
    path: ['from'],
  });
  const given = parseBody(soon, parseJson(request.body), 'the baseline');
  const { series_id: seriesId = null, selector = [], from: fromMs, note } = given;
  const words = selector.flatMap(({ name, value }) => [name, value]);
  const baselineId = hashId('baseline', workspace, seriesId ?? '', String(fromMs), ...words);
  const record: Baseline = { baselineId, seriesId, selector, fromMs, note, createdAtMs: nowMs };
  const isSame = (before: Baseline): boolean => before.note === note;
  const stored = await putRecord(baselines, workspace, { id: baselineId, record, isSame });
  return jsonResponse(201, baselineJson(stored));
}

function baselineJson({ baselineId, seriesId, selector, fromMs, note, createdAtMs }: Baseline) {
  return {
    baseline_id: baselineId,
    ...(seriesId === null ? { selector: selectorJson(selector) } : { series_id: seriesId }),
    from: timeJson(fromMs),
    note,
    created_at: timeJson(createdAtMs),
  };
}
