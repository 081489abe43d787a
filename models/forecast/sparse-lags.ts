/**
 * Lags that tell most of a seasonal series: the newest values, the same phase of earlier seasons, and its neighbours.
 *
 * Used by the autoregressions.
 *
 * Definition: 1, 2, 3; for the shortest season m: m − 1, m, m + 1, 2m, 3m; for each longer one M: M − m, M − 1, M, M + 1.
 *             For 24 and 168 hours: 1–3, 23–25, 48, 72, 144, 167–169.
 * Input:      seasons in points, ascending, each ≥ 2; none for a series without season.
 * Output:     ascending lags, each once.
 * Cost:       O(seasons).
 * Throws:     never.
 *
 * @example
 * sparseLags([24, 168]).join() // => '1,2,3,23,24,25,48,72,144,167,168,169'
 * sparseLags([]).join() // => '1,2,3'
 */
export function sparseLags(seasons: readonly number[]): readonly number[] {
  const lags = new Set([1, 2, 3]);
  seasons.forEach((season, k) => {
    const around = [season - 1, season, season + 1];
    const further = k === 0 ? [2 * season, 3 * season] : [season - seasons[0]!];
    for (const lag of [...around, ...further]) lags.add(lag);
  });
  return [...lags].filter((lag) => lag > 0).sort((a, b) => a - b);
}
