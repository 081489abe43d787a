import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ItemBody, ItemKey, NewItem, WriteCondition } from '../contracts.ts';
import { escapeName, toAttribute } from './attribute-value.ts';
import {
  BODY_ATTRIBUTE,
  INDEX_PARTITION_ATTRIBUTE,
  INDEX_SORT_ATTRIBUTE,
  PARTITION_ATTRIBUTE,
  REVISION_ATTRIBUTE,
} from './table-schema.ts';

/** The part of an UpdateItem that says what changes and on which condition. */
export interface ItemUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

const NAMES = {
  '#partition': PARTITION_ATTRIBUTE,
  '#body': BODY_ATTRIBUTE,
  '#revision': REVISION_ATTRIBUTE,
  '#indexPartition': INDEX_PARTITION_ATTRIBUTE,
  '#indexSort': INDEX_SORT_ATTRIBUTE,
};

/** Replaces the whole item, or makes it with revision 1. */
export function putUpdate(item: NewItem, condition: WriteCondition | undefined): ItemUpdate {
  return formatUpdate({
    sets: ['#body = :body', '#revision = if_not_exists(#revision, :zero) + :one'],
    values: { ':body': toAttribute(item.body), ':zero': { N: '0' } },
    names: {},
    index: item.index ?? null,
    condition,
  });
}

/** Sets fields of the body of an item that is there. */
export function setUpdate(set: ItemBody, condition: WriteCondition, index: ItemKey | null | undefined): ItemUpdate {
  const fields = Object.entries(set);
  return formatUpdate({
    sets: [...fields.map((_, i) => `#body.#field${i} = :field${i}`), '#revision = #revision + :one'],
    values: Object.fromEntries(fields.map(([, value], i) => [`:field${i}`, toAttribute(value)])),
    names: Object.fromEntries(fields.map(([name], i) => [`#field${i}`, escapeName(name)])),
    index,
    condition,
  });
}

interface UpdateParts {
  readonly sets: readonly string[];
  readonly values: Record<string, AttributeValue>;
  readonly names: Record<string, string>;
  readonly index: ItemKey | null | undefined;
  readonly condition: WriteCondition | undefined;
}

function formatUpdate(parts: UpdateParts): ItemUpdate {
  const index = formatIndex(parts.index);
  const condition = formatCondition(parts.condition);
  const sets = [...parts.sets, ...index.sets].join(', ');
  const update = `SET ${sets}${index.removes}`;
  const used = `${update} ${condition?.text ?? ''}`;
  // DynamoDB refuses names that no expression uses.
  const names = Object.entries({ ...NAMES, ...parts.names }).filter(([mark]) =>
    new RegExp(`${mark}(?![0-9A-Za-z])`).test(used),
  );
  const values = { ...parts.values, ...index.values, ...condition?.values, ':one': { N: '1' } };
  return {
    UpdateExpression: update,
    ...(condition && { ConditionExpression: condition.text }),
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: values,
  };
}

interface IndexParts {
  readonly sets: readonly string[];
  readonly values: Record<string, AttributeValue>;
  readonly removes: string;
}

interface ConditionParts {
  readonly text: string;
  readonly values: Record<string, AttributeValue>;
}

function formatIndex(index: ItemKey | null | undefined): IndexParts {
  if (index === undefined) return { sets: [], values: {}, removes: '' };
  if (index === null) return { sets: [], values: {}, removes: ' REMOVE #indexPartition, #indexSort' };
  return {
    sets: ['#indexPartition = :indexPartition', '#indexSort = :indexSort'],
    values: { ':indexPartition': { S: index.partition }, ':indexSort': { S: index.sort } },
    removes: '',
  };
}

function formatCondition(condition: WriteCondition | undefined): ConditionParts | undefined {
  switch (condition?.kind) {
    case undefined:
      return undefined;
    case 'absent':
      return { text: 'attribute_not_exists(#partition)', values: {} };
    case 'present':
      return { text: 'attribute_exists(#partition)', values: {} };
    case 'revision':
      return { text: '#revision = :expected', values: { ':expected': { N: String(condition.revision) } } };
  }
}
