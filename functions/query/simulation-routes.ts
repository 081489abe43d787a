import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueryDependencies } from './dependencies.ts';
import { requireJson } from './json-body.ts';
import { readParameters } from './parameters.ts';
import type { Simulation } from './simulate-series.ts';
import { parseSimulationBody, type SimulationBody, simulationJson } from './simulation-wire.ts';

/** What if: nothing of it is stored, so who may read may ask. */
export function createSimulationRoutes(deps: QueryDependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/simulations',
      scope: 'read',
      errors: 'problem',
      handle: (request) => simulate(deps, request),
    },
  ];
}

async function simulate(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'simulations are asked for');
  const { workspace, nowMs } = request;
  const body = parseSimulationBody(request.body, nowMs);
  const { scenario, replay, safeDays } = body;
  const stored = await deps.series.get(workspace, body.seriesId);
  if (stored === undefined) throw new ServiceError('platform/not-found', 'no series has this id');
  const simulation = await deps.simulate({
    workspace,
    series: stored.record,
    limitId: body.limitId,
    scenario,
    replay,
    nowMs,
  });
  if (simulation === undefined) {
    throw new ServiceError('platform/not-found', 'the series has no complete hour in the last ten weeks');
  }
  requireAnswer(simulation, body);
  return jsonResponse(200, simulationJson(simulation, { scenario, safeDays, nowMs }));
}

/** Where nothing can be answered, it is said why. */
function requireAnswer({ limits, leftOut, replayedHours }: Simulation, { limitId }: SimulationBody): void {
  if (replayedHours === 0) throw refused('/replay', 'the series has no value between from and to');
  if (limits.length > 0) return;
  const [first] = leftOut;
  if (limitId === undefined) throw refused('/series_id', first?.detail ?? 'no limit applies to this series');
  throw refused('/limit_id', first?.detail ?? 'no limit with this id applies to this series');
}

function refused(pointer: string, detail: string): ServiceError {
  return new ServiceError('platform/request-invalid', `${pointer}: ${detail}`, {
    details: { errors: [{ pointer, detail }] },
  });
}
