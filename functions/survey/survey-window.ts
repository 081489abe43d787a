import { SERIES_FLAG } from '../../data/state/survey-state.ts';
import { followPresence, readAbsence } from '../../models/detect/absence.ts';
import { bucketResidual, learnBucketResidual } from '../../models/detect/bucket-residual.ts';
import type { UtcOffset } from '../../models/numeric/utc-offset.ts';
import { followAbsences } from './follow-absences.ts';
import { followGroups } from './follow-groups.ts';
import { createFollowOutliers } from './follow-outliers.ts';
import { bucketOf } from './survey-clock.ts';
import { type RollupCursor, STEP_MS, type WorkspaceView } from './workspace-view.ts';

/**
 * Looks at a workspace bucket by bucket: what each series is off by, then what that says of them together.
 *
 * Each bucket is looked at before it is learned. The same rollups give the same findings, however they are cut into runs.
 */
export function createSurveyWindow(utcOffset: UtcOffset) {
  const followOutliers = createFollowOutliers();
  return (view: WorkspaceView, cursor: RollupCursor, fromMs: number, toMs: number): void => {
    for (let bucketMs = fromMs; bucketMs < toMs; bucketMs += STEP_MS) {
      const localMs = bucketMs + utcOffset(bucketMs);
      for (const index of view.all) lookAtSeries(view, index, cursor.meanAt(index, bucketMs), bucketMs, localMs);
      followGroups(view, bucketMs);
      followOutliers(view, bucketMs, localMs);
      followAbsences(view, bucketMs);
    }
  };
}

function lookAtSeries(view: WorkspaceView, index: number, value: number, bucketMs: number, localMs: number): void {
  const { residual, profiles, absence } = view.series[index]!;
  const hasValue = !Number.isNaN(value);
  view.values[index] = value;
  view.deviations[index] = hasValue ? bucketResidual(residual, profiles, localMs, value) : Number.NaN;
  if (hasValue) learnBucketResidual(residual, profiles, localMs, value);
  const dataMs = newsOf(view, index, hasValue, bucketMs);
  followPresence(absence, localMs, dataMs);
  if (!Number.isNaN(dataMs)) view.state.flags[index]! &= ~SERIES_FLAG.letGo;
}

/**
 * Start of the newest bucket with data, where that is new. Of a series that lags behind the others word comes later than
 * its bucket is looked at: it is there all the same. A stale marker is no data.
 */
function newsOf(view: WorkspaceView, index: number, hasValue: boolean, bucketMs: number): number {
  if (hasValue) return bucketMs;
  const newestMs = view.lastSampleMs[index]!;
  if (newestMs >= bucketMs + STEP_MS || view.staleAtMs[index] === newestMs) return Number.NaN;
  const dataMs = bucketOf(newestMs);
  return dataMs > readAbsence(view.series[index]!.absence).lastMs ? dataMs : Number.NaN;
}
