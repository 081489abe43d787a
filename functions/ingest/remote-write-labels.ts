import { isUtf8 } from 'node:buffer';
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
