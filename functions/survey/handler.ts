import { composeSurvey } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { readEnv, surveyEnv } from '../platform/env.ts';

const { run } = composeSurvey(readEnv(surveyEnv));

export const handler = scheduleEdge({ room: 'survey', nowMs: systemNowMs, run });
