import type { Change } from '../domain/change.ts';

/** A change so long before an onset may have caused it. */
export const SUSPECT_MS = 7_200_000;
const MAX_SUSPECTS = 10;

/**
 * Suspects: the changes shortly before something began.
 *
 * Used by the decide room for issues of kind anomaly.
 *
 * Definition: changes of the service, or of no named service, from two hours before the onset up to it; nearest first,
 *             ties by id; at most ten.
 * Input:      changes in any order.
 * Output:     ids.
 * Cost:       O(changes log changes).
 * Throws:     never.
 *
 * @example
 * findSuspects([], 'api', 0) // => []
 */
export function findSuspects(changes: readonly Change[], service: string, onsetMs: number): readonly string[] {
  return changes
    .filter((change) => change.service === null || change.service === service)
    .filter((change) => change.atMs <= onsetMs && change.atMs >= onsetMs - SUSPECT_MS)
    .sort((a, b) => b.atMs - a.atMs || (a.changeId < b.changeId ? -1 : 1))
    .slice(0, MAX_SUSPECTS)
    .map(({ changeId }) => changeId);
}
