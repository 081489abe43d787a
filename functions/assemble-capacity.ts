import { createCapacityBoard } from '../data/forecasts/capacity-board.ts';
import { createForecastArchive } from '../data/forecasts/forecast-archive.ts';
import { createNeuralStore } from '../data/neural/model-store.ts';
import { shardOf } from '../data/segments/shard.ts';
import { everyRecord, type Records } from '../data/tables/records.ts';
import type { Stores } from '../data/tables/stores.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { neuralCandidates } from '../models/forecast/neural-use.ts';
import type { Backend } from './assemble.ts';
import { createSimulate } from './query/simulate-series.ts';

export interface CapacitySettings {
  readonly shardCount: number;
  readonly timeZone: string;
}

/** What planners ask for: all limited series of a workspace, forecasts of earlier days, and what-if. */
export function assembleCapacity({ objects, history }: Backend, stores: Stores, settings: CapacitySettings) {
  const { shardCount, timeZone } = settings;
  const board = createCapacityBoard(objects);
  const archive = createForecastArchive(objects);
  // Of a damaged model the forecast room tells, each hour.
  const models = createNeuralStore(objects, () => undefined);
  const simulate = createSimulate({
    readHours: (workspace, seriesId, fromMs, toMs) =>
      history.readRollups({ workspace, shard: shardOf(seriesId, shardCount), seriesId }, HOUR_MS, fromMs, toMs),
    listLimits: (workspace) => every(stores.limits, workspace),
    listCalendars: (workspace) => every(stores.calendars, workspace),
    readNeural: async (workspace) => neuralCandidates(await models.newest(workspace)),
    timeZone,
  });
  return {
    async readCapacity(workspace: string) {
      const shards = Array.from({ length: shardCount }, (_, shard) => board.read(workspace, shard));
      return (await Promise.all(shards)).flat();
    },
    findForecast: (workspace: string, seriesId: string, asOfMs: number) =>
      archive.find(workspace, shardOf(seriesId, shardCount), seriesId, asOfMs),
    simulate,
  };
}

async function every<T>(records: Records<T>, workspace: string): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of everyRecord(records, workspace)) items.push(item);
  return items;
}
