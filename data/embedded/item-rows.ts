import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { ItemBody } from '../contracts.ts';
import { assertBodySize } from '../item-rules.ts';
import type { Handlers, ItemPut, ItemRow, ItemUpdate, RowQuery } from './protocol.ts';

type ItemHandlers = Pick<
  Handlers,
  'table/get' | 'table/put' | 'table/putAll' | 'table/update' | 'table/query' | 'table/delete'
>;

const COLUMNS = 'partition, sort, revision, index_partition, index_sort, body';
const ONE = 'WHERE partition = ? AND sort = ?';

/** The rows of the table. */
export function createItemRows(database: DatabaseSync): ItemHandlers {
  const get = database.prepare(`SELECT ${COLUMNS} FROM items ${ONE}`);
  const remove = database.prepare(`DELETE FROM items ${ONE}`);
  const put = preparePut(database);
  return {
    'table/get': (keys) =>
      keys.flatMap(({ partition, sort }) => {
        const row = get.get(partition, sort);
        return row === undefined ? [] : [toItemRow(row)];
      }),
    'table/put': put,
    'table/putAll': (puts) => {
      for (const one of puts) put(one);
      return undefined;
    },
    'table/update': prepareUpdate(database),
    'table/query': prepareQuery(database),
    'table/delete': ({ partition, sort }) => {
      remove.run(partition, sort);
      return undefined;
    },
  };
}

function preparePut(database: DatabaseSync): (put: ItemPut) => number | undefined {
  const insert = `INSERT INTO items (${COLUMNS}) VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (partition, sort)`;
  const replacement =
    'revision = revision + 1, index_partition = excluded.index_partition, index_sort = excluded.index_sort, body = excluded.body';
  const always = database.prepare(`${insert} DO UPDATE SET ${replacement} RETURNING revision`);
  const ifAbsent = database.prepare(`${insert} DO NOTHING RETURNING revision`);
  const ifPresent = database.prepare(
    `UPDATE items SET revision = revision + 1, index_partition = ?3, index_sort = ?4, body = ?5
     WHERE partition = ?1 AND sort = ?2 AND (?6 IS NULL OR revision = ?6) RETURNING revision`,
  );
  return ({ key, body, index, condition }) => {
    const values = [key.partition, key.sort, index?.partition ?? null, index?.sort ?? null, body];
    if (condition === undefined) return revisionOf(always.get(...values));
    if (condition.kind === 'absent') return revisionOf(ifAbsent.get(...values));
    return revisionOf(ifPresent.get(...values, condition.kind === 'revision' ? condition.revision : null));
  };
}

function prepareUpdate(database: DatabaseSync): (update: ItemUpdate) => number | undefined {
  const read = database.prepare(`SELECT ${COLUMNS} FROM items ${ONE}`);
  const write = database.prepare(
    `UPDATE items SET revision = revision + 1, index_partition = ?, index_sort = ?, body = ? ${ONE} RETURNING revision`,
  );
  return ({ key, set, index, condition }) => {
    const row = read.get(key.partition, key.sort);
    if (row === undefined || condition?.kind === 'absent') return undefined;
    if (condition?.kind === 'revision' && condition.revision !== row.revision) return undefined;
    const body = JSON.stringify({ ...parseBody(row.body), ...parseBody(set) });
    assertBodySize(body);
    const place = index === undefined ? [row.index_partition, row.index_sort] : [index?.partition, index?.sort];
    return revisionOf(write.get(place[0] ?? null, place[1] ?? null, body, key.partition, key.sort));
  };
}

/** One statement for each shape of query, prepared when it is first asked. */
function prepareQuery(database: DatabaseSync): (query: RowQuery) => ItemRow[] {
  const prepared = new Map<string, StatementSync>();
  return (query) => {
    const { sql, values } = formatQuery(query);
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...values).map(toItemRow);
  };
}

function formatQuery(query: RowQuery): { readonly sql: string; readonly values: readonly SQLInputValue[] } {
  const { byIndex, from, to, after, descending } = query;
  const sortColumn = byIndex ? 'index_sort' : 'sort';
  const order = byIndex ? ['index_sort', 'partition', 'sort'] : ['sort'];
  const conditions: [string, ...SQLInputValue[]][] = [
    [`${byIndex ? 'index_partition' : 'partition'} = ?`, query.partition],
  ];
  if (from !== undefined) conditions.push([`${sortColumn} >= ?`, from]);
  if (to !== undefined) conditions.push([`${sortColumn} < ?`, to]);
  if (after !== undefined) {
    const position = after.item === undefined ? [after.sort] : [after.sort, after.item.partition, after.item.sort];
    const marks = position.map(() => '?').join(', ');
    conditions.push([`(${order.join(', ')}) ${descending ? '<' : '>'} (${marks})`, ...position]);
  }
  const direction = order.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  const where = conditions.map(([text]) => text).join(' AND ');
  return {
    sql: `SELECT ${COLUMNS} FROM items WHERE ${where} ORDER BY ${direction} LIMIT ?`,
    values: [...conditions.flatMap(([, ...bound]) => bound), query.limit],
  };
}

function toItemRow(row: Record<string, SQLOutputValue>): ItemRow {
  const { index_partition: partition, index_sort: sort } = row;
  return {
    key: { partition: String(row.partition), sort: String(row.sort) },
    body: String(row.body),
    index: typeof partition === 'string' && typeof sort === 'string' ? { partition, sort } : undefined,
    revision: Number(row.revision),
  };
}

function revisionOf(row: Record<string, SQLOutputValue> | undefined): number | undefined {
  return row === undefined ? undefined : Number(row.revision);
}

/** Every text in the table was encoded from an ItemBody. */
function parseBody(json: SQLOutputValue | string | undefined): ItemBody {
  return JSON.parse(String(json)) as ItemBody;
}
