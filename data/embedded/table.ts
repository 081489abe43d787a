import type { Item, ItemBody, ItemPage, ItemQuery, NewItem, Table, WriteResult } from '../contracts.ts';
import { assertLimit, formatCursor, parseCursor, sortRange } from '../item-range.ts';
import { assertItemKey, encodeBody, encodeItem, lastOfEachKey } from '../item-rules.ts';
import type { Connection } from './connection.ts';
import type { ItemPut, ItemRow } from './protocol.ts';

/** More items go in several requests, so that nobody else's request waits long behind them. */
const MAX_REQUEST_ITEMS = 250;

/** The table in the embedded store. */
export function createEmbeddedTable(connection: Connection): Table {
  return {
    get: async (key) => {
      assertItemKey(key);
      const [row] = await connection.ask('table/get', [toKey(key)]);
      return row === undefined ? undefined : toItem(row);
    },
    batchGet: async (keys) => {
      for (const key of keys) assertItemKey(key);
      const chunks = chunk(lastOfEachKey(keys.map(toKey)), MAX_REQUEST_ITEMS);
      const rows = await Promise.all(chunks.map((some) => connection.ask('table/get', some)));
      return rows.flat().map(toItem);
    },
    put: async (item, condition) => toResult(await connection.ask('table/put', { ...toPut(item), condition })),
    update: async (key, set, { condition, index } = {}) => {
      assertItemKey(key);
      if (index) assertItemKey(index);
      const update = { key: toKey(key), set: encodeBody(set), index: index && toKey(index), condition };
      return toResult(await connection.ask('table/update', update));
    },
    query: (query) => runQuery(connection, query),
    batchPut: async (items) => {
      const chunks = chunk(lastOfEachKey(items).map(toPut), MAX_REQUEST_ITEMS);
      await Promise.all(chunks.map((some) => connection.ask('table/putAll', some)));
    },
    delete: async (key) => {
      assertItemKey(key);
      await connection.ask('table/delete', toKey(key));
    },
  };
}

async function runQuery(connection: Connection, query: ItemQuery): Promise<ItemPage> {
  assertLimit(query.limit);
  const range = sortRange(query);
  const after = parseCursor(query, range);
  if (range.isEmpty) return { items: [] };
  const rows = await connection.ask('table/query', {
    partition: query.partition,
    byIndex: query.byIndex ?? false,
    from: range.from,
    to: range.to,
    after,
    descending: query.descending ?? false,
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const items = page.map(toItem);
  return rows.length > query.limit && last !== undefined ? { items, cursor: cursorAt(last, query) } : { items };
}

function cursorAt(row: ItemRow, query: ItemQuery): string {
  return query.byIndex
    ? formatCursor({ sort: row.index?.sort ?? '', item: row.key })
    : formatCursor({ sort: row.key.sort });
}

function toKey({ partition, sort }: { partition: string; sort: string }): { partition: string; sort: string } {
  return { partition, sort };
}

function toPut(item: NewItem): ItemPut {
  const body = encodeItem(item);
  return { key: toKey(item), body, index: item.index && toKey(item.index), condition: undefined };
}

function toItem(row: ItemRow): Item {
  // Every row was encoded from an ItemBody.
  const body = JSON.parse(row.body) as ItemBody;
  const { key, index, revision } = row;
  return index === undefined ? { ...key, body, revision } : { ...key, body, index, revision };
}

function toResult(revision: number | undefined): WriteResult {
  return revision === undefined ? { kind: 'conflict' } : { kind: 'stored', revision };
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
