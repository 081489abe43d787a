import { DAY_MS, type RollupColumns } from '../domain/rollup.ts';
import type { Labels } from '../domain/series.ts';

/** A capacity that was told longer ago is not believed any more. */
export const TOLD_MS = 2 * DAY_MS;

/**
 * Labels of the series that tells a limit: the same under another metric's name.
 *
 * Input:      labels of the series that is limited, sorted by name; metric of the limit.
 * Output:     sorted as they were.
 * Throws:     never.
 *
 * @example
 * capacityLabels([['__name__', 'used'], ['device', 'sda1']], 'size') // => [['__name__', 'size'], ['device', 'sda1']]
 */
export function capacityLabels(labels: Labels, metric: string): Labels {
  return labels.map(([name, value]) => [name, name === '__name__' ? metric : value]);
}

/**
 * Newest value that tells a limit.
 *
 * Output:     undefined where the newest row began more than two days ago, or there is none, or it is no number.
 * Throws:     never.
 *
 * @example
 * newestTold(undefined, 0) // => undefined
 */
export function newestTold(rows: RollupColumns | undefined, nowMs: number): number | undefined {
  const toldMs = rows?.startsMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  const told = rows?.lasts.at(-1);
  return toldMs >= nowMs - TOLD_MS && Number.isFinite(told) ? told : undefined;
}
