import { seriesIdOf } from '../../data/segments/series-id.ts';
import { shardOf } from '../../data/segments/shard.ts';
import { capacityLabels, newestTold, TOLD_MS } from '../../models/decide/capacity-labels.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import type { UntoldLimit } from '../../models/domain/forecast.ts';
import { type Limit, resolveLimit } from '../../models/domain/limit.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels, Series } from '../../models/domain/series.ts';

/** Newest value of a series within the last two days, and whether there is such a series at all. */
export interface ToldValues {
  readonly newestOf: (seriesId: string) => Promise<number | undefined>;
  readonly isKnown: (seriesId: string) => Promise<boolean>;
}

/** The limits that apply to a series, each with its value; and those whose value nobody tells. */
export interface ResolvedLimits {
  readonly limits: readonly Limit[];
  readonly untold: readonly Omit<UntoldLimit, 'currentValue'>[];
}

/**
 * The limits that apply to a series. Where another series tells one, that is the one with the same labels and the limit's
 * metric; where that series is not known, or has told nothing for two days, the limit is untold.
 */
export async function toldLimits(
  workspace: string,
  limits: readonly Limit[],
  labels: Labels,
  { newestOf, isKnown }: ToldValues,
): Promise<ResolvedLimits> {
  const resolved: Limit[] = [];
  const untold: Omit<UntoldLimit, 'currentValue'>[] = [];
  for (const limit of matchLimits(limits, labels)) {
    const { limitId, metric } = limit;
    if (metric === undefined) {
      resolved.push(limit);
      continue;
    }
    const tellerId = seriesIdOf(workspace, capacityLabels(labels, metric));
    const told = await newestOf(tellerId);
    if (told !== undefined) resolved.push(resolveLimit(limit, told));
    else {
      const reason = (await isKnown(tellerId)) ? 'limit_series_silent' : 'limit_series_unknown';
      untold.push({ limitId, metric, reason });
    }
  }
  return { limits: resolved, untold };
}

export interface ShardsDeps {
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly getSeries: (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;
  readonly shardCount: number;
}

/** Newest values of all series of a workspace; a shard is read once, and only where it is asked for. */
export function toldInShards(
  { readHours, getSeries, shardCount }: ShardsDeps,
  { workspace, nowMs }: { readonly workspace: string; readonly nowMs: number },
): ToldValues {
  const shards = new Map<number, Promise<ReadonlyMap<string, RollupColumns>>>();
  const hoursOf = (shard: number): Promise<ReadonlyMap<string, RollupColumns>> => {
    const known = shards.get(shard) ?? readHours(workspace, shard, nowMs - TOLD_MS, nowMs);
    shards.set(shard, known);
    return known;
  };
  return {
    newestOf: async (seriesId) => newestTold((await hoursOf(shardOf(seriesId, shardCount))).get(seriesId), nowMs),
    isKnown: async (seriesId) => (await getSeries(workspace, [seriesId])).length > 0,
  };
}
