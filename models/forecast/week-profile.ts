const WEEK_DAYS = 7;
/** Two weeks tell a weekday from a day. */
const NEEDED_DAYS = 14;

/** What each of seven days adds to the line. */
export type WeekProfile = Float64Array;

/**
 * Week profile: how the weekdays differ, counted from the first day to come.
 *
 * Definition: mean by weekday of what a moving mean over seven days leaves, shrunk by the share of its variance that
 *             chance alone would give it.
 * Input:      days, oldest first, NaN = missing.
 * Output:     seven numbers with the sum zero; entry d belongs to the days d, d + 7, … to come.
 * Edge:       fewer than 14 days → zeros.
 * Cost:       O(days).
 * Throws:     never.
 *
 * @example
 * [...weekProfile(new Float64Array(10))] // => [0, 0, 0, 0, 0, 0, 0]
 */
export function weekProfile(days: Float64Array): WeekProfile {
  const profile = new Float64Array(WEEK_DAYS);
  if (days.length < NEEDED_DAYS) return profile;
  const sums = new Float64Array(WEEK_DAYS);
  const counts = new Float64Array(WEEK_DAYS);
  let squares = 0;
  for (let i = 3; i < days.length - 3; i++) {
    let mean = 0;
    for (let near = i - 3; near <= i + 3; near++) mean += days[near]! / WEEK_DAYS;
    const rest = days[i]! - mean;
    if (Number.isNaN(rest)) continue;
    const weekday = (((i - days.length) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
    sums[weekday]! += rest;
    counts[weekday]!++;
    squares += rest * rest;
  }
  const count = counts.reduce((sum, n) => sum + n, 0);
  const means = sums.map((sum, weekday) => (counts[weekday]! > 0 ? sum / counts[weekday]! : 0));
  const centre = means.reduce((sum, mean) => sum + mean, 0) / WEEK_DAYS;
  const between = means.reduce((sum, mean, weekday) => sum + counts[weekday]! * (mean - centre) ** 2, 0);
  if (count <= WEEK_DAYS || !(between > 0)) return profile;
  const byChance = ((WEEK_DAYS - 1) * Math.max(0, squares - between)) / (count - WEEK_DAYS);
  const kept = Math.max(0, 1 - byChance / between);
  return means.map((mean) => kept * (mean - centre));
}
