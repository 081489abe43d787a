import * as z from 'zod';
import type { KnownTopology } from '../../data/tables/topology.ts';
import type { Dependency } from '../../models/domain/topology.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import type { QueryDependencies } from './dependencies.ts';
import { parseBody, parseJson, plainText, requireJson } from './json-body.ts';
import { readParameters } from './parameters.ts';
import { timeJson } from './wire.ts';

const MAX_EDGES = 5_000;

const service = plainText(256).min(1);
const edge = z
  // As it is read, so may it be put back.
  .strictObject({ from: service, to: service, origins: z.unknown().optional() })
  .refine(({ from, to }) => from !== to, 'a service does not depend on itself');
const body = z.strictObject({ edges: z.array(edge).max(MAX_EDGES), declared_at: z.unknown().optional() });

/** Who depends on whom: declared by people or by what deploys the services, and told by traces. */
export function createTopologyRoutes(deps: QueryDependencies): Route[] {
  const path = '/v1/topology';
  return [
    { method: 'GET', path, scope: 'read', errors: 'problem', handle: (request) => get(deps, request) },
    { method: 'PUT', path, scope: ['admin', 'ingest'], errors: 'problem', handle: (request) => put(deps, request) },
  ];
}

async function get({ topology }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  return jsonResponse(200, topologyJson(await topology.read(request.workspace)));
}

async function put({ topology }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'the topology is put');
  const { edges } = parseBody(body, parseJson(request.body), 'the topology');
  await topology.declare(request.workspace, unique(edges), request.nowMs);
  return jsonResponse(200, topologyJson(await topology.read(request.workspace)));
}

function unique(edges: readonly Dependency[]): readonly Dependency[] {
  return [...new Map(edges.map((one) => [JSON.stringify([one.from, one.to]), one])).values()];
}

function topologyJson({ dependencies, declaredAtMs }: KnownTopology) {
  return {
    edges: dependencies.map(({ from, to, origins }) => ({ from, to, origins })),
    declared_at: timeJson(declaredAtMs),
  };
}
