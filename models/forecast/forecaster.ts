/** A model that has seen its data: only this can predict. */
export interface FittedModel {
  /** The next values, one for each step after the last one seen; finite, length horizonPoints. */
  predict(horizonPoints: number): Float64Array;
}

export type FitResult =
  | { readonly kind: 'fitted'; readonly model: FittedModel }
  | { readonly kind: 'not_enough_data'; readonly seenPoints: number; readonly neededPoints: number }
  /** These values are not of the kind that the model is for, however many there are. */
  | { readonly kind: 'unsuited' };

/**
 * A candidate of the forecast combination.
 *
 * Every candidate keeps these promises (test/models/forecast/registry.test.ts runs them for each entry of the
 * registry): it does not change its input, gives the same numbers for the same input, never gives NaN on finite values
 * of sufficient length, and scales with its input.
 */
export interface Forecaster {
  /** Word used in the list of models of a forecast. */
  readonly name: string;
  readonly neededPoints: number;
  /** Values at equal steps, finite, oldest first. */
  fit(values: Float64Array): FitResult;
}

/**
 * Forecaster from its parts: adds the answer for too little data, so that no candidate forgets it.
 *
 * Input:      name; neededPoints ≥ 1; model, called only with at least that many values, null where the values are not
 *             of the kind that it is for.
 * Cost:       that of the model.
 * Throws:     never.
 *
 * @example
 * createForecaster('zero', 2, () => ({ predict: (n) => new Float64Array(n) })).fit(new Float64Array(1)).kind // => 'not_enough_data'
 * createForecaster('none', 1, () => null).fit(new Float64Array(1)).kind // => 'unsuited'
 */
export function createForecaster(
  name: string,
  neededPoints: number,
  model: (values: Float64Array) => FittedModel | null,
): Forecaster {
  return {
    name,
    neededPoints,
    fit: (values) => {
      if (values.length < neededPoints) return { kind: 'not_enough_data', seenPoints: values.length, neededPoints };
      const fitted = model(values);
      return fitted === null ? { kind: 'unsuited' } : { kind: 'fitted', model: fitted };
    },
  };
}
