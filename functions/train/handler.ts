import { composeTrain } from '../compose-train.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { readEnv, trainEnv } from '../platform/env.ts';

const { run } = composeTrain(readEnv(trainEnv));

export const handler = scheduleEdge({ room: 'train', nowMs: systemNowMs, run });
