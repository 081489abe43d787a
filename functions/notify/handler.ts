import { composeNotify } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { notifyEnv, readEnv } from '../platform/env.ts';

const { run } = composeNotify(readEnv(notifyEnv));

export const handler = scheduleEdge({ room: 'notify', nowMs: systemNowMs, run });
