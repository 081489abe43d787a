/**
 * A series: one metric with its labels, the unit of detection and of forecasting.
 */

/** Label pairs, sorted by the UTF-8 bytes of their names, names unique and not empty, values not empty. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** A gauge is taken as it is; a counter only grows, and is turned into its rate per second before it is scored. */
export type SeriesKind = 'gauge' | 'counter';

/** 32 lower-case hexadecimal digits: the first 16 bytes of SHA-256 over workspace and length-prefixed labels. */
export type SeriesId = string;

export interface Series {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly kind: SeriesKind;
  /** The shard that orders, scores and stores this series. */
  readonly shard: number;
  readonly firstSampleMs: number;
}

/** Samples of one series: ascending times without repeats, both arrays of equal length. */
export interface SampleColumns {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** Value of one label, or undefined where the series does not carry it. */
export function labelValue(labels: Labels, name: string): string | undefined {
  for (const [key, value] of labels) if (key === name) return value;
  return undefined;
}

/** The metric's name, which travels as the label `__name__`; empty where it has none. */
export function metricName(labels: Labels): string {
  return labelValue(labels, '__name__') ?? '';
}

/** A series as people write it: `name{label="value",…}`. */
export function formatSeries(labels: Labels): string {
  const rest = labels
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return rest.length === 0 ? metricName(labels) : `${metricName(labels)}{${rest.join(',')}}`;
}
