import type { Objects } from '../data/contracts.ts';
import { hashId } from './platform/ids.ts';
import type { Log } from './platform/log.ts';

/** A record that the table cannot hold. */
export interface RefusedRecord {
  readonly kind: 'series' | 'anomaly' | 'forecast';
  readonly id: string;
  readonly record: object;
  readonly why: string;
}

/** Keeps such records as objects that people can look at, and says so in the log. Twice the same changes nothing. */
export function createPutAside(objects: Pick<Objects, 'put'>, log: Log) {
  return async (workspace: string, { kind, id, record, why }: RefusedRecord): Promise<void> => {
    const key = `quarantine/${workspace}/records/${hashId(kind, id)}.json`;
    log.error('record put aside', { kind, id, key, why });
    await objects.put(key, Buffer.from(JSON.stringify(record, readable)));
  };
}

/** JSON has no word for these numbers, and they may be what was wrong. */
function readable(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
