import type { TimeToLimit } from '../../models/domain/forecast.ts';
import { additionFor } from '../../models/forecast/addition-for.ts';
import type { Frees } from './digest.ts';

/** A quarter: time to buy, and the number that the API tells where none is asked for. */
const SAFE_DAYS = 90;

/** What frees a resource; null where no forecast tells it. */
export function freesOf(time: TimeToLimit, madeAtMs: number): Frees | null {
  const amount = additionFor(time, madeAtMs, SAFE_DAYS);
  return amount === null ? null : { days: SAFE_DAYS, amount };
}
