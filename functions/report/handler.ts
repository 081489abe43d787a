import { composeReport } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { readEnv, reportEnv } from '../platform/env.ts';

const { run } = composeReport(readEnv(reportEnv));

export const handler = scheduleEdge({ room: 'report', nowMs: systemNowMs, run });
