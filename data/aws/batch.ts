import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../../functions/platform/errors.ts';
import { callAws } from './aws-error.ts';

export interface BatchFailure {
  readonly Id: string | undefined;
  readonly SenderFault: boolean | undefined;
  readonly Code: string | undefined;
}

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/** Sends a batch and what failed of it again until all of it is through. */
export async function runBatch<E extends { readonly Id: string }>(
  what: string,
  entries: readonly E[],
  send: (entries: E[]) => Promise<{ Failed?: BatchFailure[] | undefined }>,
  { ignoresSenderFaults }: { readonly ignoresSenderFaults: boolean },
): Promise<void> {
  let rest = entries;
  for (let attempt = 0; rest.length > 0; attempt += 1) {
    if (attempt > 0) await pauseBeforeAttempt(what, attempt);
    const { Failed = [] } = await callAws(what, () => send([...rest]));
    const faulty = Failed.find(({ SenderFault }) => SenderFault);
    if (faulty !== undefined && !ignoresSenderFaults) {
      throw new ServiceError('store/unavailable', `${what} refused: ${faulty.Code}`, { details: { ...faulty } });
    }
    const again = new Set(Failed.filter(({ SenderFault }) => !SenderFault).map(({ Id }) => Id));
    rest = rest.filter(({ Id }) => again.has(Id));
  }
}

/** Waits longer each time, and gives up after the last. */
export async function pauseBeforeAttempt(what: string, attempt: number): Promise<void> {
  if (attempt >= MAX_ATTEMPTS) {
    throw new ServiceError('store/unavailable', `${what}: still incomplete after ${attempt} attempts`, {
      retryable: true,
    });
  }
  await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
}

export function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
