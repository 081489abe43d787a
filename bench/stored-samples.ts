import { openEmbedded } from '../data/embedded/embedded.ts';
import { decodeShardState } from '../data/state/codec.ts';
import { RESOLUTIONS, type Resolution } from '../data/state/shard-state.ts';
import { createLog } from '../functions/platform/log.ts';
import { createHousekeeping } from '../local/housekeeping.ts';

/** What the shards of a stopped service say of the samples that they have applied. */
export interface StoredSamples {
  readonly samples: number;
  readonly series: number;
  /** By resolution: all rows, and those of them that are in chunks. The others wait in the states. */
  readonly rows: Readonly<Record<Resolution, number>>;
  readonly archivedRows: Readonly<Record<Resolution, number>>;
}

const noRows = (): Record<Resolution, number> => ({ raw: 0, '5m': 0, '1h': 0 });

/** Does to the directory of a stopped service what its own housekeeping would do at this time, and reads what its states say. */
export async function housekeepAndCount(
  directory: string,
  nowMs: number,
  segmentRetentionMs: number,
): Promise<StoredSamples> {
  const log = createLog({ room: 'bench', level: 'warn', nowMs: () => nowMs });
  const { objects, upkeep, close } = await openEmbedded({ directory, nowMs: () => nowMs });
  try {
    await createHousekeeping({ upkeep, segmentRetentionMs, log })(nowMs);
    const total = { samples: 0, series: 0, rows: noRows(), archivedRows: noRows() };
    for (const { key } of (await objects.list('state/')).entries) {
      const state = decodeShardState((await objects.get(key))!.bytes);
      total.samples += state.counters.samples;
      total.series += state.seriesIds.length;
      for (const { resolution, rows } of state.chunks) total.archivedRows[resolution] += rows;
      for (const resolution of RESOLUTIONS) total.rows[resolution] += state.pending[resolution].rows;
    }
    for (const resolution of RESOLUTIONS) total.rows[resolution] += total.archivedRows[resolution];
    return total;
  } finally {
    await close();
  }
}
