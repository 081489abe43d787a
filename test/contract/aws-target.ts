import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoClient, createS3Client, createSqsClient } from '../../data/aws/clients.ts';
import { createDynamoTable } from '../../data/aws/dynamo-table.ts';
import { ensureBucket, ensureQueue, ensureTable } from '../../data/aws/ensure-resources.ts';
import { createS3Objects } from '../../data/aws/s3-objects.ts';
import { createSqsQueue } from '../../data/aws/sqs-queue.ts';
import type { Objects } from '../../data/contracts.ts';
import type { ObjectsUnderTest } from './objects.contract.ts';
import type { QueuesUnderTest } from './queue.contract.ts';
import type { TableUnderTest } from './table.contract.ts';

/** Everything is made under a name of its own and removed again: the endpoint may be AWS. */
const uniqueName = (): string => `forewarn-contract-${randomUUID()}`;

export async function startS3(client: S3Client = createS3Client()): Promise<ObjectsUnderTest> {
  const bucket = uniqueName();
  await ensureBucket(client, bucket);
  const objects = createS3Objects({ client, bucket });
  return {
    objects,
    stop: async () => {
      await removeAll(objects);
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
  };
}

export async function startDynamo(client: DynamoDBClient = createDynamoClient()): Promise<TableUnderTest> {
  const table = uniqueName();
  await ensureTable(client, table);
  return {
    table: createDynamoTable({ client, table }),
    stop: async () => {
      await client.send(new DeleteTableCommand({ TableName: table }));
      client.destroy();
    },
  };
}

export async function startSqs(client: SQSClient = createSqsClient()): Promise<QueuesUnderTest> {
  const queueUrls: string[] = [];
  return {
    openQueue: async (maxReceives) => {
      const queueUrl = await ensureQueue(client, `${uniqueName()}.fifo`, maxReceives);
      queueUrls.push(queueUrl, queueUrl.replace(/\.fifo$/, '-dead.fifo'));
      return { queue: createSqsQueue({ client, queueUrl }), passMs: (durationMs) => sleep(durationMs) };
    },
    stop: async () => {
      for (const QueueUrl of queueUrls) await client.send(new DeleteQueueCommand({ QueueUrl }));
      client.destroy();
    },
  };
}

async function removeAll(objects: Objects): Promise<void> {
  for (;;) {
    const { entries } = await objects.list('');
    if (entries.length === 0) return;
    await Promise.all(entries.map(({ key }) => objects.delete(key)));
  }
}
