/** Three paths of days. */
export interface DayBand {
  readonly p10: ArrayLike<number>;
  readonly p50: ArrayLike<number>;
  readonly p90: ArrayLike<number>;
}

/** Some days of one window: how a band did. */
export interface BlockScore {
  /** Mean pinball loss of p10, p50 and p90, in the unit of the window. */
  readonly loss: number;
  readonly inside: number;
  readonly below: number;
  readonly above: number;
}

/** Days ahead that are judged together: from, to, both counted from 1 and included. */
export const DAY_BLOCKS = [
  [1, 2],
  [3, 14],
  [15, 45],
  [46, 90],
] as const;

const LOSS_FLOOR = 1e-6;

/** Scores of a band over some days; undefined where none of them is known. */
export function blockScore(
  band: DayBand,
  actual: Float64Array,
  [from, to]: readonly [number, number],
  unit: number,
): BlockScore | undefined {
  let loss = 0;
  let below = 0;
  let above = 0;
  let known = 0;
  for (let day = from - 1; day < Math.min(to, actual.length, band.p50.length); day++) {
    const value = actual[day]!;
    if (Number.isNaN(value)) continue;
    known++;
    const parts = pinball(value, band.p10[day]!, 0.1) + pinball(value, band.p50[day]!, 0.5);
    loss += (parts + pinball(value, band.p90[day]!, 0.9)) / 3 / unit;
    if (value < band.p10[day]!) below++;
    if (value > band.p90[day]!) above++;
  }
  if (known === 0) return undefined;
  return { loss: loss / known, inside: 1 - (below + above) / known, below: below / known, above: above / known };
}

export interface MeanScore extends BlockScore {
  readonly windows: number;
  readonly geometricLoss: number;
}

/** Mean of some windows: of the losses the geometric one too, which no single window can rule. */
export function meanScore(scores: readonly BlockScore[]): MeanScore {
  const mean = (of: (score: BlockScore) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  return {
    windows: scores.length,
    loss: mean(({ loss }) => loss),
    geometricLoss: Math.exp(mean(({ loss }) => Math.log(loss + LOSS_FLOOR))),
    inside: mean(({ inside }) => inside),
    below: mean(({ below }) => below),
    above: mean(({ above }) => above),
  };
}

function pinball(value: number, quantile: number, share: number): number {
  return value >= quantile ? share * (value - quantile) : (1 - share) * (quantile - value);
}
