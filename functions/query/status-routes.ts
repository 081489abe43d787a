import { jsonResponse, type Route } from '../platform/edge.ts';
import type { QueryDependencies } from './dependencies.ts';
import { readParameters } from './parameters.ts';
import { timeJson } from './wire.ts';

export function createStatusRoutes({ readHealth, readUsage }: QueryDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/health',
      scope: null,
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        const { status, version, watermarkMs, counts } = await readHealth();
        return jsonResponse(status === 'ok' ? 200 : 503, { status, version, watermark: timeJson(watermarkMs), counts });
      },
    },
    {
      method: 'GET',
      path: '/v1/usage',
      scope: 'read',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        const { sinceMs, accepted, discarded } = await readUsage(request.workspace);
        return jsonResponse(200, { since: timeJson(sinceMs), accepted, discarded });
      },
    },
  ];
}
