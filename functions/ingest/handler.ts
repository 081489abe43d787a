import { composeIngest } from '../compose.ts';
import { httpEdge } from '../platform/edge.ts';
import { ingestEnv, readEnv } from '../platform/env.ts';

export const handler = httpEdge({ room: 'ingest', ...composeIngest(readEnv(ingestEnv)) });
