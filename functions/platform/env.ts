import * as z from 'zod';
import { ServiceError } from './errors.ts';

/** How a room's settings are made from the variables named FOREWARN_… and AWS_…. */
export type EnvSchema<T> = z.ZodType<T, Readonly<Record<string, string | undefined>>>;

/**
 * The settings of a room, read once at its start.
 *
 * Throws `platform/env-invalid` that lists everything that is wrong at once. An empty variable counts as not set.
 */
export function readEnv<T>(
  schema: EnvSchema<T>,
  source: Readonly<Record<string, string | undefined>> = process.env,
): T {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ServiceError('platform/env-invalid', `environment: ${problems.join('; ')}`, { details: { problems } });
}

const required = z.string({ error: 'is not set' }).min(1);
export const logLevel = z
  .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
  .default('info');
export const shardCount = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .refine((count) => count >= 1 && count <= 1_024, 'must be 1 to 1024')
  .default(4);
export const mailFrom = z.string({ error: 'is not set' }).regex(/@/, 'must be a mail address');
export const mailTo = z
  .string({ error: 'is not set' })
  .transform((list) =>
    list
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== ''),
  )
  .refine(
    (list) => list.length > 0 && list.every((address) => address.includes('@')),
    'must be mail addresses, with commas between',
  );
export const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be a time zone of the IANA data base, like Europe/Berlin')
  .default('UTC');

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const LOG = { FOREWARN_LOG_LEVEL: logLevel };
const STORE = { ...LOG, FOREWARN_BUCKET: required, FOREWARN_TABLE: required, FOREWARN_SHARD_COUNT: shardCount };
const MAIL = { FOREWARN_MAIL_FROM: mailFrom };

interface StoreVariables {
  readonly FOREWARN_LOG_LEVEL: z.infer<typeof logLevel>;
  readonly FOREWARN_BUCKET: string;
  readonly FOREWARN_TABLE: string;
  readonly FOREWARN_SHARD_COUNT: number;
}

function toStoreSettings(env: StoreVariables) {
  return {
    logLevel: env.FOREWARN_LOG_LEVEL,
    bucket: env.FOREWARN_BUCKET,
    table: env.FOREWARN_TABLE,
    shardCount: env.FOREWARN_SHARD_COUNT,
  };
}

export const ingestEnv = z
  .object({ ...STORE, FOREWARN_QUEUE_URL: webAddress, FOREWARN_PEPPER_SECRET_ARN: required })
  .transform((env) => ({
    ...toStoreSettings(env),
    queueUrl: env.FOREWARN_QUEUE_URL,
    pepperSecretArn: env.FOREWARN_PEPPER_SECRET_ARN,
  }));

export const queryEnv = z
  .object({ ...STORE, FOREWARN_PEPPER_SECRET_ARN: required, FOREWARN_TIME_ZONE: timeZone })
  .transform((env) => ({
    ...toStoreSettings(env),
    pepperSecretArn: env.FOREWARN_PEPPER_SECRET_ARN,
    timeZone: env.FOREWARN_TIME_ZONE,
  }));

const zonedEnv = z
  .object({ ...STORE, FOREWARN_TIME_ZONE: timeZone })
  .transform((env) => ({ ...toStoreSettings(env), timeZone: env.FOREWARN_TIME_ZONE }));

export const detectEnv = zonedEnv;

export const forecastEnv = zonedEnv;

export const surveyEnv = zonedEnv;

export const trainEnv = zonedEnv;

export const decideEnv = z.object(STORE).transform(toStoreSettings);

export const reportEnv = z
  .object({
    ...STORE,
    ...MAIL,
    FOREWARN_MAIL_TO: mailTo,
    FOREWARN_PUBLIC_URL: webAddress,
    FOREWARN_TIME_ZONE: timeZone,
  })
  .transform((env) => ({
    ...toStoreSettings(env),
    mailFrom: env.FOREWARN_MAIL_FROM,
    mailTo: env.FOREWARN_MAIL_TO,
    publicUrl: env.FOREWARN_PUBLIC_URL,
    timeZone: env.FOREWARN_TIME_ZONE,
  }));

export const notifyEnv = z
  .object({ ...STORE, ...MAIL })
  .transform((env) => ({ ...toStoreSettings(env), mailFrom: env.FOREWARN_MAIL_FROM }));

export type IngestEnv = z.infer<typeof ingestEnv>;
export type QueryEnv = z.infer<typeof queryEnv>;
export type DetectEnv = z.infer<typeof detectEnv>;
export type SurveyEnv = z.infer<typeof surveyEnv>;
export type TrainEnv = z.infer<typeof trainEnv>;
export type ForecastEnv = z.infer<typeof forecastEnv>;
export type DecideEnv = z.infer<typeof decideEnv>;
export type ReportEnv = z.infer<typeof reportEnv>;
export type NotifyEnv = z.infer<typeof notifyEnv>;
