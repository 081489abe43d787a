import type { IngestLimits } from './limits.ts';
import { type NameShape, prometheusName } from './otlp-names.ts';
import type { Refusal } from './validate.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

export type MetricShape = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';

const DELTA = 1;
const CUMULATIVE = 2;

export interface MetricHead {
  /** Undefined where it is no UTF-8. */
  readonly name: string | undefined;
  readonly unit: string | undefined;
  readonly shape: MetricShape;
  readonly temporality: number;
  readonly monotonic: boolean;
}

/** How the values of a metric become samples: as they are, as a counter, or divided by their interval. */
export type Mode = 'gauge' | 'counter' | 'rate';

/** One of the series that a point becomes. */
export interface Role {
  readonly code: string;
  readonly name: string;
  readonly mode: Mode;
  readonly labels: readonly LabelPair[];
}

export interface Metric {
  readonly keyPrefix: string;
  readonly value: Role;
  readonly count: Role;
  readonly sum: Role;
}

const SHAPE_CODES: Readonly<Record<MetricShape, string>> = {
  gauge: 'g',
  sum: 's',
  histogram: 'h',
  exponentialHistogram: 'e',
  summary: 'y',
};

/** The series that the points of a metric become; or why not. The target's key stands for resource and scope. */
export function describeMetric(
  { name, unit, shape, temporality, monotonic }: MetricHead,
  targetKey: string,
  { labelValueBytes }: IngestLimits,
): Metric | Refusal {
  if (name === undefined || unit === undefined) return { code: 'utf8_invalid', detail: 'name or unit is not UTF-8' };
  if (name === '') return { code: 'metric_name_missing', detail: 'the metric has no name' };
  if (!name.isWellFormed()) return { code: 'utf8_invalid', detail: `${quote(name)} holds half a surrogate pair` };
  if (Buffer.byteLength(name) > labelValueBytes || unit.length > labelValueBytes) {
    const sizeBytes = Buffer.byteLength(name);
    return { code: 'metric_name_too_long', detail: `name of ${sizeBytes} bytes, at most ${labelValueBytes}` };
  }
  const mode = modeOf(shape, temporality, monotonic);
  if (mode === undefined) {
    const detail = `aggregationTemporality of ${quote(name)} must be 1 (delta) or 2 (cumulative), got ${temporality}`;
    return { code: 'temporality_invalid', detail };
  }
  const stem = prometheusName(name, unit, shape === 'gauge' ? 'gauge' : 'plain');
  if (stem === '') return { code: 'metric_name_invalid', detail: `${quote(name)} holds no letter and no digit` };
  const valueName = shape === 'sum' ? prometheusName(name, unit, nameShapeOf(mode)) : stem;
  const perSecond = mode === 'rate' ? '_per_second' : '';
  const isSum = shape === 'sum';
  return {
    keyPrefix: `O${targetKey}${SHAPE_CODES[shape]}${mode[0]}${name.length}:${name}${unit.length}:${unit}`,
    value: { code: 'v', name: valueName, mode: isSum || shape === 'gauge' ? mode : 'gauge', labels: [] },
    count: { code: 'c', name: `${stem}_count${perSecond}`, mode, labels: [] },
    sum: { code: 's', name: `${stem}_sum${perSecond}`, mode, labels: [] },
  };
}

/** The series of one quantile of a metric. */
export function quantileRole(metric: Metric, share: number): Role {
  return {
    code: `q${share}:`,
    name: metric.value.name,
    mode: 'gauge',
    labels: [['quantile', `${share}`]],
  };
}

/** Undefined where the temporality does not say what the values mean. */
function modeOf(shape: MetricShape, temporality: number, monotonic: boolean): Mode | undefined {
  if (shape === 'gauge') return 'gauge';
  if (shape === 'summary') return 'counter';
  if (temporality === DELTA) return 'rate';
  if (temporality !== CUMULATIVE) return undefined;
  return shape === 'sum' && !monotonic ? 'gauge' : 'counter';
}

function nameShapeOf(mode: Mode): NameShape {
  switch (mode) {
    case 'gauge':
      return 'plain';
    case 'counter':
      return 'total';
    case 'rate':
      return 'rate';
  }
}
