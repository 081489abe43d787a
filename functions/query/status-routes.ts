import { jsonResponse, type Route } from '../platform/edge.ts';
import type { QueryDependencies } from './dependencies.ts';
import { readParameters } from './parameters.ts';
import { usageJson } from './usage-wire.ts';
import { timeJson } from './wire.ts';

export function createStatusRoutes(
  { readHealth, readUsage }: QueryDependencies,
  runningQueries: (workspace: string) => number,
): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/health',
      scope: null,
      errors: 'problem',
      // Degraded is not down: who probes this must not take the service away for it. Where it is down the edge says so.
      async handle(request) {
        readParameters(request.query, []);
        const { status, version, watermarkMs, counts } = await readHealth();
        return jsonResponse(200, { status, version, watermark: timeJson(watermarkMs), counts });
      },
    },
    {
      method: 'GET',
      path: '/v1/usage',
      scope: 'read',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        const usage = await readUsage(request.workspace);
        const concurrentQueries = runningQueries(request.workspace);
        return jsonResponse(200, usageJson({ ...usage, current: { ...usage.current, concurrentQueries } }));
      },
    },
  ];
}
