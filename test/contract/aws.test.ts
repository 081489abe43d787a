import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient, createS3Client, createSqsClient } from '../../data/aws/clients.ts';
import { createDynamoTable } from '../../data/aws/dynamo-table.ts';
import { ensureAwsResources } from '../../data/aws/ensure-resources.ts';
import { createS3Objects } from '../../data/aws/s3-objects.ts';
import { createSqsQueue } from '../../data/aws/sqs-queue.ts';
import { type Emulators, startEmulators } from '../support/emulators.ts';
import { startDynamo, startS3, startSqs } from './aws-target.ts';
import { objectsContract } from './objects.contract.ts';
import { objectsConditionContract } from './objects-condition.contract.ts';
import { queueContract } from './queue.contract.ts';
import { tableContract } from './table.contract.ts';
import { tableQueryContract } from './table-query.contract.ts';

/** Set by `npm run test:contract`: the environment names the endpoints, or none and so AWS itself. */
const usesEnvironment = process.env.FOREWARN_CONTRACT_TARGET === 'environment';
let emulators: Emulators | undefined;

beforeAll(async () => {
  if (usesEnvironment) return;
  emulators = await startEmulators();
  Object.assign(process.env, emulators.env);
});
afterAll(() => emulators?.stop());

objectsContract('S3', () => startS3());
objectsConditionContract('S3', () => startS3());
queueContract('SQS', () => startSqs());
tableContract('DynamoDB', () => startDynamo());
tableQueryContract('DynamoDB', () => startDynamo());

describe('the AWS adapters', () => {
  test('say that the store is unavailable, and that trying again may help, where nobody answers', async () => {
    // The discard port: nothing listens there. One attempt only, so that the test does not wait for the SDK's pauses.
    const nowhere = { endpoint: 'http://127.0.0.1:9', maxAttempts: 1 };
    const objects = createS3Objects({ client: createS3Client(nowhere), bucket: 'bucket' });
    const queue = createSqsQueue({ client: createSqsClient(nowhere), queueUrl: 'http://127.0.0.1:9/0/queue.fifo' });
    const table = createDynamoTable({ client: createDynamoClient(nowhere), table: 'table' });
    const key = { partition: 'p', sort: 's' };

    const calls = [
      objects.put('key', new Uint8Array(1)),
      objects.get('key'),
      objects.getRange('key', 0, 1),
      objects.head('key'),
      objects.list(''),
      objects.delete('key'),
      queue.send([{ group: 'g', dedupId: 'd', body: 'b' }]),
      queue.receive({ maxMessages: 1, visibilityMs: 1_000, waitMs: 0 }),
      queue.delete(['receipt']),
      queue.release(['receipt'], 0),
      queue.depth(),
      table.get(key),
      table.batchGet([key]),
      table.put({ ...key, body: {} }),
      table.update(key, {}),
      table.query({ partition: 'p', limit: 1 }),
      table.batchPut([{ ...key, body: {} }]),
      table.delete(key),
    ];

    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store/unavailable', retryable: true } });
    }
  });

  test('say that trying again will not help where the bucket is missing', async () => {
    const objects = createS3Objects({ client: createS3Client(), bucket: 'forewarn-contract-missing-bucket' });

    await expect(objects.put('key', new Uint8Array(1))).rejects.toMatchObject({
      code: 'store/unavailable',
      retryable: false,
    });
  });

  test.skipIf(usesEnvironment)('make what is missing once', async () => {
    const names = { bucket: 'once-bucket', table: 'once-table', queueName: 'once.fifo' };
    const clients = { s3: createS3Client(), dynamo: createDynamoClient(), sqs: createSqsClient() };

    const first = await ensureAwsResources({ ...clients, ...names });
    const second = await ensureAwsResources({ ...clients, ...names });
    const queue = createSqsQueue({ client: clients.sqs, queueUrl: first.queueUrl });

    expect(second).toEqual(first);
    expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
  });
});
