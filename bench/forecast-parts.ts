import { openEmbedded } from '../data/embedded/embedded.ts';
import { capacityRows, createCapacityBoard } from '../data/forecasts/capacity-board.ts';
import { createForecastArchive } from '../data/forecasts/forecast-archive.ts';
import { createHistory } from '../data/history/history.ts';
import { everyRecord } from '../data/tables/records.ts';
import { createStores } from '../data/tables/stores.ts';
import { createWorkspaces } from '../data/tables/workspaces.ts';
import { outcomeOf, timesOf } from '../functions/forecast/forecast-one.ts';
import { createForecastBatch } from '../functions/forecast/forecasting.ts';
import { matchLimits } from '../models/decide/match-limit.ts';
import type { Limit } from '../models/domain/limit.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { HISTORY_MS, hourlySeries } from '../models/forecast/hourly-series.ts';

/** Milliseconds of processor time for one series, of each part of the work. */
export interface PartsCost {
  readonly readMs: number;
  readonly modelsMs: number;
  readonly limitsMs: number;
  readonly storeMs: number;
}

const SAMPLED_SERIES = 200;
const WARM_UP_SERIES = 40;
/** What is stored to be measured is nobody's. */
const ELSEWHERE = 'benchelsewhere00';

/** One part after another on one thread, for some series of the first shard; the store's own thread counts too. */
export async function measureParts(directory: string, nowMs: number, timeZone: string): Promise<PartsCost> {
  const { table, objects, close } = await openEmbedded({ directory, nowMs: () => nowMs });
  try {
    const stores = createStores(table);
    const [workspace] = (await createWorkspaces(table).list()).map((one) => one.workspace);
    const limits: Limit[] = [];
    for await (const limit of everyRecord(stores.limits, workspace!)) limits.push(limit);
    const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;

    const reading = process.cpuUsage();
    const rollups = await createHistory(objects).readShardRollups(workspace!, 0, HOUR_MS, endMs - HISTORY_MS, nowMs);
    const read = await stores.series.getMany(workspace!, [...rollups.keys()]);
    const pasts = read.flatMap((series) => {
      const hours = hourlySeries(rollups.get(series.seriesId)!, endMs);
      return hours === undefined ? [] : [{ series, hours, limits: matchLimits(limits, series.labels), untold: [] }];
    });
    const readMs = cpuMs(reading) / pasts.length;

    const sampled = pasts.slice(0, SAMPLED_SERIES);
    const forecast = createForecastBatch({ timeZone, neural: undefined });
    forecast({ nowMs, pasts: sampled.slice(0, WARM_UP_SERIES) });
    const modelling = process.cpuUsage();
    const outcomes = sampled.map(({ hours }) => outcomeOf(hours, nowMs, timeZone));
    const modelsMs = cpuMs(modelling) / sampled.length;

    const timing = process.cpuUsage();
    for (const [place, past] of sampled.entries()) timesOf({ ...past, outcome: outcomes[place]!, nowMs });
    const limitsMs = cpuMs(timing) / sampled.length;

    const forecasts = forecast({ nowMs, pasts: sampled });
    const storing = process.cpuUsage();
    await stores.forecasts.putMany(ELSEWHERE, forecasts);
    await createForecastArchive(objects).keep(ELSEWHERE, 0, forecasts, nowMs);
    await createCapacityBoard(objects).write(ELSEWHERE, 0, forecasts.flatMap(capacityRows), nowMs);
    return { readMs, modelsMs, limitsMs, storeMs: cpuMs(storing) / sampled.length };
  } finally {
    await close();
  }
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}
