import { isUtf8 } from 'node:buffer';
import type { ByteSource } from './byte-keys.ts';
import type { PlainLabels } from './plain-labels.ts';
import { BYTES, FieldReader } from './protobuf-fields.ts';
import type { Refusal } from './validate.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

/**
 * The label fields of one series, as they came, into names and values; invalid UTF-8 is refused, never replaced.
 *
 * Stops soon after maxLabels: two bytes make an empty label, and a request has room for millions of them.
 */
export function parseLabelBlock(
  block: Buffer,
  maxLabels: number,
): { readonly pairs: LabelPair[] } | { readonly refusal: Refusal } {
  const reader = new FieldReader(block);
  const pairs: LabelPair[] = [];
  while (reader.at < block.length && pairs.length <= maxLabels) {
    reader.readTag(block.length);
    reader.expect(BYTES);
    const [name, value] = readLabel(reader, reader.readEnd(block.length));
    if (!isUtf8(name) || !isUtf8(value)) {
      return { refusal: { code: 'utf8_invalid', detail: `label ${quote(name.toString('utf8'))} is not UTF-8` } };
    }
    pairs.push([name.toString('utf8'), value.toString('utf8')]);
  }
  return { pairs };
}

const LABEL_TAG = (1 << 3) | BYTES;
const NAME_TAG = (1 << 3) | BYTES;
const VALUE_TAG = (2 << 3) | BYTES;
const MANY = 0x80;

/**
 * Hands the label fields of one series to plain, as every sender writes them: a short name, then a value. False where they
 * are another way, or where plain does not want them; then nothing is said about what is wrong.
 */
export function addPlainLabels(plain: PlainLabels, block: ByteSource, start: number, end: number): boolean {
  const { bytes } = block;
  let at = start;
  while (at < end) {
    if (bytes[at++] !== LABEL_TAG) return false;
    let sizeBytes = bytes[at++]!;
    if (sizeBytes >= MANY) sizeBytes = (sizeBytes & 0x7f) | (bytes[at++]! << 7);
    const labelEnd = at + sizeBytes;
    const nameStart = at + 2;
    const nameEnd = nameStart + bytes[at + 1]!;
    if (bytes[at] !== NAME_TAG || bytes[at + 1]! >= MANY || bytes[nameEnd] !== VALUE_TAG) return false;
    let valueStart = nameEnd + 2;
    let valueBytes = bytes[nameEnd + 1]!;
    if (valueBytes >= MANY) valueBytes = (valueBytes & 0x7f) | (bytes[valueStart++]! << 7);
    if (valueStart + valueBytes !== labelEnd || labelEnd > end) return false;
    if (!plain.add(block, nameStart, nameEnd, valueStart, labelEnd)) return false;
    at = labelEnd;
  }
  return true;
}

const NOTHING = Buffer.alloc(0);

function readLabel(reader: FieldReader, end: number): [name: Buffer, value: Buffer] {
  let name: Buffer = NOTHING;
  let value: Buffer = NOTHING;
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field !== 1 && reader.field !== 2) {
      reader.skip(end);
      continue;
    }
    reader.expect(BYTES);
    const textEnd = reader.readEnd(end);
    const text = reader.bytes.subarray(reader.at, textEnd);
    reader.at = textEnd;
    if (reader.field === 1) name = text;
    else value = text;
  }
  return [name, value];
}
