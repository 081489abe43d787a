import type { Records } from '../../data/tables/records.ts';
import { ServiceError } from '../platform/errors.ts';

const MAX_TRIES = 5;

/**
 * Puts a record that people set; one that says the same already stays as it is, with its time. Others may put it at the
 * same moment: the later word counts, and none is lost half way.
 */
export async function putRecord<T extends object>(
  records: Pick<Records<T>, 'get' | 'put'>,
  workspace: string,
  { id, record, isSame }: { readonly id: string; readonly record: T; readonly isSame: (stored: T) => boolean },
): Promise<T> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stored = await records.get(workspace, id);
    if (stored !== undefined && isSame(stored.record)) return stored.record;
    const result = await records.put(
      workspace,
      record,
      stored === undefined ? { kind: 'absent' } : { kind: 'revision', revision: stored.revision },
    );
    if (result.kind === 'stored') return record;
  }
  throw new ServiceError('store/conflict', `${id} was changed by others ${MAX_TRIES} times in a row`, {
    retryable: true,
  });
}

/** Throws `platform/not-found`; `what` says what it would have been. */
export async function deleteRecord<T>(
  records: Pick<Records<T>, 'get' | 'delete'>,
  workspace: string,
  id: string,
  what: string,
): Promise<void> {
  if ((await records.get(workspace, id)) === undefined) {
    throw new ServiceError('platform/not-found', `no ${what} has this id`);
  }
  await records.delete(workspace, id);
}
