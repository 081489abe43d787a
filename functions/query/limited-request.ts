import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../../data/tables/workspace-limits.ts';
import type { HttpRequest } from '../platform/edge.ts';

/** A request that carries the limits of its workspace. */
export type LimitedRequest = HttpRequest & { readonly limits?: WorkspaceLimits };

/** What the workspace of a request may ask for; the defaults where the request has not come through the gate. */
export function limitsOf({ limits }: LimitedRequest): WorkspaceLimits {
  return limits ?? DEFAULT_WORKSPACE_LIMITS;
}
