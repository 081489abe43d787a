import { fileURLToPath } from 'node:url';
import { createDynamoClient, createS3Client, createSqsClient } from '../data/aws/clients.ts';
import { createDynamoTable } from '../data/aws/dynamo-table.ts';
import { createS3Objects } from '../data/aws/s3-objects.ts';
import { createSecretReader } from '../data/aws/secret.ts';
import { createSqsQueue } from '../data/aws/sqs-queue.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../data/tables/workspace-limits.ts';
import {
  assembleDecide,
  assembleDetect,
  assembleForecast,
  assembleQuery,
  type Backend,
  createBackend,
} from './assemble.ts';
import { assembleIngest } from './assemble-ingest.ts';
import { assembleNotify, assembleReport } from './assemble-mail.ts';
import { assembleSurvey } from './assemble-survey.ts';
import { createSesChannel } from './channel/ses.ts';
import { systemNowMs } from './platform/clock.ts';
import type {
  DecideEnv,
  DetectEnv,
  ForecastEnv,
  IngestEnv,
  NotifyEnv,
  QueryEnv,
  ReportEnv,
  SurveyEnv,
} from './platform/env.ts';
import { createLog, type Log, type LogLevel } from './platform/log.ts';
import { VERSION } from './platform/version.ts';

/*
 * The composition root of the deployment: one function for each handler, from its settings to its parts on AWS. Clients
 * are made inside, so that a bundle carries only those of its own room.
 */

export function composeIngest(env: IngestEnv) {
  const queue = createSqsQueue({ client: createSqsClient(), queueUrl: env.queueUrl });
  return assembleIngest(
    { ...awsBackend(env), queue },
    {
      pepper: createSecretReader(env.pepperSecretArn),
      nowMs: systemNowMs,
      shardCount: env.shardCount,
      limits: DEFAULT_WORKSPACE_LIMITS,
      log: roomLog('ingest', env.logLevel),
    },
  );
}

export function composeDetect(env: DetectEnv) {
  return assembleDetect(awsBackend(env), {
    timeZone: env.timeZone,
    nowMs: systemNowMs,
    log: roomLog('detect', env.logLevel),
  });
}

export function composeSurvey(env: SurveyEnv) {
  return assembleSurvey(awsBackend(env), {
    ...env,
    nowMs: systemNowMs,
    log: roomLog('survey', env.logLevel),
  });
}

export function composeForecast(env: ForecastEnv) {
  return assembleForecast(awsBackend(env), { ...env, log: roomLog('forecast', env.logLevel) });
}

export function composeDecide(env: DecideEnv) {
  return assembleDecide(awsBackend(env));
}

export function composeReport(env: ReportEnv) {
  return assembleReport(awsBackend(env), {
    ...env,
    // The deployment puts both files beside the bundle.
    chartFiles: {
      wasmPath: fileURLToPath(new URL('./index_bg.wasm', import.meta.url)),
      fontPath: fileURLToPath(new URL('./DejaVuSans.ttf', import.meta.url)),
    },
  });
}

export function composeNotify(env: NotifyEnv) {
  return assembleNotify(awsBackend(env), createSesChannel(), env.mailFrom);
}

export function composeQuery(env: QueryEnv) {
  const pepper = createSecretReader(env.pepperSecretArn);
  return assembleQuery(awsBackend(env), {
    pepper,
    nowMs: systemNowMs,
    version: VERSION,
    timeZone: env.timeZone,
    shardCount: env.shardCount,
    limits: DEFAULT_WORKSPACE_LIMITS,
    cursorSecret: pepper,
    log: roomLog('query', env.logLevel),
  });
}

function awsBackend({ bucket, table }: { readonly bucket: string; readonly table: string }): Backend {
  return createBackend({
    objects: createS3Objects({ client: createS3Client(), bucket }),
    table: createDynamoTable({ client: createDynamoClient(), table }),
  });
}

function roomLog(room: string, level: LogLevel): Log {
  return createLog({ room, level, nowMs: systemNowMs });
}
