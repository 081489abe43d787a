import { keepLine } from './log-line.ts';
import { LEVEL_NAMES } from './log-severity.ts';
import { LokiCollector, type LokiEntry, type LokiPush } from './loki-push.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { invalid, isObject, ownField, readJsonValue } from './validate-json.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';
import { checkTime } from './validate-samples.ts';

/**
 * Decodes a Loki push as JSON: `{"streams": [{"stream": {label: value}, "values": [[nanoseconds, line, metadata?], …]}]}`.
 *
 * What is wrong with one stream or entry refuses only that. Throws `ingest/payload-invalid` where the whole cannot be read
 * or holds too much, `ingest/payload-too-large` above the limit of bytes. Decoding twice gives the same push.
 */
export function decodeLokiJson(body: Uint8Array, context: DecodeContext): LokiPush {
  const whole = readJsonValue(body, context.limits);
  const streams = isObject(whole) ? ownField(whole, 'streams') : undefined;
  if (!Array.isArray(streams)) throw invalid('expected {"streams": […]}');
  const collector = new LokiCollector(context);
  for (const stream of streams as readonly unknown[]) {
    const { labels, values } = readStream(stream);
    collector.begin(keyOf(labels), () => labels);
    for (const value of values) collector.entry(readEntry(value, context));
    collector.end();
  }
  return collector.finish();
}

interface JsonStream {
  readonly labels: LabelPair[] | Refusal;
  readonly values: readonly unknown[];
}

function readStream(raw: unknown): JsonStream {
  if (!isObject(raw)) return { labels: { code: 'item_invalid', detail: 'a stream must be an object' }, values: [] };
  const values = ownField(raw, 'values') ?? [];
  if (!Array.isArray(values)) {
    return { labels: { code: 'item_invalid', detail: '"values" of a stream must be an array' }, values: [] };
  }
  return { labels: readLabels(ownField(raw, 'stream')), values };
}

function readLabels(raw: unknown): LabelPair[] | Refusal {
  if (!isObject(raw)) return { code: 'labels_invalid', detail: '"stream" must be an object of labels' };
  const pairs: LabelPair[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string') {
      return { code: 'label_value_invalid', detail: `label ${quote(name)} must have a text as its value` };
    }
    pairs.push([name, value]);
  }
  return pairs;
}

/** Lengths keep different labels different; refused ones are never remembered. */
function keyOf(labels: LabelPair[] | Refusal): string {
  if ('code' in labels) return '';
  let key = 'l';
  for (const [name, value] of labels) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

function readEntry(raw: unknown, context: DecodeContext): LokiEntry | Refusal {
  if (!Array.isArray(raw) || raw.length < 2 || raw.length > 3) {
    return { code: 'entry_invalid', detail: 'expected [timestamp, line] or [timestamp, line, structured metadata]' };
  }
  const [rawTime, line, rawMetadata]: readonly unknown[] = raw;
  const time = readNanoseconds(rawTime, context);
  if ('code' in time) return time;
  if (typeof line !== 'string') return { code: 'line_missing', detail: 'the line must be a text' };
  const metadata = raw.length === 3 ? readMetadata(rawMetadata) : NO_METADATA;
  if ('code' in metadata) return metadata;
  return { ...time, kept: keepLine(line, context.limits.logLineBytes), ...metadata };
}

interface NanosecondTime {
  readonly timestampMs: number;
  readonly restNanos: number;
}

const NANOSECONDS = /^\d{1,20}$/;

function readNanoseconds(raw: unknown, context: DecodeContext): NanosecondTime | Refusal {
  if (typeof raw !== 'string' || !NANOSECONDS.test(raw)) {
    const given = typeof raw === 'string' ? quote(raw) : `a ${typeof raw}`;
    return { code: 'timestamp_invalid', detail: `expected nanoseconds as a text of digits, got ${given}` };
  }
  // Nanoseconds are beyond what a number can hold, so the text is parted before it becomes two.
  const timestampMs = Number(raw.slice(0, -6));
  const unit = suspectedUnit(raw, timestampMs, context);
  if (unit === undefined) return { timestampMs, restNanos: Number(raw.slice(-6)) };
  return { code: 'timestamp_unit', detail: `nanoseconds expected, but ${raw} looks like ${unit}` };
}

/** The unit in which a number too small for nanoseconds would be a sensible time. */
function suspectedUnit(raw: string, timestampMs: number, { nowMs, limits }: DecodeContext): string | undefined {
  if (timestampMs >= limits.oldestMs) return undefined;
  const units = [
    ['seconds', Number(raw) * 1_000],
    ['milliseconds', Number(raw)],
    ['microseconds', Number(raw) / 1_000],
  ] as const;
  return units.find(([, otherMs]) => checkTime(otherMs, nowMs, limits) === undefined)?.[0];
}

interface Metadata {
  readonly level: string | undefined;
  readonly hasMetadata: boolean;
}

const NO_METADATA: Metadata = { level: undefined, hasMetadata: false };

function readMetadata(raw: unknown): Metadata | Refusal {
  if (!isObject(raw)) return metadataInvalid('must be an object');
  const values = Object.entries(raw);
  for (const [name, value] of values) {
    if (typeof value !== 'string') return metadataInvalid(`${quote(name)} must be a text`);
  }
  if (values.length === 0) return NO_METADATA;
  for (const name of LEVEL_NAMES) {
    const level = ownField(raw, name);
    if (typeof level === 'string') return { level, hasMetadata: true };
  }
  return { level: undefined, hasMetadata: true };
}

function metadataInvalid(detail: string): Refusal {
  return { code: 'structured_metadata_invalid', detail: `structured metadata: ${detail}` };
}
