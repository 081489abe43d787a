import type { Outbox } from '../../data/state/shard-state.ts';
import { putWhatIsTaken } from '../../data/tables/put-what-is-taken.ts';
import type { Stores } from '../../data/tables/stores.ts';

/** A record that the table cannot hold. */
export interface RefusedRecord {
  readonly kind: 'series' | 'anomaly';
  readonly id: string;
  readonly record: object;
  readonly why: string;
}

export interface PublishOutboxDeps {
  readonly stores: Pick<Stores, 'series' | 'anomalies'>;
  /** Keeps such a record for people to look at. Twice the same changes nothing. */
  readonly putAside: (workspace: string, refused: RefusedRecord) => Promise<void>;
}

/**
 * Stores the newest word on each series and anomaly: one batch may have opened and closed it. Returns how many records
 * the table cannot hold; these are put aside, so that they do not stop the others of their shard.
 */
export function createPublishOutbox({ stores, putAside }: PublishOutboxDeps) {
  return async (workspace: string, { series, anomalies, withdrawn }: Outbox): Promise<number> => {
    const refusedSeries = await putWhatIsTaken(
      newestOfEach(series, ({ seriesId }) => seriesId),
      (records) => stores.series.putMany(workspace, records),
      (record, why) => putAside(workspace, { kind: 'series', id: record.seriesId, record, why }),
    );
    const refusedAnomalies = await putWhatIsTaken(
      newestOfEach(anomalies, ({ anomalyId }) => anomalyId),
      (records) => stores.anomalies.putMany(workspace, records),
      (record, why) => putAside(workspace, { kind: 'anomaly', id: record.anomalyId, record, why }),
    );
    await Promise.all(withdrawn.map((anomalyId) => stores.anomalies.delete(workspace, anomalyId)));
    return refusedSeries + refusedAnomalies;
  };
}

function newestOfEach<T>(records: readonly T[], idOf: (record: T) => string): readonly T[] {
  return [...new Map(records.map((record) => [idOf(record), record])).values()];
}
