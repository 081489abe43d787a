import type { Route } from '../platform/edge.ts';
import { createBaselineRoutes } from './baseline-routes.ts';
import { createCalendarRoutes } from './calendar-routes.ts';
import { createCapacityRoutes } from './capacity-routes.ts';
import type { QueryDependencies } from './dependencies.ts';
import { createExplainRoutes } from './explain-routes.ts';
import { createFeedbackRoutes } from './feedback-routes.ts';
import { createFindingRoutes } from './finding-routes.ts';
import { createForecastRoutes } from './forecast-routes.ts';
import { createKeyRoutes } from './key-routes.ts';
import { createLimitRoutes } from './limit-routes.ts';
import { createPolicyRoutes } from './policy-routes.ts';
import { createQueryGate } from './query-gate.ts';
import { createSeriesRoutes } from './series-routes.ts';
import { createSimulationRoutes } from './simulation-routes.ts';
import { createStatusRoutes } from './status-routes.ts';
import { createTopologyRoutes } from './topology-routes.ts';

/** Everything that can be asked. The workspace of an answer is that of the key, whatever the request says. */
export function createQueryRoutes(deps: QueryDependencies): Route[] {
  const gate = createQueryGate(deps.readLimits);
  const routes = [
    ...createSeriesRoutes(deps),
    ...createFindingRoutes(deps),
    ...createExplainRoutes(deps),
    ...createForecastRoutes(deps),
    ...createCapacityRoutes(deps),
    ...createSimulationRoutes(deps),
    ...createLimitRoutes(deps),
    ...createPolicyRoutes(deps),
    ...createCalendarRoutes(deps),
    ...createBaselineRoutes(deps),
    ...createFeedbackRoutes(deps),
    ...createTopologyRoutes(deps),
    ...createKeyRoutes(deps),
    ...createStatusRoutes(deps, gate.running),
  ];
  return routes.map((route) => gate.limit(route));
}
