/** How errors of one path hang together, so that simulated futures wander as real ones do. */
export interface ErrorMemory {
  /** Share of the variance that lasts for the whole path: a wrong slope or level. 0..1. */
  readonly persistence: number;
  /** Correlation of the rest from one step to the next, 0..1. */
  readonly autocorrelation: number;
}

const MOST_PERSISTENCE = 0.9;
const MOST_AUTOCORRELATION = 0.95;

/**
 * Memory of errors: how much of an error stays for the whole path, and how slowly the rest fades.
 *
 * Used by time to limit: independent errors would cross every limit sooner or later, frozen ones never.
 *
 * Definition: persistence = variance of the rows' means over the whole variance, less what chance gives to means;
 *             autocorrelation = lag-one correlation of the deviations from the row's mean.
 * Input:      rows of standardised errors; NaN = missing, skipped.
 * Output:     both between 0 and their caps of 0.9 and 0.95.
 * Edge:       no spread, or fewer than two rows → half and half.
 * Cost:       O(errors); the input is not changed.
 * Throws:     never.
 *
 * @example
 * errorMemory([Float64Array.of(1, 1, 1), Float64Array.of(-1, -1, -1)]).persistence // => 0.9
 */
export function errorMemory(rows: readonly Float64Array[]): ErrorMemory {
  const means = rows.map(presentMean);
  const seenRows = means.filter((mean) => !Number.isNaN(mean)).length;
  let whole = 0;
  let within = 0;
  let product = 0;
  let counted = 0;
  rows.forEach((row, k) => {
    for (let h = 0; h < row.length; h++) {
      const error = row[h]!;
      if (Number.isNaN(error)) continue;
      counted++;
      whole += error * error;
      within += (error - means[k]!) ** 2;
      const before = h > 0 ? row[h - 1]! : Number.NaN;
      if (!Number.isNaN(before)) product += (error - means[k]!) * (before - means[k]!);
    }
  });
  if (seenRows < 2 || whole === 0) return { persistence: 0.5, autocorrelation: 0.5 };
  // Means of short autocorrelated rows differ by chance alone: of their variance, the within part over the row's length.
  const byChance = within / (counted / seenRows);
  return {
    persistence: clamp((whole - within - byChance) / whole, MOST_PERSISTENCE),
    autocorrelation: within > 0 ? clamp(product / within, MOST_AUTOCORRELATION) : 0,
  };
}

function presentMean(row: Float64Array): number {
  let sum = 0;
  let present = 0;
  for (let h = 0; h < row.length; h++) {
    if (Number.isNaN(row[h]!)) continue;
    sum += row[h]!;
    present++;
  }
  return sum / present;
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
