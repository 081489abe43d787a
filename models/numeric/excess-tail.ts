/** A normal tail seen from where 3 % of the values lie beyond has this shape. */
const LIGHTEST_SHAPE = -0.2;
/** Heaviness that belongs to the lightest shape: (1 − shape) / (1 − 2 shape). */
const LIGHTEST_HEAVINESS = 1.2 / 1.4;

/**
 * Tail shape from moments: how heavy a tail is, from mean and mean square of what exceeds its start.
 *
 * Used by the seasonal robust detector, which tracks both moments online.
 *
 * Definition: shape of a generalised Pareto tail by the method of moments, heaviness = meanSquare / (2 mean²),
 *             shape = (heaviness − 1) / (2 heaviness − 1), kept within −0.2 (as light as a normal tail) and 0.5 (infinite
 *             variance); 0 is exponential.
 * Input:      mean > 0 and mean square of the excesses, same unit and that unit squared.
 * Output:     −0.2 to below 0.5.
 * Edge:       mean not above 0 → 0.
 * Cost:       O(1).
 * Throws:     never.
 * Source:     Hosking and Wallis 1987, "Parameter and quantile estimation for the generalized Pareto distribution".
 *
 * @example
 * tailShape(1, 2) // => 0
 * tailShape(1, 3) // => 0.25
 */
export function tailShape(mean: number, meanSquare: number): number {
  if (!(mean > 0)) return 0;
  const heaviness = meanSquare / (2 * mean * mean);
  return heaviness > LIGHTEST_HEAVINESS ? (heaviness - 1) / (2 * heaviness - 1) : LIGHTEST_SHAPE;
}

/**
 * Rarity of an excess: minus the logarithm of the chance that an excess is larger than this one.
 *
 * Definition: −ln P(excess > x) of the generalised Pareto tail with the given moments; for a negative shape its first
 *             two terms, x + |shape| x² / 2 in units of the spread, which is a normal tail and knows no largest value.
 * Input:      excess ≥ 0; mean > 0 and meanSquare as tailShape.
 * Output:     nats, ≥ 0, growing with the excess; 1 nat is one factor e.
 * Edge:       excess 0 → 0.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * excessNats(3, 1, 2) // => 3
 */
export function excessNats(excess: number, mean: number, meanSquare: number): number {
  const shape = tailShape(mean, meanSquare);
  const spread = mean * (1 - shape);
  const size = excess / spread;
  return shape > 0 ? Math.log1p(shape * size) / shape : size - (shape * size * size) / 2;
}

/**
 * Excess of a given rarity: the inverse of excessNats.
 *
 * Input:      nats ≥ 0; mean > 0 and meanSquare as tailShape.
 * Output:     an excess, unit of mean.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * excessAtNats(3, 1, 2) // => 3
 * excessAtNats(0, 1, 3) // => 0
 */
export function excessAtNats(nats: number, mean: number, meanSquare: number): number {
  const shape = tailShape(mean, meanSquare);
  const spread = mean * (1 - shape);
  if (shape > 0) return (spread * Math.expm1(shape * nats)) / shape;
  return shape < 0 ? (spread * (1 - Math.sqrt(1 - 2 * shape * nats))) / shape : spread * nats;
}
