import { createForecaster, type Forecaster } from './forecaster.ts';

/** Each older season counts this much of the next newer one. */
const SEASON_FADING = 0.75;
/** Share of the present offset that is left after one short season. */
const OFFSET_LEFT = 0.5;

export interface FadingOffsetOptions {
  /** The season whose usual shape is followed. */
  readonly periodPoints: number;
  readonly seasons: number;
  /** The season after which half of the offset is gone; a quarter of it says how large the offset is. */
  readonly shortSeason: number;
}

/**
 * Usual season with a fading offset: follows the shape of earlier seasons from where the series stands now, and returns
 * to their level within days.
 *
 * Definition: weighted mean of the same phase of earlier seasons (weights 1, 0.75, 0.75², …) + offset · 0.5^(h/short
 *             season), where the offset is the mean of value − that mean over the newest quarter of a short season.
 * Input:      options, whole numbers ≥ 1.
 * Warm-up:    one season, the quarter, and one point more.
 * Assumes:    a level that returns.
 * Fails when: the level has moved for good, or a trend is steep.
 * Cost:       O((window + horizon) · seasons).
 * Throws:     never.
 *
 * @example
 * fadingOffset({ periodPoints: 168, seasons: 4, shortSeason: 24 }).name // => 'fading-offset-168'
 */
export function fadingOffset({ periodPoints, seasons, shortSeason }: FadingOffsetOptions): Forecaster {
  const window = Math.max(1, Math.round(shortSeason / 4));
  return createForecaster(`fading-offset-${periodPoints}`, periodPoints + window + 1, (values) => {
    const used = Math.max(1, Math.min(seasons, Math.floor((values.length - window) / periodPoints)));
    const usual = (at: number): number => {
      let sum = 0;
      let weights = 0;
      for (let age = 1; age <= used; age++) {
        const weight = SEASON_FADING ** (age - 1);
        sum += weight * values[at - age * periodPoints]!;
        weights += weight;
      }
      return sum / weights;
    };
    let offset = 0;
    for (let at = values.length - window; at < values.length; at++) offset += (values[at]! - usual(at)) / window;
    return {
      predict: (horizonPoints) =>
        Float64Array.from(
          { length: horizonPoints },
          (_, h) => usual(values.length + (h % periodPoints)) + offset * OFFSET_LEFT ** ((h + 1) / shortSeason),
        ),
    };
  });
}
