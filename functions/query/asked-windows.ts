import { LIMIT_HORIZON_DAYS } from '../../models/domain/forecast.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { ServiceError } from '../platform/errors.ts';
import { parseDuration } from './duration.ts';
import { type Parameters, readTime, type TimeRange } from './parameters.ts';

/** Windows whose probability is asked for beside the usual ones. */
export interface AskedWindows {
  /** From the time of the forecast on. */
  readonly withinMs?: number;
  readonly between?: TimeRange;
}

/** Their names among the query parameters. */
export const WINDOW_PARAMETERS = ['within', 'from', 'to'] as const;

/** `within=45d`, and `from` and `to`, which need each other. */
export function readWindows(parameters: Parameters): AskedWindows {
  const withinMs = readWithin(parameters);
  const between = readBetween(parameters);
  return { ...(withinMs !== undefined && { withinMs }), ...(between !== undefined && { between }) };
}

function readWithin(parameters: Parameters): number | undefined {
  const text = parameters.one('within');
  if (text === undefined) return undefined;
  const windowMs = parseDuration(text);
  if (windowMs !== undefined && windowMs > 0 && windowMs <= LIMIT_HORIZON_DAYS * DAY_MS) return windowMs;
  const allowed = `must be a duration like 36h or 45d, at most ${LIMIT_HORIZON_DAYS}d`;
  throw new ServiceError('platform/request-invalid', `within ${allowed}, got ${JSON.stringify(text.slice(0, 80))}`);
}

function readBetween(parameters: Parameters): TimeRange | undefined {
  const fromMs = readTime(parameters, 'from');
  const toMs = readTime(parameters, 'to');
  if (fromMs === undefined && toMs === undefined) return undefined;
  if (fromMs === undefined || toMs === undefined) {
    const missing = fromMs === undefined ? 'from' : 'to';
    throw new ServiceError('platform/request-invalid', `${missing} is missing: a window has both from and to`);
  }
  if (fromMs >= toMs) throw new ServiceError('query/range-invalid', 'from must be before to');
  return { fromMs, toMs };
}
