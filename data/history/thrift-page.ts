import { ByteList } from './byte-list.ts';

/*
 * What stands before the values of a page of Parquet (format version 2 of data pages), in Thrift's compact protocol: fields
 * in ascending order, each with the distance to the number of the one before and its type in one byte.
 */
const I32 = 5;
const STRUCT = 12;
const STOP = 0;
const DATA_PAGE_V2 = 3;
/** More than a head takes. */
const HEAD_BYTES = 64;

/** The encodings that are used here, by their numbers in the format. */
export const ENCODING_NUMBERS = { PLAIN: 0, DELTA_BINARY_PACKED: 5, BYTE_STREAM_SPLIT: 9 } as const;

export interface PageHead {
  readonly rows: number;
  readonly nulls: number;
  readonly encoding: keyof typeof ENCODING_NUMBERS;
  /** Of the levels that say which rows are null; they are not compressed. */
  readonly levelBytes: number;
  readonly valueBytes: number;
  readonly compressedValueBytes: number;
}

export function encodePageHead(head: PageHead): Uint8Array {
  const bytes = new ByteList(HEAD_BYTES);
  appendFields(bytes, [
    [1, DATA_PAGE_V2],
    [2, head.levelBytes + head.valueBytes],
    [3, head.levelBytes + head.compressedValueBytes],
  ]);
  bytes.append(((8 - 3) << 4) | STRUCT);
  appendFields(bytes, [
    [1, head.rows],
    [2, head.nulls],
    [3, head.rows],
    [4, ENCODING_NUMBERS[head.encoding]],
    [5, head.levelBytes],
    [6, 0], // levels of repetition, of which flat columns have none
  ]);
  bytes.append(STOP);
  bytes.append(STOP);
  return bytes.view();
}

function appendFields(bytes: ByteList, fields: readonly (readonly [number: number, value: number])[]): void {
  let last = 0;
  for (const [number, value] of fields) {
    bytes.append(((number - last) << 4) | I32);
    bytes.appendZigzag(value);
    last = number;
  }
}

/** Which rows have a value (1) and which are null (0): runs of eight equal ones and more, and eights as they are. */
export function encodeLevels(present: Uint8Array): Uint8Array {
  const bytes = new ByteList(HEAD_BYTES);
  let eightsAt = 0;
  let eights = 0;
  const writeEights = (): void => {
    if (eights > 0) appendEights(bytes, present, eightsAt, eights);
    eights = 0;
  };
  for (let from = 0; from < present.length; ) {
    let end = from + 1;
    while (end < present.length && present[end] === present[from]) end++;
    if (end - from < 8) {
      if (eights === 0) eightsAt = from;
      eights++;
      from += 8;
      continue;
    }
    writeEights();
    bytes.appendVarint(2 * (end - from));
    bytes.append(present[from]!);
    from = end;
  }
  writeEights();
  return bytes.view();
}

function appendEights(bytes: ByteList, present: Uint8Array, from: number, eights: number): void {
  bytes.appendVarint(2 * eights + 1);
  for (let at = from; at < from + 8 * eights; at += 8) {
    let packed = 0;
    for (let bit = 0; bit < 8; bit++) packed |= (present[at + bit] ?? 0) << bit;
    bytes.append(packed);
  }
}
