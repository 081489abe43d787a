import type { SeriesLacks } from '../../models/detect/lacks.ts';

/** What a series lacks before all is known of it; null where nothing. */
export function lacksJson(lacks: SeriesLacks | null) {
  if (lacks === null) return null;
  const { warming, weeklySeasonDays, peers } = lacks;
  return {
    ...(warming && { points: { seen: warming.seenPoints, needed: warming.neededPoints } }),
    ...(peers > 0 && { judged_by_peers: peers }),
    ...(weeklySeasonDays !== null && { weekly_season_days: weeklySeasonDays }),
  };
}
