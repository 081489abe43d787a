/**
 * Quantile of the standard normal distribution: how many standard deviations out a probability lies.
 *
 * Used by the intervals of forecasts.
 *
 * Definition: the inverse of the cumulative distribution, by a rational approximation.
 * Input:      probability between 0 and 1, both excluded.
 * Output:     −∞..∞, antisymmetric around one half.
 * Edge:       outside (0, 1) → NaN; 0 and 1 → −∞ and ∞.
 * Cost:       O(1).
 * Accuracy:   4.5e-4.
 * Throws:     never.
 * Source:     Abramowitz and Stegun, "Handbook of Mathematical Functions", formula 26.2.23.
 *
 * @example
 * normalQuantile(0.975).toFixed(2) // => '1.96'
 * normalQuantile(0.1).toFixed(2) // => '-1.28'
 */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0.5) return 0;
  if (probability === 0) return Number.NEGATIVE_INFINITY;
  const t = Math.sqrt(-2 * Math.log(probability));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return above / below - t;
}
