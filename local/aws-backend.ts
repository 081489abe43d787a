import { createDynamoClient, createS3Client, createSqsClient } from '../data/aws/clients.ts';
import { createDynamoTable } from '../data/aws/dynamo-table.ts';
import { ensureAwsResources } from '../data/aws/ensure-resources.ts';
import { createS3Objects } from '../data/aws/s3-objects.ts';
import { createSqsQueue } from '../data/aws/sqs-queue.ts';
import type { Objects, Queue, Table } from '../data/contracts.ts';
import type { LocalEnv } from '../functions/platform/env-local.ts';

export interface LocalClient {
  readonly objects: Objects;
  readonly queue: Queue;
  readonly table: Table;
}

/** Where everything is on AWS, or at endpoints that speak its protocols. Can be sent to another thread. */
export interface AwsPlaces {
  readonly bucket: string;
  readonly table: string;
  readonly queueUrl: string;
}

/** At endpoints of one's own what is missing is made; in AWS itself the deployment has made it. */
export async function findAwsPlaces(env: LocalEnv): Promise<AwsPlaces> {
  const bucket = env.bucket ?? 'forewarn';
  const table = env.table ?? 'forewarn';
  if (env.queueUrl !== undefined) return { bucket, table, queueUrl: env.queueUrl };
  const { queueUrl } = await ensureAwsResources({
    s3: createS3Client(),
    sqs: createSqsClient(),
    dynamo: createDynamoClient(),
    bucket,
    table,
    queueName: 'forewarn.fifo',
  });
  return { bucket, table, queueUrl };
}

export function connectAws({ bucket, table, queueUrl }: AwsPlaces): LocalClient {
  return {
    objects: createS3Objects({ client: createS3Client(), bucket }),
    queue: createSqsQueue({ client: createSqsClient(), queueUrl }),
    table: createDynamoTable({ client: createDynamoClient(), table }),
  };
}
