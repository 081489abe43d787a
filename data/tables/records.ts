import { createHash } from 'node:crypto';
import type { Item, ItemBody, ItemKey, ItemQuery, Table, WriteCondition, WriteResult } from '../contracts.ts';

export interface Stored<T> {
  readonly record: T;
  readonly revision: number;
}

export interface ListOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Bounds of the sort key, from included, to excluded. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly descending?: boolean | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/** Records of one kind, kept for each workspace under the record's own id. */
export interface Records<T> {
  get(workspace: string, id: string): Promise<Stored<T> | undefined>;
  /** Found records in any order; absent ones are left out. */
  getMany(workspace: string, ids: readonly string[]): Promise<readonly T[]>;
  put(workspace: string, record: T, condition?: WriteCondition): Promise<WriteResult>;
  putMany(workspace: string, records: readonly T[]): Promise<void>;
  /** In ascending order of id, which for kinds with a time in their id is the order of time. */
  list(workspace: string, options: ListOptions): Promise<Page<T>>;
  /** Those whose index value is this, in order of their index sort key. */
  listByIndex(workspace: string, value: string, options: ListOptions): Promise<Page<T>>;
  delete(workspace: string, id: string): Promise<void>;
}

export interface RecordKind<T> {
  /** Word in the partition key; never changes. */
  readonly kind: string;
  readonly idOf: (record: T) => string;
  /** Place in the index: the value listed by, and the order among records of that value. */
  readonly indexOf?: (record: T) => { readonly value: string; readonly sort: string };
}

/** DynamoDB's partition keys end at 2,048 bytes; a metric's name alone may have as many. */
const MAX_INDEX_VALUE_BYTES = 1024;

/** The value itself where it is short, else what stands for it: a part that people can read, and its hash. */
function indexWord(value: string): string {
  if (Buffer.byteLength(value) <= MAX_INDEX_VALUE_BYTES) return value;
  const hash = createHash('sha256').update(value).digest('hex');
  return `${value.slice(0, 64).toWellFormed()}#${hash}`;
}

/** Typed records over the table contract: one partition for each workspace and kind. */
export function createRecords<T extends object>(table: Table, kind: RecordKind<T>): Records<T> {
  const partitionOf = (workspace: string): string => `${workspace}#${kind.kind}`;
  const keyOf = (workspace: string, id: string): ItemKey => ({ partition: partitionOf(workspace), sort: id });
  const toItem = (workspace: string, record: T) => {
    const place = kind.indexOf?.(record);
    const index = place && { partition: `${partitionOf(workspace)}#${indexWord(place.value)}`, sort: place.sort };
    return { ...keyOf(workspace, kind.idOf(record)), body: record as ItemBody, ...(index && { index }) };
  };
  const query = async (ask: ItemQuery): Promise<Page<T>> => {
    const page = await table.query(ask);
    const items = page.items.map(toRecord<T>);
    return page.cursor === undefined ? { items } : { items, cursor: page.cursor };
  };

  return {
    async get(workspace, id) {
      const item = await table.get(keyOf(workspace, id));
      return item && { record: toRecord<T>(item), revision: item.revision };
    },
    async getMany(workspace, ids) {
      const items = await table.batchGet(ids.map((id) => keyOf(workspace, id)));
      return items.map(toRecord<T>);
    },
    put: (workspace, record, condition) => table.put(toItem(workspace, record), condition),
    putMany: (workspace, records) => table.batchPut(records.map((record) => toItem(workspace, record))),
    list: (workspace, options) => query({ partition: partitionOf(workspace), ...definedOnly(options) }),
    listByIndex: (workspace, value, options) =>
      query({ partition: `${partitionOf(workspace)}#${indexWord(value)}`, byIndex: true, ...definedOnly(options) }),
    delete: (workspace, id) => table.delete(keyOf(workspace, id)),
  };
}

/** The body was written from a record of this kind: partitions hold one kind only. */
function toRecord<T>(item: Item): T {
  return item.body as T;
}

function definedOnly(options: ListOptions): Omit<ItemQuery, 'partition'> {
  const { limit, cursor, from, to, descending } = options;
  return {
    limit,
    ...(cursor !== undefined && { cursor }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(descending !== undefined && { descending }),
  };
}

/** Every record of a workspace and kind, page by page. */
export async function* everyRecord<T>(records: Records<T>, workspace: string): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await records.list(workspace, { limit: 1_000, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Every record with this index value, page by page. */
export async function* everyRecordByIndex<T>(records: Records<T>, workspace: string, value: string): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await records.listByIndex(workspace, value, { limit: 1_000, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
