import { expect, test } from 'vitest';
import { detectEnv, ingestEnv, notifyEnv, queryEnv, readEnv, reportEnv } from '../../../functions/platform/env.ts';
import { localEnv } from '../../../functions/platform/env-local.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';

const COMPLETE = {
  FOREWARN_BUCKET: 'telemetry',
  FOREWARN_TABLE: 'records',
  FOREWARN_QUEUE_URL: 'https://queue.example/segments.fifo',
  FOREWARN_PEPPER_SECRET_ARN: 'arn:pepper',
  FOREWARN_MAIL_FROM: 'forewarn@example.org',
  FOREWARN_MAIL_TO: 'a@example.org, b@example.org,',
  FOREWARN_PUBLIC_URL: 'https://forewarn.example',
  FOREWARN_TIME_ZONE: 'Europe/Berlin',
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'platform/env-invalid') {
      return error.details.problems as readonly string[];
    }
    throw error;
  }
  return [];
}

test('each room reads what it needs, with defaults for the rest', () => {
  expect(readEnv(ingestEnv, COMPLETE)).toEqual({
    logLevel: 'info',
    bucket: 'telemetry',
    table: 'records',
    shardCount: 4,
    queueUrl: 'https://queue.example/segments.fifo',
    pepperSecretArn: 'arn:pepper',
  });
  expect(readEnv(reportEnv, COMPLETE)).toMatchObject({
    mailTo: ['a@example.org', 'b@example.org'],
    timeZone: 'Europe/Berlin',
  });
  expect(readEnv(notifyEnv, COMPLETE)).toMatchObject({ mailFrom: 'forewarn@example.org' });
  expect(readEnv(detectEnv, { FOREWARN_BUCKET: 'b', FOREWARN_TABLE: 't', FOREWARN_SHARD_COUNT: '16' }).shardCount).toBe(
    16,
  );
});

test('all problems are named at once, an empty variable among them', () => {
  const problems = problemsOf(() =>
    readEnv(ingestEnv, { FOREWARN_BUCKET: '', FOREWARN_SHARD_COUNT: '0', FOREWARN_QUEUE_URL: 'nowhere' }),
  );
  expect(problems.map((problem) => problem.replace(/:.*/, '')).sort()).toEqual([
    'FOREWARN_BUCKET',
    'FOREWARN_PEPPER_SECRET_ARN',
    'FOREWARN_QUEUE_URL',
    'FOREWARN_SHARD_COUNT',
    'FOREWARN_TABLE',
  ]);
  expect(problems).toContain('FOREWARN_TABLE: is not set');
});

test.each([
  ['FOREWARN_TIME_ZONE', 'Mars/Olympus'],
  ['FOREWARN_MAIL_TO', ' , '],
  ['FOREWARN_MAIL_TO', 'somebody'],
  ['FOREWARN_PUBLIC_URL', 'javascript:alert(1)'],
  ['FOREWARN_LOG_LEVEL', 'loud'],
  ['FOREWARN_SHARD_COUNT', '4.5'],
])('%s=%j is refused', (name, value) => {
  const problems = problemsOf(() => readEnv(reportEnv, { ...COMPLETE, [name]: value }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name}: must be`));
});

test('a room ignores what is not its own', () => {
  expect(readEnv(queryEnv, { ...COMPLETE, FOREWARN_MAIL_TO: 'nobody' })).not.toHaveProperty('mailTo');
});

test('on one machine everything has a default', () => {
  expect(readEnv(localEnv, {})).toMatchObject({
    backend: 'embedded',
    dataDirectory: '.forewarn',
    port: 8788,
    sample: true,
    segmentRetentionMs: 48 * 3_600_000,
    publicUrl: 'http://127.0.0.1:8788',
  });
});

test.each(['0', '8761', '1.5', 'ever'])('segments kept for %s hours are refused', (hours) => {
  expect(problemsOf(() => readEnv(localEnv, { FOREWARN_SEGMENT_RETENTION_HOURS: hours }))).toEqual([
    expect.stringMatching(/^FOREWARN_SEGMENT_RETENTION_HOURS: must be/),
  ]);
});

test('forecasts use every processor, but few of many, or as many threads as they are told', () => {
  const { forecastThreads } = readEnv(localEnv, {});
  expect([1, 2, 3, 4]).toContain(forecastThreads);
  expect(readEnv(localEnv, { FOREWARN_FORECAST_THREADS: '7' })).toMatchObject({ forecastThreads: 7 });
  expect(problemsOf(() => readEnv(localEnv, { FOREWARN_FORECAST_THREADS: '0' }))).toEqual([
    expect.stringMatching(/^FOREWARN_FORECAST_THREADS: must be/),
  ]);
});

test('the AWS backend needs either the names of what is deployed or the three endpoints', () => {
  const names = { FOREWARN_BUCKET: 'b', FOREWARN_TABLE: 't', FOREWARN_QUEUE_URL: 'http://127.0.0.1:1/q.fifo' };
  const endpoints = {
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3',
  };

  expect(readEnv(localEnv, { FOREWARN_BACKEND: 'aws', ...names })).toMatchObject({ bucket: 'b', table: 't' });
  expect(readEnv(localEnv, { FOREWARN_BACKEND: 'aws', ...endpoints }).endpoints.sqs).toBe('http://127.0.0.1:2');
  const problems = problemsOf(() => readEnv(localEnv, { FOREWARN_BACKEND: 'aws', FOREWARN_BUCKET: 'b' }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('not set: FOREWARN_TABLE, FOREWARN_QUEUE_URL');
});
