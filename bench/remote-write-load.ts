import { compress } from 'snappyjs';
import { createRandom } from '../models/numeric/random.ts';

/** What a fleet sends: round by round every series, in requests of so many samples, each series always in the same one. */
export interface LoadShape {
  readonly series: number;
  readonly samplesPerBody: number;
  readonly rounds: number;
  readonly firstTickMs: number;
  readonly stepMs: number;
  readonly seed: number;
  /** One of the labels: with another cluster all series are others. */
  readonly cluster?: string;
}

export interface Load {
  /** Requests by round. */
  readonly rounds: readonly (readonly Uint8Array[])[];
  readonly samplesPerRound: number;
  readonly lastTickMs: number;
}

/** A request before its values are filled in: where each series has its sample. */
interface Template {
  readonly bytes: Uint8Array;
  readonly sampleOffsets: readonly number[];
  readonly samplesPerSeries: number;
}

const TIMESTAMP_BYTES = 6;
/** Tag and length of the sample, tag and bytes of the value, tag and bytes of the time. */
const SAMPLE_BYTES = 2 + 9 + 1 + TIMESTAMP_BYTES;

/**
 * Every request of a run, snappy included, so that sending it costs the sender next to nothing. Where the series do not
 * fill a request with one sample each, it holds several ticks of them.
 */
export function buildLoad(shape: LoadShape, onRound: (round: number) => void): Load {
  const { series, stepMs, cluster = 'eu-central-1' } = shape;
  const ticksPerRound = Math.max(1, Math.floor(shape.samplesPerBody / series));
  const seriesPerBody = Math.min(series, shape.samplesPerBody);
  const templates: Template[] = [];
  for (let first = 0; first < series; first += seriesPerBody) {
    templates.push(createTemplate(first, Math.min(seriesPerBody, series - first), ticksPerRound, cluster));
  }
  const random = createRandom(shape.seed);
  const values = Float64Array.from({ length: series }, () => Math.round(1_000 * random.uniform()));
  const next = (index: number): number => {
    values[index] = nextValue(index, values[index]!, random.uniform());
    return values[index]!;
  };
  const rounds = Array.from({ length: shape.rounds }, (_, round) => {
    onRound(round);
    const firstMs = shape.firstTickMs + round * ticksPerRound * stepMs;
    return templates.map((template, body) => fill(template, firstMs, stepMs, (i) => next(body * seriesPerBody + i)));
  });
  const lastTickMs = shape.firstTickMs + (shape.rounds * ticksPerRound - 1) * stepMs;
  return { rounds, samplesPerRound: series * ticksPerRound, lastTickMs };
}

/** Two of three are gauges that wander, the third a counter: its name ends in `_total`. */
function isCounter(series: number): boolean {
  return series % 3 === 0;
}

function nextValue(series: number, value: number, chance: number): number {
  if (isCounter(series)) return value + Math.floor(chance * 50);
  return Math.round(value * (0.97 + 0.06 * chance) * 100) / 100 + 0.01;
}

/** Seven labels, as a Prometheus with Kubernetes targets writes them. */
function labelsOf(series: number, cluster: string): readonly (readonly [string, string])[] {
  const pod = Math.floor(series / 40);
  return [
    ['__name__', isCounter(series) ? `http_requests_${series % 40}_total` : `resource_usage_${series % 40}`],
    ['cluster', cluster],
    ['instance', `10.0.${(pod >> 8) & 255}.${pod & 255}:9100`],
    ['job', 'kubernetes-pods'],
    ['namespace', `shop-${pod % 7}`],
    ['pod', `checkout-7d4f9c-${(pod * 7919).toString(36)}`],
    ['service', `service-${pod % 25}`],
  ];
}

function createTemplate(firstSeries: number, count: number, samplesPerSeries: number, cluster: string): Template {
  const parts: Uint8Array[] = [];
  const sampleOffsets: number[] = [];
  let sizeBytes = 0;
  for (let series = firstSeries; series < firstSeries + count; series++) {
    const labels = labelsOf(series, cluster).map(([name, value]) => field(1, [...text(1, name), ...text(2, value)]));
    const samples = new Uint8Array(SAMPLE_BYTES * samplesPerSeries);
    const encoded = Uint8Array.from(field(1, [...labels.flat(), ...samples]));
    parts.push(encoded);
    sizeBytes += encoded.length;
    for (let i = samplesPerSeries; i > 0; i--) sampleOffsets.push(sizeBytes - i * SAMPLE_BYTES);
  }
  return { bytes: Buffer.concat(parts, sizeBytes), sampleOffsets, samplesPerSeries };
}

function text(fieldNumber: number, value: string): number[] {
  return field(fieldNumber, [...Buffer.from(value)]);
}

/** A length-delimited field of a protobuf message. */
function field(fieldNumber: number, body: readonly number[]): number[] {
  return [(fieldNumber << 3) | 2, ...varint(body.length), ...body];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

function fill(
  { bytes: blank, sampleOffsets, samplesPerSeries }: Template,
  firstMs: number,
  stepMs: number,
  next: (seriesInBody: number) => number,
): Uint8Array {
  const bytes = blank.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const times = Array.from({ length: samplesPerSeries }, (_, tick) => varint(firstMs + tick * stepMs));
  sampleOffsets.forEach((at, i) => {
    bytes.set([(2 << 3) | 2, SAMPLE_BYTES - 2, (1 << 3) | 1], at);
    view.setFloat64(at + 3, next(Math.floor(i / samplesPerSeries)), true);
    bytes[at + 11] = 2 << 3;
    bytes.set(times[i % samplesPerSeries]!, at + 12);
  });
  return compress(bytes);
}
