import type { Labels } from '../../models/domain/series.ts';
import { decodeLabels, encodeLabels } from '../segments/label-block.ts';

/**
 * The labels of many series in one run of bytes, in the order in which they were added: they are asked for seldom, and as
 * objects they would take ten times the room.
 */
export interface LabelTable {
  count: number;
  /** Where the labels of each series end in the bytes. */
  ends: Uint32Array;
  bytes: Uint8Array;
}

const FIRST_SERIES = 64;
const FIRST_BYTES = 8_192;

export function createLabelTable(): LabelTable {
  return { count: 0, ends: new Uint32Array(FIRST_SERIES), bytes: new Uint8Array(FIRST_BYTES) };
}

export function addLabels(table: LabelTable, labels: Labels): void {
  const encoded = encodeLabels(labels);
  const start = labelBytes(table);
  const end = start + encoded.length;
  if (end > table.bytes.length) {
    const bytes = new Uint8Array(Math.max(end, table.bytes.length * 2));
    bytes.set(table.bytes);
    table.bytes = bytes;
  }
  if (table.count === table.ends.length) {
    const ends = new Uint32Array(Math.max(FIRST_SERIES, table.ends.length * 2));
    ends.set(table.ends);
    table.ends = ends;
  }
  table.bytes.set(encoded, start);
  table.ends[table.count] = end;
  table.count++;
}

export function labelsAt(table: LabelTable, index: number): Labels {
  if (!(index >= 0 && index < table.count)) {
    throw new RangeError(`label table: index must be between 0 and ${table.count - 1}, got ${index}`);
  }
  return decodeLabels(table.bytes.subarray(index === 0 ? 0 : table.ends[index - 1], table.ends[index]));
}

/** How many of the bytes are in use. */
export function labelBytes({ count, ends }: LabelTable): number {
  return count === 0 ? 0 : ends[count - 1]!;
}
