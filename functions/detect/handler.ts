import { composeDetect } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { queueEdge } from '../platform/edge.ts';
import { detectEnv, readEnv } from '../platform/env.ts';

const { handleGroup } = composeDetect(readEnv(detectEnv));

export const handler = queueEdge({ room: 'detect', nowMs: systemNowMs, handleGroup });
