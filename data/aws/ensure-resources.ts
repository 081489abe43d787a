import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { BucketLocationConstraint, CreateBucketCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DEFAULT_MAX_RECEIVES } from '../queue-message.ts';
import { callAws, errorName, httpStatus, toServiceError } from './aws-error.ts';
import {
  INDEX_NAME,
  INDEX_PARTITION_ATTRIBUTE,
  INDEX_SORT_ATTRIBUTE,
  PARTITION_ATTRIBUTE,
  SORT_ATTRIBUTE,
} from './table-schema.ts';

export interface AwsResourceOptions {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly bucket: string;
  readonly table: string;
  /** Ends in `.fifo`; the dead letters get the same name with `-dead.fifo`. */
  readonly queueName: string;
  readonly maxReceives?: number;
}

const MAX_TABLE_WAIT_SECONDS = 120;

/** Makes what is missing at an endpoint of one's own; in AWS itself the deployment makes it. Doing it twice changes nothing. */
export async function ensureAwsResources(options: AwsResourceOptions): Promise<{ readonly queueUrl: string }> {
  const [queueUrl] = await Promise.all([
    ensureQueue(options.sqs, options.queueName, options.maxReceives ?? DEFAULT_MAX_RECEIVES),
    ensureBucket(options.s3, options.bucket),
    ensureTable(options.dynamo, options.table),
  ]);
  return { queueUrl };
}

export async function ensureBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (httpStatus(error) !== 404) throw toServiceError('S3 head bucket', error);
    // Only the oldest region is none of these: there S3 wants no place named.
    const region = await client.config.region();
    const LocationConstraint = Object.values(BucketLocationConstraint).find((location) => location === region);
    const command = new CreateBucketCommand({
      Bucket: bucket,
      ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }),
    });
    await callAws('S3 create bucket', () => client.send(command));
  }
}

export async function ensureTable(client: DynamoDBClient, table: string): Promise<void> {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const command = new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [PARTITION_ATTRIBUTE, SORT_ATTRIBUTE, INDEX_PARTITION_ATTRIBUTE, INDEX_SORT_ATTRIBUTE].map(
      text,
    ),
    KeySchema: keys(PARTITION_ATTRIBUTE, SORT_ATTRIBUTE),
    GlobalSecondaryIndexes: [
      {
        IndexName: INDEX_NAME,
        KeySchema: keys(INDEX_PARTITION_ATTRIBUTE, INDEX_SORT_ATTRIBUTE),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  try {
    await client.send(command);
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw toServiceError('DynamoDB create table', error);
  }
  const patience = { client, maxWaitTime: MAX_TABLE_WAIT_SECONDS, minDelay: 1, maxDelay: 2 };
  await callAws('DynamoDB wait for table', () => waitUntilTableExists(patience, { TableName: table }));
}

export async function ensureQueue(client: SQSClient, name: string, maxReceives: number): Promise<string> {
  const deadUrl = await ensureOneQueue(client, name.replace(/\.fifo$/, '-dead.fifo'), {});
  const command = new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] });
  const { Attributes } = await callAws('SQS attributes', () => client.send(command));
  return ensureOneQueue(client, name, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: maxReceives }),
  });
}

async function ensureOneQueue(client: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl !== undefined) return QueueUrl;
  } catch (error) {
    if (!/DoesNotExist|NonExistentQueue/.test(errorName(error))) throw toServiceError('SQS find queue', error);
  }
  const command = new CreateQueueCommand({ QueueName: name, Attributes: { FifoQueue: 'true', ...attributes } });
  const { QueueUrl } = await callAws('SQS create queue', () => client.send(command));
  return QueueUrl ?? '';
}
