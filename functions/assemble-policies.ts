import type { Objects } from '../data/contracts.ts';
import { createShapeStore } from '../data/state/shape-store.ts';
import { everyRecord, type Records } from '../data/tables/records.ts';
import type { Stores } from '../data/tables/stores.ts';
import type { Log } from './platform/log.ts';
import { createReadPolicies, type StoredPolicies } from './read-policies.ts';
import { createReadShapes } from './read-shapes.ts';

type PolicyStores = Pick<Stores, 'policies' | 'calendars' | 'baselines' | 'feedback' | 'changes'>;

/** The newest so many changes are watched: with windows of an hour, more than three a minute would have to come. */
const WATCHED_CHANGES = 200;
/** The newest so many words on anomalies; each series hears its own twenty latest. */
const MOST_ITEMS = 5_000;

export interface PolicySettings {
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/**
 * What people have said, for the rooms that judge series or say why they were judged so; with the objects also how the
 * peers of a new series move.
 */
export function assemblePolicies(
  stores: PolicyStores,
  { timeZone, nowMs, log }: PolicySettings,
  objects?: Pick<Objects, 'get' | 'put'>,
) {
  const onError = (error: unknown): void => log.error('shapes of peers not read', { error });
  return createReadPolicies({
    ...(objects && { readShapes: createReadShapes({ load: createShapeStore(objects).load, nowMs, onError }) }),
    readStored: (workspace) => readStored(stores, workspace),
    timeZone,
    nowMs,
    onError: (error) => log.error('policies not read', { error }),
  });
}

async function readStored(stores: PolicyStores, workspace: string): Promise<StoredPolicies> {
  const [policies, calendars, baselines, feedback, changes] = await Promise.all([
    upTo(stores.policies, workspace),
    upTo(stores.calendars, workspace),
    upTo(stores.baselines, workspace),
    upTo(stores.feedback, workspace),
    stores.changes.list(workspace, { limit: WATCHED_CHANGES, descending: true }),
  ]);
  return { policies, calendars, baselines, feedback, changes: changes.items };
}

async function upTo<T>(records: Records<T>, workspace: string): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of everyRecord(records, workspace)) {
    if (items.length === MOST_ITEMS) break;
    items.push(item);
  }
  return items;
}
