import { fileURLToPath } from 'node:url';
import { createDynamoClient, createS3Client } from '../data/aws/clients.ts';
import { createDynamoTable } from '../data/aws/dynamo-table.ts';
import { createS3Objects } from '../data/aws/s3-objects.ts';
import { createBackend } from './assemble.ts';
import { assembleTrain } from './assemble-train.ts';
import { systemNowMs } from './platform/clock.ts';
import type { TrainEnv } from './platform/env.ts';
import { createLog } from './platform/log.ts';

/** The training on AWS; apart from `compose.ts`, so that no other bundle can come to carry TensorFlow. */
export function composeTrain(env: TrainEnv) {
  const backend = createBackend({
    objects: createS3Objects({ client: createS3Client(), bucket: env.bucket }),
    table: createDynamoTable({ client: createDynamoClient(), table: env.table }),
  });
  return assembleTrain(backend, {
    ...env,
    // The deployment puts the backend's files beside the bundle.
    wasmFolder: fileURLToPath(new URL('.', import.meta.url)),
    nowMs: systemNowMs,
    log: createLog({ room: 'train', level: env.logLevel, nowMs: systemNowMs }),
  });
}
