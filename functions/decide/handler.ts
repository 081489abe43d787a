import { composeDecide } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { decideEnv, readEnv } from '../platform/env.ts';

const { run } = composeDecide(readEnv(decideEnv));

export const handler = scheduleEdge({ room: 'decide', nowMs: systemNowMs, run });
