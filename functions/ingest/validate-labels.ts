import type { Labels } from '../../models/domain/series.ts';
import type { IngestLimits } from './limits.ts';
import type { Refusal } from './validate.ts';
import { quote } from './validate-rejections.ts';

/** Records that carry the labels are kept as JSON, of at most 400 KB; control characters take six bytes there. */
const MAX_JSON_BYTES = 200_000;
const MAX_JSON_BYTES_PER_CHARACTER = 6;
/** So many characters of labels fit whatever they are. */
export const ALWAYS_FITTING_CHARACTERS = MAX_JSON_BYTES / MAX_JSON_BYTES_PER_CHARACTER;

export type LabelPair = readonly [name: string, value: string];

export type LabelCheck = { readonly labels: Labels } | { readonly refusal: Refusal };

/** Labels of a metric: at least its name. Sorted, those without value dropped; or the reason why not. */
export function checkSeriesLabels(pairs: readonly LabelPair[], limits: IngestLimits): LabelCheck {
  if (pairs.length === 0) return refuse('labels_empty', 'a series needs labels');
  const checked = checkLabels(pairs, limits, limits.labelsPerSeries);
  if ('refusal' in checked) return checked;
  if (!checked.labels.some(([name]) => name === '__name__')) {
    return refuse('metric_name_missing', 'the label "__name__" is missing');
  }
  return checked;
}

/** Labels of a stream of logs: may be none. */
export function checkStreamLabels(pairs: readonly LabelPair[], limits: IngestLimits): LabelCheck {
  return checkLabels(pairs, limits, limits.labelsPerStream);
}

function checkLabels(pairs: readonly LabelPair[], limits: IngestLimits, maxLabels: number): LabelCheck {
  if (pairs.length > maxLabels) return refuse('labels_too_many', `more than ${maxLabels} labels`);
  for (const pair of pairs) {
    const refusal = checkPair(pair, limits);
    if (refusal !== undefined) return { refusal };
  }
  const sizeBytes = jsonBytes(pairs);
  if (sizeBytes > MAX_JSON_BYTES) {
    return refuse('labels_too_large', `the labels have ${sizeBytes} bytes as JSON, at most ${MAX_JSON_BYTES}`);
  }
  const labels = pairs.toSorted((a, b) => compareUtf8(a[0], b[0]));
  for (let i = 1; i < labels.length; i++) {
    const name = labels[i]![0];
    if (name === labels[i - 1]![0]) return refuse('label_name_duplicate', `label ${quote(name)} is there twice`);
  }
  return { labels: labels.filter(([, value]) => value !== '') };
}

function checkPair([name, value]: LabelPair, limits: IngestLimits): Refusal | undefined {
  if (name === '') return { code: 'label_name_empty', detail: `the label with value ${quote(value)} has no name` };
  if (!name.isWellFormed() || !value.isWellFormed()) {
    return { code: 'utf8_invalid', detail: `label ${quote(name)} holds half a surrogate pair` };
  }
  if (isLonger(name, limits.labelNameBytes)) {
    return {
      code: 'label_name_too_long',
      detail: `label ${quote(name)} has a name of ${Buffer.byteLength(name)} bytes, at most ${limits.labelNameBytes}`,
    };
  }
  if (isLonger(value, limits.labelValueBytes)) {
    return {
      code: 'label_value_too_long',
      detail: `label ${quote(name)} has a value of ${Buffer.byteLength(value)} bytes, at most ${limits.labelValueBytes}`,
    };
  }
  return undefined;
}

/** A UTF-16 unit takes at most three bytes, so most texts need no counting. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

/** An upper bound where that is small enough, which it nearly always is; else the exact size. */
function jsonBytes(pairs: readonly LabelPair[]): number {
  const characters = pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const atMost = characters * MAX_JSON_BYTES_PER_CHARACTER;
  return atMost <= MAX_JSON_BYTES ? atMost : Buffer.byteLength(JSON.stringify(pairs));
}

function refuse(code: string, detail: string): LabelCheck {
  return { refusal: { code, detail } };
}

/** Order of the UTF-8 bytes, which is not the order of JavaScript's own comparison of strings. */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
