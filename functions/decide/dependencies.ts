import type { Page, Records } from '../../data/tables/records.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { RollupColumns, RollupStepMs } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';

export interface DecideDependencies {
  readonly predictions: Pick<Records<Prediction>, 'get' | 'getMany' | 'put' | 'listByIndex'>;
  readonly issues: Pick<Records<Issue>, 'get' | 'put' | 'listByIndex'>;
  readonly anomalies: Pick<Records<Anomaly>, 'getMany' | 'listByIndex'>;
  readonly changes: Pick<Records<Change>, 'list'>;
  readonly limits: Pick<Records<Limit>, 'list'>;
  readonly series: Pick<Records<Series>, 'getMany' | 'list' | 'listByIndex'>;
  readonly forecasts: Pick<Records<Forecast>, 'getMany'>;
  readonly readRollups: (
    ref: { readonly workspace: string; readonly shard: number; readonly seriesId: string },
    stepMs: RollupStepMs,
    fromMs: number,
    toMs: number,
  ) => Promise<RollupColumns>;
  /** Sixteen hexadecimal digits, the same for the same parts. */
  readonly hashId: (...parts: string[]) => string;
  /** An id that sorts by time: the instant, then the hash. */
  readonly timeId: (timestampMs: number, hash: string) => string;
}

const PAGE_ITEMS = 1_000;

/** All pages of a listing, up to a bound that keeps one run's memory and time in hand. */
export async function collectPages<T>(
  listPage: (options: { limit: number; cursor: string | undefined }) => Promise<Page<T>>,
  maxItems: number,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPage({ limit: Math.min(PAGE_ITEMS, maxItems - items.length), cursor });
    for (const item of page.items) items.push(item);
    cursor = page.cursor;
  } while (cursor !== undefined && items.length < maxItems);
  return items;
}
