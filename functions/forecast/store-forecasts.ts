import { type BoardRow, capacityRows } from '../../data/forecasts/capacity-board.ts';
import { putWhatIsTaken } from '../../data/tables/put-what-is-taken.ts';
import type { Forecast } from '../../models/domain/forecast.ts';

export interface StoreForecastsDeps {
  readonly putForecasts: (workspace: string, forecasts: readonly Forecast[]) => Promise<void>;
  /** Keeps a forecast that the table cannot hold, for people to look at. Twice the same changes nothing. */
  readonly putAside: (
    workspace: string,
    refused: { readonly kind: 'forecast'; readonly id: string; readonly record: Forecast; readonly why: string },
  ) => Promise<void>;
  /** Forecasts of earlier days, kept once a day. */
  readonly archive: {
    readonly isKept: (workspace: string, shard: number, nowMs: number) => Promise<boolean>;
    readonly keep: (workspace: string, shard: number, forecasts: readonly Forecast[], nowMs: number) => Promise<void>;
  };
  readonly writeCapacity: (workspace: string, shard: number, rows: readonly BoardRow[], nowMs: number) => Promise<void>;
}

export interface StoredForecasts {
  readonly stored: number;
  /** Forecasts that the table cannot hold. */
  readonly refused: number;
}

export interface ForecastKeeper {
  /** In batches; what is left over is stored by `finish`. */
  add(forecasts: readonly Forecast[]): Promise<void>;
  finish(): Promise<StoredForecasts>;
}

/** Forecasts are stored in batches of this size, so that a long run shows its progress and bounds its memory. */
const BATCH_SERIES = 100;

/**
 * Stores the forecasts of a shard as they come, and at the end what is kept of all of them together: the rows for
 * capacity, and once a day those for who asks what was forecast then. One that the table refuses is in none of these.
 */
export async function createForecastKeeper(
  deps: StoreForecastsDeps,
  { workspace, shard, nowMs }: { readonly workspace: string; readonly shard: number; readonly nowMs: number },
): Promise<ForecastKeeper> {
  const board: BoardRow[] = [];
  const kept: Forecast[] | null = (await deps.archive.isKept(workspace, shard, nowMs)) ? null : [];
  const refused = new Set<string>();
  let waiting: Forecast[] = [];
  let stored = 0;

  async function store(batch: readonly Forecast[]): Promise<void> {
    await putWhatIsTaken(
      batch,
      (some) => deps.putForecasts(workspace, some),
      async (record, why) => {
        refused.add(record.seriesId);
        await deps.putAside(workspace, { kind: 'forecast', id: record.seriesId, record, why });
      },
    );
    const taken = batch.filter(({ seriesId }) => !refused.has(seriesId));
    stored += taken.length;
    for (const forecast of taken) board.push(...capacityRows(forecast));
    kept?.push(...taken);
  }

  return {
    async add(forecasts) {
      waiting.push(...forecasts);
      while (waiting.length >= BATCH_SERIES) {
        const batch = waiting.slice(0, BATCH_SERIES);
        waiting = waiting.slice(BATCH_SERIES);
        await store(batch);
      }
    },
    async finish() {
      if (waiting.length > 0) await store(waiting);
      await deps.writeCapacity(workspace, shard, board, nowMs);
      if (kept !== null) await deps.archive.keep(workspace, shard, kept, nowMs);
      return { stored, refused: refused.size };
    },
  };
}
