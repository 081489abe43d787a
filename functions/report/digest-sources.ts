import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Delivery } from '../../models/domain/delivery.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction, PredictionStatus } from '../../models/domain/prediction.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import type { ReadActivity } from './activity.ts';
import type { ReadPage, ReadPageBy } from './pages.ts';

/** What a digest is made from. The record stores and the history fit it by shape. */
export interface DigestSources {
  readonly listSeries: ReadPage<Series>;
  readonly listLimits: ReadPage<Limit>;
  readonly listForecasts: ReadPage<Forecast>;
  /** By status, in order of the date they are due. */
  readonly listPredictions: ReadPageBy<PredictionStatus, Prediction>;
  /** In order of opening: the id begins with that time. */
  readonly listIssues: ReadPage<Issue>;
  readonly listIssuesByStatus: ReadPageBy<Issue['status'], Issue>;
  /** In order of onset: the id begins with that time. */
  readonly listAnomalies: ReadPage<Anomaly>;
  readonly getChanges: (workspace: string, changeIds: readonly string[]) => Promise<readonly Change[]>;
  /** By status, in order of creation. */
  readonly listDeliveries: ReadPageBy<Delivery['status'], Delivery>;
  readonly getSeries: (workspace: string, seriesId: string) => Promise<Series | undefined>;
  readonly getForecast: (workspace: string, seriesId: string) => Promise<Forecast | undefined>;
  /** Hourly rollups in [fromMs, toMs). */
  readonly readHours: (workspace: string, series: Series, fromMs: number, toMs: number) => Promise<RollupColumns>;
  readonly readActivity: ReadActivity;
}
