import { composeForecast } from '../compose.ts';
import { systemNowMs } from '../platform/clock.ts';
import { scheduleEdge } from '../platform/edge.ts';
import { forecastEnv, readEnv } from '../platform/env.ts';

const { run } = composeForecast(readEnv(forecastEnv));

export const handler = scheduleEdge({ room: 'forecast', nowMs: systemNowMs, run });
