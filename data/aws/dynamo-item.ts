import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { Item, ItemKey } from '../contracts.ts';
import { fromAttributes } from './attribute-value.ts';
import {
  BODY_ATTRIBUTE,
  INDEX_PARTITION_ATTRIBUTE,
  INDEX_SORT_ATTRIBUTE,
  PARTITION_ATTRIBUTE,
  REVISION_ATTRIBUTE,
  SORT_ATTRIBUTE,
} from './table-schema.ts';

export function toKeyAttributes({ partition, sort }: ItemKey): Record<string, AttributeValue> {
  return { [PARTITION_ATTRIBUTE]: { S: partition }, [SORT_ATTRIBUTE]: { S: sort } };
}

export function toItem(attributes: Record<string, AttributeValue>): Item {
  const partition = attributes[PARTITION_ATTRIBUTE]?.S;
  const sort = attributes[SORT_ATTRIBUTE]?.S;
  const body = attributes[BODY_ATTRIBUTE]?.M;
  const revision = Number(attributes[REVISION_ATTRIBUTE]?.N);
  if (partition === undefined || sort === undefined || body === undefined || !Number.isInteger(revision)) {
    throw new ServiceError('store/corrupt', 'DynamoDB item: has not the attributes that this service writes', {
      details: { partition, sort },
    });
  }
  const index = toIndex(attributes);
  const item = { partition, sort, body: fromAttributes(body), revision };
  return index === undefined ? item : { ...item, index };
}

function toIndex(attributes: Record<string, AttributeValue>): ItemKey | undefined {
  const partition = attributes[INDEX_PARTITION_ATTRIBUTE]?.S;
  const sort = attributes[INDEX_SORT_ATTRIBUTE]?.S;
  return partition === undefined || sort === undefined ? undefined : { partition, sort };
}
