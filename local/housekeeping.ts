import type { EmbeddedUpkeep, RemovedSegments } from '../data/embedded/upkeep.ts';
import { parseSegmentMessage } from '../data/segments/message.ts';
import { ServiceError } from '../functions/platform/errors.ts';
import type { Log } from '../functions/platform/log.ts';
import { DAY_MS } from '../models/domain/rollup.ts';

export interface HousekeepingOptions {
  readonly upkeep: EmbeddedUpkeep;
  /** How long a segment is kept for recovery once its messages are done. */
  readonly segmentRetentionMs: number;
  readonly log: Log;
}

export interface Housekept extends RemovedSegments {
  readonly deadLetters: number;
}

/** As long as the deployed queue keeps them. */
const DEAD_LETTER_RETENTION_MS = 14 * DAY_MS;

/**
 * Removes what nothing needs any more as of a time: dead letters that nobody has looked at, and then the segments that are
 * old enough and that no message names. What was put aside for people is not touched.
 */
export function createHousekeeping({ upkeep, segmentRetentionMs, log }: HousekeepingOptions) {
  return async (nowMs: number): Promise<Housekept> => {
    const deadLetters = await upkeep.removeDead(nowMs - DEAD_LETTER_RETENTION_MS);
    if (deadLetters > 0) log.warn('dead letters removed', { deadLetters });
    const removed = await upkeep.removeSegments(nowMs - segmentRetentionMs, keyOf);
    if (removed.segments > 0 || removed.kept > 0) log.info('segments removed', { ...removed });
    return { ...removed, deadLetters };
  };
}

/** Of a message that says nothing we understand, detection keeps the text, and no segment is known to belong to it. */
function keyOf(messageBody: string): string | undefined {
  try {
    return parseSegmentMessage(messageBody).key;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'store/corrupt') return undefined;
    throw error;
  }
}
