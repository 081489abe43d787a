import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item, ItemBody, ItemKey, NewItem, Table, WriteCondition, WriteResult } from '../contracts.ts';
import { assertItemKey, encodeBody, encodeItem, lastOfEachKey } from '../item-rules.ts';
import { callAws, errorName, toServiceError } from './aws-error.ts';
import { chunk, pauseBeforeAttempt } from './batch.ts';
import { type ItemUpdate, putUpdate, setUpdate } from './dynamo-expressions.ts';
import { toItem, toKeyAttributes } from './dynamo-item.ts';
import { queryItems } from './dynamo-query.ts';
import { REVISION_ATTRIBUTE } from './table-schema.ts';

export interface DynamoTableOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

const BATCH_GET_KEYS = 100;
/** As many connections as the SDK opens to one host. */
const PARALLEL_PUTS = 50;

/**
 * A table in DynamoDB. Every write, batched ones too, is an UpdateItem: only that counts the revision up where another
 * writer may come between, and DynamoDB charges it like the same write in a batch.
 */
export function createDynamoTable(options: DynamoTableOptions): Table {
  const putOne = (item: NewItem, condition?: WriteCondition): Promise<WriteResult> => {
    encodeItem(item);
    return write(options, item, putUpdate(item, condition), condition);
  };
  return {
    get: async (key) => {
      assertItemKey(key);
      const command = new GetItemCommand({
        TableName: options.table,
        Key: toKeyAttributes(key),
        ConsistentRead: true,
      });
      const { Item: found } = await callAws('DynamoDB get', () => options.client.send(command));
      return found && toItem(found);
    },
    batchGet: async (keys) => {
      for (const key of keys) assertItemKey(key);
      const chunks = chunk(lastOfEachKey(keys), BATCH_GET_KEYS);
      const found = await Promise.all(chunks.map((some) => getAll(options, some)));
      return found.flat();
    },
    put: async (item, condition) => putOne(item, condition),
    update: async (key, set, { condition, index } = {}) => {
      assertItemKey(key);
      if (index) assertItemKey(index);
      encodeBody(set);
      return update(options, key, set, condition, index);
    },
    query: (query) => queryItems(options, query),
    batchPut: async (items) => {
      const rest = [...lastOfEachKey(items)].reverse();
      for (const item of rest) encodeItem(item);
      const putNext = async (): Promise<void> => {
        for (let item = rest.pop(); item !== undefined; item = rest.pop()) await putOne(item);
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL_PUTS, rest.length) }, putNext));
    },
    delete: async (key) => {
      assertItemKey(key);
      const command = new DeleteItemCommand({ TableName: options.table, Key: toKeyAttributes(key) });
      await callAws('DynamoDB delete', () => options.client.send(command));
    },
  };
}

async function update(
  options: DynamoTableOptions,
  key: ItemKey,
  set: ItemBody,
  condition: WriteCondition | undefined,
  index: ItemKey | null | undefined,
): Promise<WriteResult> {
  // An update only ever changes what is there.
  if (condition?.kind === 'absent') return { kind: 'conflict' };
  return write(options, key, setUpdate(set, condition ?? { kind: 'present' }, index), condition);
}

async function write(
  { client, table }: DynamoTableOptions,
  key: ItemKey,
  expressions: ItemUpdate,
  condition: WriteCondition | undefined,
): Promise<WriteResult> {
  const known = revisionAfter(condition);
  const command = new UpdateItemCommand({
    TableName: table,
    Key: toKeyAttributes(key),
    ...expressions,
    // Brings the body back as well, so it is only asked for where the revision cannot be known.
    ReturnValues: known === undefined ? 'UPDATED_NEW' : 'NONE',
  });
  try {
    const { Attributes } = await client.send(command);
    return { kind: 'stored', revision: known ?? Number(Attributes?.[REVISION_ATTRIBUTE]?.N) };
  } catch (error) {
    if (errorName(error) === 'ConditionalCheckFailedException') return { kind: 'conflict' };
    if (isTooLarge(error)) throw new RangeError('item body: too large together with what is stored', { cause: error });
    throw toServiceError('DynamoDB write', error);
  }
}

function revisionAfter(condition: WriteCondition | undefined): number | undefined {
  if (condition?.kind === 'absent') return 1;
  return condition?.kind === 'revision' ? condition.revision + 1 : undefined;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException' && /item size/i.test(error.message);
}

async function getAll({ client, table }: DynamoTableOptions, keys: readonly ItemKey[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  let rest: Record<string, AttributeValue>[] = keys.map(toKeyAttributes);
  for (let attempt = 0; rest.length > 0; attempt += 1) {
    if (attempt > 0) await pauseBeforeAttempt('DynamoDB batch get', attempt);
    const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: rest, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await callAws('DynamoDB batch get', () => client.send(command));
    const items = Responses?.[table] ?? [];
    found.push(...items.map(toItem));
    rest = UnprocessedKeys?.[table]?.Keys ?? [];
    // Answers are cut at 16 MB: as long as something came, asking on is progress and not a failed attempt.
    if (items.length > 0) attempt = -1;
  }
  return found;
}
