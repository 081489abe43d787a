import { composeIngest } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { httpEdge } from '../platform/edge.ts';
import { ingestEnv, readEnv } from '../platform/env.ts';
import { finishFirst } from '../platform/finish-first.ts';
import { createLog } from '../platform/log.ts';

const env = readEnv(ingestEnv);
const log = createLog({ room: 'ingest', level: env.logLevel, nowMs: systemNowMs });

const room = composeIngest(env);

export const handler = finishFirst(httpEdge({ room: 'ingest', log, ...room }), room.discards.flush);
