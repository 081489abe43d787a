import type { SeriesKind } from '../../models/domain/series.ts';
import { ServiceError } from '../platform/errors.ts';
import type { IngestLimits } from './limits.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { isObject, type JsonMediaType, ownField, readJsonItems } from './validate-json.ts';
import { readJsonLabels } from './validate-json-labels.ts';
import { checkSeriesLabels, type LabelPair } from './validate-labels.ts';
import { quote, RejectionTally } from './validate-rejections.ts';
import { SampleCollector } from './validate-samples.ts';
import { readTime } from './validate-time.ts';

/**
 * Decodes metrics as JSON: `{"metrics": [item, …]}`, a bare array, or one item on each line.
 *
 * An item is `{name, labels?, type?, timestamp, value}` or `{name, labels?, type?, samples: [[timestamp, value], …]}`.
 * What is wrong with one item or sample refuses only that. Throws `ingest/payload-invalid` where the whole cannot be read
 * and `ingest/payload-too-large` above the limits. Decoding twice gives the same batch.
 */
export function decodeMetricsJson(body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext): MetricsBatch {
  const { limits } = context;
  const { items, warnings } = readJsonItems(body, mediaType, { member: 'metrics', limits });
  const decoder = new MetricsDecoder(context);
  let index = 0;
  for (const item of items) {
    if (index === limits.samplesPerRequest) throw tooMany('items', limits);
    if ('unreadable' in item) decoder.refuse(index, { code: 'json_invalid', detail: item.unreadable });
    else decoder.item(index, item.value);
    index++;
  }
  return { ...decoder.finish(), warnings };
}

class MetricsDecoder {
  readonly #context: DecodeContext;
  readonly #samples = new SampleCollector();
  readonly #rejected = new RejectionTally();
  #samplesSeen = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  refuse(index: number, refusal: Refusal): void {
    this.#rejected.add(index, refusal);
  }

  item(index: number, raw: unknown): void {
    if (!isObject(raw)) {
      this.refuse(index, { code: 'item_invalid', detail: 'expected an object' });
      return;
    }
    const samples = readSamples(raw);
    if ('code' in samples) {
      this.refuse(index, samples);
      return;
    }
    this.#countSamples(samples.length);
    const identity = this.#identify(raw);
    if ('code' in identity) {
      this.#rejected.add(index, identity, samples.length);
      return;
    }
    this.#samples.begin(identity);
    for (const sample of samples) this.#sample(index, sample);
  }

  finish(): Omit<MetricsBatch, 'warnings'> {
    const { series, samples, duplicates } = this.#samples.finish();
    const discarded = new Map(duplicates > 0 ? [['duplicate', duplicates]] : []);
    return { series, acceptedSamples: samples, rejected: this.#rejected, discarded };
  }

  #identify(item: Readonly<Record<string, unknown>>): Identity | Refusal {
    const kind = readKind(ownField(item, 'type'));
    if (typeof kind === 'object') return kind;
    const pairs = readPairs(item);
    if ('code' in pairs) return pairs;
    const { workspace, identity, limits } = this.#context;
    const key = keyOf(kind, pairs);
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const checked = checkSeriesLabels(pairs, limits);
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels, kind);
  }

  #sample(index: number, sample: unknown): void {
    if (!Array.isArray(sample) || sample.length !== 2) {
      this.refuse(index, { code: 'sample_invalid', detail: 'expected [timestamp, value]' });
      return;
    }
    const [rawTime, value]: readonly unknown[] = sample;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.refuse(index, { code: 'value_invalid', detail: `expected a finite number, got ${describe(value)}` });
      return;
    }
    const time = readTime(rawTime, this.#context);
    if ('refusal' in time) this.refuse(index, time.refusal);
    // JSON has a negative zero, and nobody means it.
    else this.#samples.add(time.timestampMs, value + 0, 0);
  }

  #countSamples(count: number): void {
    this.#samplesSeen += count;
    if (this.#samplesSeen > this.#context.limits.samplesPerRequest) throw tooMany('samples', this.#context.limits);
  }
}

/** Samples of an item as pairs, in whichever of the two ways it has them. */
function readSamples(item: Readonly<Record<string, unknown>>): readonly unknown[] | Refusal {
  const samples = ownField(item, 'samples');
  if (samples === undefined) return [[ownField(item, 'timestamp'), ownField(item, 'value')]];
  if (ownField(item, 'timestamp') !== undefined || ownField(item, 'value') !== undefined) {
    return { code: 'item_invalid', detail: 'either "samples" or "timestamp" and "value", not both' };
  }
  if (!Array.isArray(samples)) return { code: 'item_invalid', detail: '"samples" must be an array' };
  return samples.length > 0 ? samples : { code: 'item_invalid', detail: '"samples" is empty' };
}

/** The metric's name and its labels; the name may also come as the label `__name__`. */
function readPairs(item: Readonly<Record<string, unknown>>): LabelPair[] | Refusal {
  const labels = readJsonLabels(ownField(item, 'labels'));
  if ('code' in labels) return labels;
  const name = ownField(item, 'name');
  if (name === undefined) return labels;
  if (typeof name !== 'string')
    return { code: 'metric_name_invalid', detail: `expected a text, got ${describe(name)}` };
  return [['__name__', name], ...labels];
}

function readKind(raw: unknown): SeriesKind | undefined | Refusal {
  if (raw === undefined || raw === null) return undefined;
  if (raw === 'gauge' || raw === 'counter') return raw;
  return { code: 'type_invalid', detail: `"type" must be "gauge" or "counter", got ${describe(raw)}` };
}

/** Lengths keep different labels different; the first character keeps them apart from those of other protocols. */
function keyOf(kind: SeriesKind | undefined, pairs: readonly LabelPair[]): string {
  let key = kind === undefined ? '?' : kind === 'counter' ? 'c' : 'g';
  for (const [name, value] of pairs) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : `an ${Array.isArray(value) ? 'array' : 'object'}`;
}

function tooMany(what: string, limits: IngestLimits): ServiceError {
  const { samplesPerRequest } = limits;
  return new ServiceError('ingest/payload-too-large', `more than ${samplesPerRequest} ${what} in one request`, {
    details: { limit: samplesPerRequest },
  });
}
