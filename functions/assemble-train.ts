import { createNeuralStore } from '../data/neural/model-store.ts';
import { everyRecord, type Records } from '../data/tables/records.ts';
import { createStores } from '../data/tables/stores.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { NEURAL_DEFAULTS } from '../models/forecast/neural-use.ts';
import { type Backend, forEachWorkspace } from './assemble.ts';
import type { Log } from './platform/log.ts';
import { createTrainWorkspace } from './train/train-workspace.ts';
import { startWasm } from './train/wasm-backend.ts';

export interface TrainSettings {
  readonly shardCount: number;
  readonly timeZone: string;
  /** Folder of the `.wasm` files of TensorFlow's backend. */
  readonly wasmFolder: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** What trains the neural model of each workspace. The only room that carries TensorFlow: it has a file of its own. */
export function assembleTrain({ objects, table, history }: Backend, settings: TrainSettings) {
  const { shardCount, timeZone, wasmFolder, nowMs, log } = settings;
  const stores = createStores(table);
  const trainWorkspace = createTrainWorkspace({
    readHours: (workspace, shard, fromMs, toMs) => history.readShardRollups(workspace, shard, HOUR_MS, fromMs, toMs),
    getSeries: stores.series.getMany,
    listCalendars: (workspace) => every(stores.calendars, workspace),
    models: createNeuralStore(objects, (error) => log.warn('neural model passed over', { error })),
    startBackend: () => startWasm(wasmFolder),
    clockMs: nowMs,
    maxSteps: NEURAL_DEFAULTS.maxSteps,
    shardCount,
    timeZone,
  });
  return {
    run: forEachWorkspace(table, async (workspace, atMs) => {
      log.info('neural model', { workspace, outcome: await trainWorkspace(workspace, atMs) });
    }),
  };
}

async function every<T>(records: Records<T>, workspace: string): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of everyRecord(records, workspace)) items.push(item);
  return items;
}
