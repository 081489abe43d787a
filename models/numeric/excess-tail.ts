/**
 * Tail shape from moments: how heavy a tail is, from mean and mean square of what exceeds its start.
 *
 * Used by the seasonal robust detector, which tracks both moments online.
 *
 * Definition: shape of a generalised Pareto tail by the method of moments, heaviness = meanSquare / (2 mean²),
 *             shape = (heaviness − 1) / (2 heaviness − 1), kept within 0 (exponential) and 0.5 (infinite variance).
 * Input:      mean > 0 and mean square of the excesses, same unit and that unit squared.
 * Output:     0 to below 0.5; a tail lighter than exponential gives 0, the cautious side.
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
  return heaviness > 1 ? (heaviness - 1) / (2 * heaviness - 1) : 0;
}

/**
 * Rarity of an excess: minus the logarithm of the chance that an excess is larger than this one.
 *
 * Definition: −ln P(excess > x) of the generalised Pareto tail with the given moments.
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
  return shape > 0 ? Math.log1p((shape * excess) / spread) / shape : excess / spread;
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
  return shape > 0 ? (spread * Math.expm1(shape * nats)) / shape : spread * nats;
}
