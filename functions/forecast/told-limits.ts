import { seriesIdOf } from '../../data/segments/series-id.ts';
import { shardOf } from '../../data/segments/shard.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import { type Limit, resolveLimit } from '../../models/domain/limit.ts';
import { DAY_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';

/** A capacity that was told no later than this is not believed any more. */
const TOLD_MS = 2 * DAY_MS;

export interface ToldLimitsDeps {
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly shardCount: number;
}

export interface ToldLimitsContext {
  readonly workspace: string;
  readonly shard: number;
  /** Hours of the shard's own series. */
  readonly rollups: ReadonlyMap<string, RollupColumns>;
  readonly limits: readonly Limit[];
  readonly nowMs: number;
}

/**
 * The limits that apply to a series, each with its value: where another series tells it, that is the one with the same
 * labels and the limit's metric, in whichever shard. A limit that nobody has told for two days is left out.
 */
export function toldLimits(
  { readHours, shardCount }: ToldLimitsDeps,
  { workspace, shard, rollups, limits, nowMs }: ToldLimitsContext,
): (labels: Labels) => Promise<readonly Limit[]> {
  const others = new Map<number, Promise<ReadonlyMap<string, RollupColumns>>>();
  const hoursOf = (other: number): Promise<ReadonlyMap<string, RollupColumns>> => {
    const known = others.get(other) ?? readHours(workspace, other, nowMs - TOLD_MS, nowMs);
    others.set(other, known);
    return known;
  };
  const newestOf = async (seriesId: string): Promise<number | undefined> => {
    const home = shardOf(seriesId, shardCount);
    const rows = (home === shard ? rollups : await hoursOf(home)).get(seriesId);
    const toldMs = rows?.startsMs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return toldMs >= nowMs - TOLD_MS ? rows?.lasts.at(-1) : undefined;
  };
  return async (labels) => {
    const resolved: Limit[] = [];
    for (const limit of matchLimits(limits, labels)) {
      if (limit.metric === undefined) {
        resolved.push(limit);
        continue;
      }
      const told = await newestOf(seriesIdOf(workspace, capacityLabels(labels, limit.metric)));
      if (told !== undefined && Number.isFinite(told)) resolved.push(resolveLimit(limit, told));
    }
    return resolved;
  };
}

/** The same labels under another metric's name; their order stays that of their names. */
function capacityLabels(labels: Labels, metric: string): Labels {
  return labels.map(([name, value]) => [name, name === '__name__' ? metric : value]);
}
