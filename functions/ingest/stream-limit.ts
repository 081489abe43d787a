import type { LogBatch } from '../../data/segments/batch.ts';

export interface StreamLimit {
  readonly maxStreams: number;
}

/** A stream that was silent for longer makes room for another. */
const REMEMBER_MS = 3_600_000;

export interface AdmittedStreams {
  readonly admitted: LogBatch[];
  readonly refusedStreams: number;
  readonly refusedRecords: number;
}

export type AdmitStreams = (workspace: string, logs: readonly LogBatch[], nowMs: number) => AdmittedStreams;

const SWEEP_MS = 60_000;

interface Known {
  readonly lastSeenMs: Map<string, number>;
  sweptAtMs: number;
}

/**
 * Lets known streams in, and new ones as long as the workspace has room for them.
 *
 * Each process counts for itself: with several, a workspace may have somewhat more streams than the limit, never fewer.
 */
export function createStreamLimit(
  limitOf: (workspace: string) => StreamLimit,
  noteStreams: (workspace: string, streams: number) => void,
): AdmitStreams {
  const workspaces = new Map<string, Known>();

  function sweep(known: Known, nowMs: number): void {
    if (nowMs - known.sweptAtMs < SWEEP_MS) return;
    known.sweptAtMs = nowMs;
    const { lastSeenMs } = known;
    for (const [streamId, seenMs] of lastSeenMs) if (nowMs - seenMs > REMEMBER_MS) lastSeenMs.delete(streamId);
  }

  return (workspace, logs, nowMs) => {
    const known = workspaces.get(workspace) ?? { lastSeenMs: new Map<string, number>(), sweptAtMs: 0 };
    workspaces.set(workspace, known);
    const { maxStreams } = limitOf(workspace);
    sweep(known, nowMs);
    const admitted: LogBatch[] = [];
    let refusedStreams = 0;
    let refusedRecords = 0;
    for (const batch of logs) {
      if (known.lastSeenMs.has(batch.streamId) || known.lastSeenMs.size < maxStreams) {
        known.lastSeenMs.set(batch.streamId, nowMs);
        admitted.push(batch);
      } else {
        refusedStreams++;
        refusedRecords += batch.records.length;
      }
    }
    if (admitted.length > 0) noteStreams(workspace, known.lastSeenMs.size);
    return { admitted, refusedStreams, refusedRecords };
  };
}
