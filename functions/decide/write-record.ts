import type { Records } from '../../data/tables/records.ts';
import { ServiceError } from '../platform/errors.ts';

export const MAX_TRIES = 5;

/**
 * Changes one record as it is at the moment of writing: reads it, decides, and puts it back at the revision it was read
 * with. Another's write in between makes it read and decide again, at most five times.
 *
 * `decide` answers undefined where nothing is to be written. Returns what was written, if anything.
 */
export async function changeRecord<T>(
  records: Pick<Records<T>, 'get' | 'put'>,
  workspace: string,
  id: string,
  decide: (current: T) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stored = await records.get(workspace, id);
    if (stored === undefined) return undefined;
    const next = await decide(stored.record);
    if (next === undefined) return undefined;
    const result = await records.put(workspace, next, { kind: 'revision', revision: stored.revision });
    if (result.kind === 'stored') return next;
  }
  throw new ServiceError('store/conflict', `record ${id} was changed by others ${MAX_TRIES} times in a row`, {
    retryable: true,
  });
}
