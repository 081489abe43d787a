import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../../data/tables/workspace-limits.ts';
import type { HttpResponse, Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { LimitedRequest } from './limited-request.ts';

export interface QueryGate {
  /** The same route, within the limits of the workspace that asks. Open routes are left as they are. */
  limit(route: Route): Route;
  /** Questions of the workspace that this process is answering now. */
  running(workspace: string): number;
}

/**
 * Bounds what one workspace can take from the others: how many questions are answered at once, how long one may take and
 * how large its answer may be.
 *
 * A question that is given up is counted as running until its work has ended, so that asking again and again does not
 * pile up work that nobody waits for.
 */
export function createQueryGate(readLimits: (workspace: string) => Promise<WorkspaceLimits>): QueryGate {
  const running = new Map<string, number>();

  function enter(workspace: string, { concurrentQueries }: WorkspaceLimits): void {
    const now = running.get(workspace) ?? 0;
    if (now >= concurrentQueries) {
      throw new ServiceError('query/too-many', `${now} questions of this workspace are being answered already`, {
        retryable: true,
        details: { retryAfterSeconds: 1 },
      });
    }
    running.set(workspace, now + 1);
  }

  function leave(workspace: string): void {
    const left = running.get(workspace)! - 1;
    if (left === 0) running.delete(workspace);
    else running.set(workspace, left);
  }

  return {
    limit(route) {
      if (route.scope === null) return route;
      return {
        ...route,
        async handle(request) {
          const { workspace } = request;
          const limits = await readLimits(workspace);
          enter(workspace, limits);
          const limited: LimitedRequest = { ...request, limits };
          const answer = async (): Promise<HttpResponse> => route.handle(limited);
          const answering = answer().finally(() => leave(workspace));
          return withinSize(await withinTime(answering, limits), limits);
        },
      };
    },
    running: (workspace) => running.get(workspace) ?? 0,
  };
}

async function withinTime(answering: Promise<HttpResponse>, { queryMs }: WorkspaceLimits): Promise<HttpResponse> {
  const limitMs = Math.min(queryMs, DEFAULT_WORKSPACE_LIMITS.queryMs);
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    const tooSlow = new ServiceError('query/too-slow', `this took longer than ${limitMs} ms: ask for less`);
    timer = setTimeout(() => reject(tooSlow), limitMs);
  });
  try {
    return await Promise.race([answering, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

function withinSize(answer: HttpResponse, { responseBytes }: WorkspaceLimits): HttpResponse {
  const limitBytes = Math.min(responseBytes, DEFAULT_WORKSPACE_LIMITS.responseBytes);
  const sizeBytes = answer.body === undefined ? 0 : Buffer.byteLength(answer.body);
  if (sizeBytes <= limitBytes) return answer;
  throw new ServiceError(
    'query/answer-too-large',
    `the answer would have ${sizeBytes} bytes, at most ${limitBytes} are allowed: ask for fewer items or less time`,
  );
}
