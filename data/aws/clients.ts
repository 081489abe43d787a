import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Unset parts come from the environment, as the SDK reads it: region, credentials, AWS_ENDPOINT_URL_S3 and its like. */
export interface AwsEndpoint {
  readonly endpoint?: string;
  readonly region?: string;
  /** 5 unless told. */
  readonly maxAttempts?: number;
}

const MAX_ATTEMPTS = 5;
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** A receive waits up to 20 seconds for a message. */
const RECEIVE_TIMEOUT_MS = 30_000;

export function createS3Client(config: AwsEndpoint = {}): S3Client {
  return new S3Client({ ...patience(REQUEST_TIMEOUT_MS), ...config });
}

export function createDynamoClient(config: AwsEndpoint = {}): DynamoDBClient {
  return new DynamoDBClient({ ...patience(REQUEST_TIMEOUT_MS), ...config });
}

export function createSqsClient(config: AwsEndpoint = {}): SQSClient {
  // The endpoint decides where requests go; the host inside a queue URL may be one that only the emulator can reach.
  return new SQSClient({ ...patience(RECEIVE_TIMEOUT_MS), ...config, useQueueUrlAsEndpoint: false });
}

function patience(requestTimeoutMs: number) {
  return {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}
