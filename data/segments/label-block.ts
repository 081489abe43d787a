import type { Labels } from '../../models/domain/series.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { corrupt } from './corrupt.ts';

/** Labels at rest: number of pairs, then name and value of each, all with their length before them. */
export function writeLabels(writer: ByteWriter, labels: Labels): void {
  writer.varint(labels.length);
  for (const [name, value] of labels) {
    writer.text(name);
    writer.text(value);
  }
}

/** Labels of streams are interned at ingest, so their bytes are made once for each stream and not for each request. */
const encoded = new WeakMap<Labels, Uint8Array>();

export function encodeLabels(labels: Labels): Uint8Array {
  const known = encoded.get(labels);
  if (known !== undefined) return known;
  const writer = new ByteWriter(256);
  writeLabels(writer, labels);
  const bytes = new Uint8Array(writer.view());
  encoded.set(labels, bytes);
  return bytes;
}

export function decodeLabels(bytes: Uint8Array): Labels {
  const reader = new ByteReader(bytes);
  const count = reader.varint();
  if (count * 2 > reader.left) throw corrupt(`${count} labels in ${reader.left} bytes`);
  const labels: [string, string][] = [];
  for (let i = 0; i < count; i++) labels.push([reader.text(), reader.text()]);
  reader.end();
  return labels;
}
