import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Item, ItemPage, ItemQuery } from '../contracts.ts';
import {
  assertLimit,
  formatCursor,
  parseCursor,
  type QueryPosition,
  type SortRange,
  sortRange,
} from '../item-range.ts';
import { callAws } from './aws-error.ts';
import { toItem, toKeyAttributes } from './dynamo-item.ts';
import {
  INDEX_NAME,
  INDEX_PARTITION_ATTRIBUTE,
  INDEX_SORT_ATTRIBUTE,
  PARTITION_ATTRIBUTE,
  SORT_ATTRIBUTE,
} from './table-schema.ts';

type Attributes = Record<string, AttributeValue>;

/** Pages of DynamoDB end at 1 MB: they are joined until there are `limit` items or no more. */
export async function queryItems(
  { client, table }: { readonly client: DynamoDBClient; readonly table: string },
  query: ItemQuery,
): Promise<ItemPage> {
  assertLimit(query.limit);
  const range = sortRange(query);
  const position = parseCursor(query, range);
  if (range.isEmpty) return { items: [] };
  const items: Item[] = [];
  let start = position && toStartKey(query, position);
  do {
    const command = new QueryCommand({
      TableName: table,
      ...(query.byIndex ? { IndexName: INDEX_NAME } : { ConsistentRead: true }),
      ...keyCondition(query, range),
      ScanIndexForward: !query.descending,
      Limit: query.limit - items.length,
      ...(start && { ExclusiveStartKey: start }),
    });
    const { Items = [], LastEvaluatedKey } = await callAws('DynamoDB query', () => client.send(command));
    items.push(...Items.map(toItem).filter((item) => sortOf(item, query) !== range.to));
    start = LastEvaluatedKey;
  } while (start !== undefined && items.length < query.limit);
  const last = items.at(-1);
  return start !== undefined && last !== undefined ? { items, cursor: cursorAt(last, query) } : { items };
}

/** BETWEEN takes in both ends, and there is no other condition with two: the upper end is left out afterwards. */
function keyCondition(query: ItemQuery, { from, to }: SortRange) {
  const sort = sortCondition(from, to);
  return {
    KeyConditionExpression: sort === undefined ? '#partition = :partition' : `#partition = :partition AND ${sort}`,
    ExpressionAttributeNames: {
      '#partition': query.byIndex ? INDEX_PARTITION_ATTRIBUTE : PARTITION_ATTRIBUTE,
      ...(sort !== undefined && { '#sort': query.byIndex ? INDEX_SORT_ATTRIBUTE : SORT_ATTRIBUTE }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: query.partition },
      ...(from !== undefined && { ':from': { S: from } }),
      ...(to !== undefined && { ':to': { S: to } }),
    },
  };
}

function sortCondition(from: string | undefined, to: string | undefined): string | undefined {
  if (from !== undefined && to !== undefined) return '#sort BETWEEN :from AND :to';
  if (from !== undefined) return '#sort >= :from';
  return to === undefined ? undefined : '#sort < :to';
}

function sortOf(item: Item, query: ItemQuery): string | undefined {
  return query.byIndex ? item.index?.sort : item.sort;
}

function cursorAt(item: Item, query: ItemQuery): string {
  return query.byIndex
    ? formatCursor({ sort: item.index?.sort ?? '', item: { partition: item.partition, sort: item.sort } })
    : formatCursor({ sort: item.sort });
}

function toStartKey(query: ItemQuery, { sort, item }: QueryPosition): Attributes {
  if (item === undefined) return toKeyAttributes({ partition: query.partition, sort });
  return {
    ...toKeyAttributes(item),
    [INDEX_PARTITION_ATTRIBUTE]: { S: query.partition },
    [INDEX_SORT_ATTRIBUTE]: { S: sort },
  };
}
