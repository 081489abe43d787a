const DAY_MS = 86_400_000;

/** What a series still lacks before all is known of it that can be. */
export interface SeriesLacks {
  /** Points until it is judged at all; null where it is. */
  readonly warming: { readonly seenPoints: number; readonly neededPoints: number } | null;
  /** Days of data until the week's shape is known and the days are no longer judged leniently; null where it is. */
  readonly weeklySeasonDays: number | null;
  /** So many peers by whose shape it is judged until its own history is better; 0 where it is judged by its own, or not. */
  readonly peers: number;
}

/**
 * What a series still lacks: until when it is not judged, or leniently.
 *
 * Used by the query room for every series, and by replay.
 *
 * Definition: points as the detector counts them; from the first to the newest sample the age at which it knows the week.
 * Input:      peers, 0 when left out; neededPoints, 0 where the detector scores already; times of the first and the newest sample.
 * Output:     null where nothing is lacking.
 * Throws:     never.
 *
 * @example
 * seriesLacks({ learnedPoints: 40, neededPoints: 288, firstSampleMs: 0, lastSampleMs: 86_400_000, weekKnownMs: 777_600_000 }).weeklySeasonDays // => 8
 * seriesLacks({ learnedPoints: 9_000, neededPoints: 0, firstSampleMs: 0, lastSampleMs: 864_000_000, weekKnownMs: 777_600_000 }) // => null
 */
export function seriesLacks(series: {
  readonly learnedPoints: number;
  readonly neededPoints: number;
  readonly firstSampleMs: number;
  readonly lastSampleMs: number;
  /** As the detector says. */
  readonly weekKnownMs: number;
  readonly peers?: number;
}): SeriesLacks | null {
  const { learnedPoints: seenPoints, neededPoints, firstSampleMs, lastSampleMs, weekKnownMs, peers = 0 } = series;
  const leftMs = weekKnownMs - (lastSampleMs - firstSampleMs);
  const warming = seenPoints < neededPoints ? { seenPoints, neededPoints } : null;
  if (warming === null && leftMs <= 0 && peers === 0) return null;
  return { warming, weeklySeasonDays: leftMs > 0 ? Math.ceil((leftMs / DAY_MS) * 10) / 10 : null, peers };
}
