import { composeQuery } from '../compose.ts';
import { httpEdge } from '../platform/edge.ts';
import { queryEnv, readEnv } from '../platform/env.ts';

export const handler = httpEdge({ room: 'query', ...composeQuery(readEnv(queryEnv)) });
