import { type ShardView, SLOT } from '../../data/state/shard-state.ts';
import { matchesSelector } from '../../models/decide/match-limit.ts';
import type { Detector } from '../../models/detect/detector.ts';
import { seriesLacks } from '../../models/detect/lacks.ts';
import type { Matcher } from '../../models/domain/limit.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels, Series } from '../../models/domain/series.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { lacksJson } from './lacks-wire.ts';
import { type LimitedRequest, limitsOf } from './limited-request.ts';
import {
  readChoice,
  readId,
  readLabelFilters,
  readName,
  readParameters,
  readRange,
  requireWidth,
  type TimeRange,
} from './parameters.ts';
import { nameJson, rollupsJson, samplesJson, seriesJson, timeJson } from './wire.ts';

const DEFAULT_RANGE_MS = DAY_MS;

export function createSeriesRoutes(deps: QueryDependencies): Route[] {
  const get = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    scope: 'read',
    errors: 'problem',
    handle,
  });
  return [
    get('/v1/series', (request) => list(deps, request)),
    get('/v1/series/{seriesId}', async (request) => {
      readParameters(request.query, []);
      return jsonResponse(200, await createDescribe(deps, request.workspace)(await findSeries(deps, request)));
    }),
    get('/v1/series/{seriesId}/samples', (request) => samples(deps, request)),
  ];
}

/** Keeps what carries all of the labels; undefined where none are asked for. */
export function labelFilter<T extends { readonly labels: Labels }>(
  matchers: readonly Matcher[],
): ((item: T) => boolean) | undefined {
  return matchers.length === 0 ? undefined : ({ labels }) => matchesSelector(matchers, labels);
}

function list(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const { series, cursorSecret } = deps;
  const parameters = readParameters(request.query, ['metric', 'label', 'limit', 'cursor']);
  const metric = readName(parameters, 'metric');
  return answerList<Series>(request, parameters, cursorSecret, {
    page: (options) =>
      metric === undefined
        ? series.list(request.workspace, options)
        : series.listByIndex(request.workspace, metric, options),
    idOf: ({ seriesId }) => seriesId,
    keep: labelFilter(readLabelFilters(parameters)),
    toJson: createDescribe(deps, request.workspace),
  });
}

/** Each shard is read once for all series of an answer. */
function createDescribe({ readShard, detector }: QueryDependencies, workspace: string) {
  const views = new Map<number, ReturnType<QueryDependencies['readShard']>>();
  return async (series: Series) => {
    const reading = views.get(series.shard) ?? readShard(workspace, series.shard);
    views.set(series.shard, reading);
    return describe(series, await reading, detector);
  };
}

/** What a series is, and what it still lacks; nothing of that before its first sample has been worked on. */
function describe(series: Series, view: ShardView | undefined, { weekKnownMs }: Pick<Detector, 'weekKnownMs'>) {
  const index = view?.indexById.get(series.seriesId);
  if (view === undefined || index === undefined) return seriesJson(series);
  const words = view.words.subarray(index * SLOT.words, (index + 1) * SLOT.words);
  const lacks = seriesLacks({
    learnedPoints: words[SLOT.learnedPoints]!,
    neededPoints: words[SLOT.neededPoints]!,
    firstSampleMs: words[SLOT.firstTimestampMs]!,
    lastSampleMs: words[SLOT.lastTimestampMs]!,
    weekKnownMs,
    peers: words[SLOT.peers]!,
  });
  return { ...seriesJson(series), last_sample_at: timeJson(words[SLOT.lastTimestampMs]!), lacks: lacksJson(lacks) };
}

async function findSeries({ series }: QueryDependencies, { workspace, params }: HttpRequest): Promise<Series> {
  const stored = await series.get(workspace, readId(params, 'seriesId'));
  if (stored === undefined) throw new ServiceError('platform/not-found', 'no series has this id');
  return stored.record;
}

async function samples(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['from', 'to', 'step']);
  const step = readChoice(parameters, 'step', ['raw', '5m', '1h']) ?? 'raw';
  const range = readRange(parameters, request.nowMs, DEFAULT_RANGE_MS) ?? {
    fromMs: request.nowMs - DEFAULT_RANGE_MS,
    toMs: request.nowMs,
  };
  const series = await findSeries(deps, request);
  const points =
    step === 'raw' ? await rawPoints(deps, request, series, range) : await rollups(deps, request, series, step, range);
  return jsonResponse(200, {
    ...nameJson(series.seriesId, series.labels),
    step,
    from: timeJson(range.fromMs),
    to: timeJson(range.toMs),
    points,
  });
}

async function rawPoints(
  { readSamples }: QueryDependencies,
  request: LimitedRequest,
  { seriesId, shard }: Series,
  range: TimeRange,
) {
  requireWidth(range, limitsOf(request).queryRangeDays * DAY_MS);
  const { workspace } = request;
  const found = await readSamples({ workspace, shard, seriesId }, range.fromMs, range.toMs);
  requirePoints(found.timestampsMs.length, request, 'ask for step=5m or step=1h, or for less time');
  return samplesJson(found);
}

async function rollups(
  { readRollups }: QueryDependencies,
  request: LimitedRequest,
  { seriesId, shard }: Series,
  step: '5m' | '1h',
  { fromMs, toMs }: TimeRange,
) {
  const stepMs = step === '5m' ? FIVE_MINUTES_MS : HOUR_MS;
  requirePoints(
    Math.ceil((toMs - fromMs) / stepMs),
    request,
    step === '5m' ? 'ask for step=1h, or for less time' : 'ask for less time',
  );
  return rollupsJson(await readRollups({ workspace: request.workspace, shard, seriesId }, stepMs, fromMs, toMs));
}

function requirePoints(points: number, request: LimitedRequest, hint: string): void {
  const { queryPoints } = limitsOf(request);
  if (points <= queryPoints) return;
  throw new ServiceError(
    'query/range-invalid',
    `this would be ${points} points, at most ${queryPoints} are allowed: ${hint}`,
  );
}
