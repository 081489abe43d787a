import { removeCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { Source } from './portion.ts';
import { createSender, type Target } from './sender.ts';

export interface RunOptions {
  readonly source: Source;
  readonly target: Target;
  readonly statePath: string;
  readonly identity: string;
  readonly fromMs: number;
  /** Where an earlier run has come to. */
  readonly start: { readonly position: number; readonly accepted: number; readonly rejected: number };
  readonly onProgress: (ratio: number) => void;
  /** Told why nothing moves for a while. */
  readonly onWait: (why: string) => void;
}

export interface RunSummary {
  readonly accepted: number;
  readonly rejected: number;
  readonly skipped: number;
  readonly reasons: readonly string[];
}

const MAX_REASONS = 5;

/** Sends everything from the start on, in order, and remembers how far it has come; at the end nothing is left to remember. */
export async function runBackfill(options: RunOptions): Promise<RunSummary> {
  const { source, target, statePath, identity, fromMs, start } = options;
  let { accepted, rejected } = start;
  const reasons = new Set<string>();
  const send = createSender(target, options.onWait);
  options.onProgress(0);
  for await (const portion of source.portions(start.position)) {
    if (portion.samples > 0) {
      const sent = await send(portion);
      accepted += sent.accepted;
      rejected += sent.rejected;
      for (const reason of sent.reasons) if (reasons.size < MAX_REASONS) reasons.add(reason);
    }
    if (portion.position !== undefined) {
      await saveCheckpoint(statePath, { identity, position: portion.position, fromMs, accepted, rejected });
      options.onProgress(portion.ratio);
    }
  }
  options.onProgress(1);
  await removeCheckpoint(statePath);
  return { accepted, rejected, skipped: source.skipped(), reasons: [...reasons] };
}
