import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { logLevel, mailFrom, mailTo, shardCount, timeZone, webAddress } from './env.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be 0 to 65535')
  .default(8_788);

/** At least an hour: a segment is older than that only when its messages have long been sent. */
const segmentRetentionHours = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((hours) => hours >= 1 && hours <= 8_760, 'must be 1 to 8760')
  .default(48);

const MOST_THREADS = 4;

/** One for each processor, unless there are many: the rest of the service wants some, and each takes memory. */
const forecastThreads = z
  .string()
  .regex(/^\d{1,2}$/, 'must be a whole number')
  .transform(Number)
  .refine((count) => count >= 1 && count <= 64, 'must be 1 to 64')
  .default(Math.min(MOST_THREADS, availableParallelism()));

const dataDirectory = z.string().default('.forewarn');

const AWS_PLACES = ['FOREWARN_BUCKET', 'FOREWARN_TABLE', 'FOREWARN_QUEUE_URL'] as const;
const AWS_ENDPOINTS = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_DYNAMODB'] as const;

/** Settings of the service on one machine. Everything has a default, so that nothing has to be set to try it. */
export const localEnv = z
  .object({
    FOREWARN_BACKEND: z.enum(['embedded', 'aws'], { error: 'must be embedded or aws' }).default('embedded'),
    FOREWARN_DATA: dataDirectory,
    FOREWARN_PORT: port,
    FOREWARN_SAMPLE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
    FOREWARN_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps address' }).optional(),
    FOREWARN_LOG_LEVEL: logLevel,
    FOREWARN_SHARD_COUNT: shardCount,
    FOREWARN_SEGMENT_RETENTION_HOURS: segmentRetentionHours,
    FOREWARN_FORECAST_THREADS: forecastThreads,
    FOREWARN_TIME_ZONE: timeZone,
    FOREWARN_MAIL_FROM: mailFrom.default('forewarn@localhost'),
    FOREWARN_MAIL_TO: mailTo.default(['operator@localhost']),
    FOREWARN_PUBLIC_URL: webAddress.optional(),
    FOREWARN_BUCKET: z.string().optional(),
    FOREWARN_TABLE: z.string().optional(),
    FOREWARN_QUEUE_URL: webAddress.optional(),
    AWS_ENDPOINT_URL_S3: webAddress.optional(),
    AWS_ENDPOINT_URL_SQS: webAddress.optional(),
    AWS_ENDPOINT_URL_DYNAMODB: webAddress.optional(),
  })
  .superRefine((env, context) => {
    if (env.FOREWARN_BACKEND !== 'aws') return;
    const missing = (names: readonly (keyof typeof env)[]) => names.filter((name) => env[name] === undefined);
    const places = missing(AWS_PLACES);
    const endpoints = missing(AWS_ENDPOINTS);
    if (places.length === 0 || endpoints.length === 0) return;
    const names = places.length < AWS_PLACES.length ? places : endpoints;
    const message = `aws needs ${AWS_PLACES.join(', ')} of what is deployed, or the endpoints ${AWS_ENDPOINTS.join(', ')}; not set: ${names.join(', ')}`;
    context.addIssue({ code: 'custom', path: ['FOREWARN_BACKEND'], message });
  })
  .transform((env) => ({
    backend: env.FOREWARN_BACKEND,
    dataDirectory: env.FOREWARN_DATA,
    port: env.FOREWARN_PORT,
    sample: env.FOREWARN_SAMPLE === 'on',
    smtpUrl: env.FOREWARN_SMTP_URL,
    logLevel: env.FOREWARN_LOG_LEVEL,
    shardCount: env.FOREWARN_SHARD_COUNT,
    segmentRetentionMs: env.FOREWARN_SEGMENT_RETENTION_HOURS * 3_600_000,
    forecastThreads: env.FOREWARN_FORECAST_THREADS,
    timeZone: env.FOREWARN_TIME_ZONE,
    mailFrom: env.FOREWARN_MAIL_FROM,
    mailTo: env.FOREWARN_MAIL_TO,
    publicUrl: env.FOREWARN_PUBLIC_URL ?? `http://127.0.0.1:${env.FOREWARN_PORT}`,
    bucket: env.FOREWARN_BUCKET,
    table: env.FOREWARN_TABLE,
    queueUrl: env.FOREWARN_QUEUE_URL,
    endpoints: {
      s3: env.AWS_ENDPOINT_URL_S3,
      sqs: env.AWS_ENDPOINT_URL_SQS,
      dynamodb: env.AWS_ENDPOINT_URL_DYNAMODB,
    },
  }));

export type LocalEnv = z.infer<typeof localEnv>;

/** Settings of the tool that loads the past. */
export const backfillEnv = z
  .object({ FOREWARN_DATA: dataDirectory, FOREWARN_INGEST_KEY: z.string().optional() })
  .transform((env) => ({ dataDirectory: env.FOREWARN_DATA, ingestKey: env.FOREWARN_INGEST_KEY }));
