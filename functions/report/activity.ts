import { HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';

/** What arrived in a period, told from the hourly rollups. */
export interface Activity {
  readonly samples: number;
  /** Start of the newest hour with data; null where there is none. */
  readonly newestMs: number | null;
  /** For each series with data in the period, the start of its newest hour with data. */
  readonly lastSeenMs: ReadonlyMap<string, number>;
  /** Starts of the hours in which any series had data. */
  readonly hoursMs: ReadonlySet<number>;
}

export type ReadActivity = (workspace: string, fromMs: number, toMs: number) => Promise<Activity>;

export interface ActivitySources {
  readonly shardCount: number;
  readonly readShardRollups: (
    workspace: string,
    shard: number,
    stepMs: typeof HOUR_MS,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
}

/** Reads shard after shard, so that the rollups of only one shard are in memory. */
export function createReadActivity(sources: ActivitySources): ReadActivity {
  return async (workspace, fromMs, toMs) => {
    const lastSeenMs = new Map<string, number>();
    const hoursMs = new Set<number>();
    let samples = 0;
    for (let shard = 0; shard < sources.shardCount; shard++) {
      const rollups = await sources.readShardRollups(workspace, shard, HOUR_MS, fromMs, toMs);
      for (const [seriesId, columns] of rollups) {
        samples += columns.counts.reduce((sum, count) => sum + count, 0);
        for (const startMs of columns.startsMs) hoursMs.add(startMs);
        const last = columns.startsMs.at(-1);
        if (last !== undefined) lastSeenMs.set(seriesId, last);
      }
    }
    const newestMs = hoursMs.size === 0 ? null : [...hoursMs].reduce((a, b) => Math.max(a, b));
    return { samples, newestMs, lastSeenMs, hoursMs };
  };
}
