import { type ShardView, SLOT } from '../../data/state/shard-state.ts';
import type { SurveyState } from '../../data/state/survey-state.ts';
import { DAY_MS, FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';

/** A shard whose time has not moved for so long has nothing to come: it is not waited for. */
const SHARD_PATIENCE_MS = 900_000;
/** Data this near to the clock is of now; what is older is history that is being loaded. */
const LIVE_MS = 1_800_000;
/** What of the time between two runs counts as silence. More of it, and it was this service that was away. */
const LONGEST_STEP_MS = 900_000;
/** After its end a bucket is waited for this long. */
const GRACE_MS = 60_000;
/** Older history teaches little more; three weeks are what the week's shape needs. */
export const HISTORY_MS = 21 * DAY_MS;

/**
 * Moves the survey's clock: event time as far as all shards have come, and on with the wall clock where nothing arrives.
 *
 * Event time is that of the shard that is farthest behind, of those that have moved in the last quarter of an hour. Where
 * nothing arrives, and it was that of now when it last moved, the clock goes on by the time since the last run, at most a
 * quarter of an hour: silence is then seen as what it is, while history that is being loaded, or a machine that was off,
 * makes nobody missing.
 */
export function advanceClock(state: SurveyState, views: readonly ShardView[], nowMs: number): void {
  const before = new Map(state.shards.map((mark) => [mark.shard, mark]));
  state.shards = views.map(({ shard, watermarkMs }) => {
    const mark = before.get(shard);
    return mark?.watermarkMs === watermarkMs ? mark : { shard, watermarkMs, movedAtMs: nowMs };
  });
  const moving = state.shards.filter(({ movedAtMs }) => nowMs - movedAtMs < SHARD_PATIENCE_MS);
  const eventMs = moving.length === 0 ? 0 : Math.min(...moving.map(({ watermarkMs }) => watermarkMs));
  if (eventMs > state.clockMs) {
    state.clockMs = eventMs;
    state.isLive = nowMs - eventMs <= LIVE_MS;
  } else if (state.isLive && nowMs > state.lastRunMs && !state.shards.some(({ movedAtMs }) => movedAtMs === nowMs)) {
    state.clockMs += Math.min(nowMs - state.lastRunMs, LONGEST_STEP_MS);
  }
  state.lastRunMs = Math.max(state.lastRunMs, nowMs);
}

/** Buckets to look at: from the first that is not done, or as far back as is worth it, to the last that is finished. */
export function bucketsToDo(
  state: SurveyState,
  views: readonly ShardView[],
): { readonly fromMs: number; readonly toMs: number } {
  const toMs = bucketOf(state.clockMs - GRACE_MS);
  const farthestMs = bucketOf(state.clockMs - HISTORY_MS);
  const startMs = state.doneToMs > 0 ? state.doneToMs : bucketOf(firstSampleMs(views));
  return { fromMs: Math.max(startMs, farthestMs), toMs };
}

function firstSampleMs(views: readonly ShardView[]): number {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { words, seriesIds } of views) {
    for (let slot = 0; slot < seriesIds.length; slot++) {
      firstMs = Math.min(firstMs, words[slot * SLOT.words + SLOT.firstTimestampMs]!);
    }
  }
  return firstMs;
}

/** Start of the bucket of five minutes that a time lies in. */
export function bucketOf(timestampMs: number): number {
  return Math.floor(timestampMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
}
