import type { Selector } from './selector.ts';
import type { SeriesId } from './series.ts';

/** People's word that what some series have done since a time is their new normal. */
export interface Baseline {
  /** Deterministic: hash of workspace, series or selector, and time. */
  readonly baselineId: string;
  /** One series; null where the selector names them. */
  readonly seriesId: SeriesId | null;
  readonly selector: Selector;
  readonly fromMs: number;
  readonly note: string;
  readonly createdAtMs: number;
}
