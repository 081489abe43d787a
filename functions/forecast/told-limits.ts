import { seriesIdOf } from '../../data/segments/series-id.ts';
import { shardOf } from '../../data/segments/shard.ts';
import { capacityLabels, newestTold, TOLD_MS } from '../../models/decide/capacity-labels.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import { type Limit, resolveLimit } from '../../models/domain/limit.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';

/** Newest value of a series within the last two days; undefined where it has none. */
export type NewestOf = (seriesId: string) => Promise<number | undefined>;

/**
 * The limits that apply to a series, each with its value: where another series tells it, that is the one with the same
 * labels and the limit's metric. A limit that nobody has told for two days is left out.
 */
export async function toldLimits(
  workspace: string,
  limits: readonly Limit[],
  labels: Labels,
  newestOf: NewestOf,
): Promise<readonly Limit[]> {
  const resolved: Limit[] = [];
  for (const limit of matchLimits(limits, labels)) {
    if (limit.metric === undefined) {
      resolved.push(limit);
      continue;
    }
    const told = await newestOf(seriesIdOf(workspace, capacityLabels(labels, limit.metric)));
    if (told !== undefined) resolved.push(resolveLimit(limit, told));
  }
  return resolved;
}

export interface ShardsDeps {
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly shardCount: number;
}

export interface ShardsContext {
  readonly workspace: string;
  readonly shard: number;
  /** Hours of the shard's own series. */
  readonly rollups: ReadonlyMap<string, RollupColumns>;
  readonly nowMs: number;
}

/** Newest values of this shard's series and of others'; another shard is read once, and only where it is asked for. */
export function newestInShards(
  { readHours, shardCount }: ShardsDeps,
  { workspace, shard, rollups, nowMs }: ShardsContext,
): NewestOf {
  const others = new Map<number, Promise<ReadonlyMap<string, RollupColumns>>>();
  const hoursOf = (other: number): Promise<ReadonlyMap<string, RollupColumns>> => {
    const known = others.get(other) ?? readHours(workspace, other, nowMs - TOLD_MS, nowMs);
    others.set(other, known);
    return known;
  };
  return async (seriesId) => {
    const home = shardOf(seriesId, shardCount);
    return newestTold((home === shard ? rollups : await hoursOf(home)).get(seriesId), nowMs);
  };
}
