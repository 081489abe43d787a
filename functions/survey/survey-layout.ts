import type { SurveyLayout } from '../../data/state/survey-state.ts';
import { ABSENCE_WORDS } from '../../models/detect/absence.ts';
import { BUCKET_RESIDUAL_WORDS } from '../../models/detect/bucket-residual.ts';
import { GROUP_WORDS } from '../../models/detect/group-anomaly.ts';
import { PEER_GROUP_WORDS, PEER_MEMBER_WORDS } from '../../models/detect/peer-outlier.ts';

/** Where the words of each analysis begin among those of a series. */
export const SERIES_AT = {
  residual: 0,
  absence: BUCKET_RESIDUAL_WORDS,
  peer: BUCKET_RESIDUAL_WORDS + ABSENCE_WORDS,
  end: BUCKET_RESIDUAL_WORDS + ABSENCE_WORDS + PEER_MEMBER_WORDS,
} as const;

/** Version: of the meaning of the words. With another one the survey begins anew, from the history that is there. */
export const SURVEY_LAYOUT: SurveyLayout = {
  version: 2,
  seriesWords: SERIES_AT.end,
  groupWords: GROUP_WORDS,
  peerWords: PEER_GROUP_WORDS,
  shapeWords: BUCKET_RESIDUAL_WORDS,
};
