import type { LimitAddition, TimeToLimit } from '../domain/forecast.ts';
import { DAY_MS } from '../domain/rollup.ts';

/**
 * What must be added to a limit to be safe for some days, from what is kept of the forecast.
 *
 * Definition: on a straight line between the two kept numbers of days around it; the later of them where the limit changes
 *             in between, because there it is a step and no line. Before the first kept one, that one. Zero where
 *             something would be left.
 * Input:      time to a limit; madeAtMs of its forecast; days > 0.
 * Output:     in the unit of the limit, ≥ 0; null where there is no forecast, or none for so many days.
 * Cost:       O(kept additions + limit changes).
 * Throws:     never.
 *
 * @example
 * additionFor({ additions: [{ days: 30, amount: 5 }, { days: 60, amount: 9 }] }, 0, 45) // => 7
 */
export function additionFor(
  { additions = [], limitChanges = [] }: Pick<TimeToLimit, 'additions' | 'limitChanges'>,
  madeAtMs: number,
  days: number,
): number | null {
  const above = additions.find((kept) => kept.days >= days);
  if (above === undefined) return null;
  const below = additions.findLast((kept) => kept.days <= days) ?? above;
  if (below.days === above.days) return Math.max(0, above.amount);
  const isStep = limitChanges.some(({ fromMs }) => isBetween((fromMs - madeAtMs) / DAY_MS, below, above));
  if (isStep) return Math.max(0, above.amount);
  const share = (days - below.days) / (above.days - below.days);
  return Math.max(0, below.amount + share * (above.amount - below.amount));
}

/** Futures are compared with a limit day by day: what changes within a day may be seen on the next. */
function isBetween(day: number, below: LimitAddition, above: LimitAddition): boolean {
  return day >= below.days - 1 && day <= above.days;
}
