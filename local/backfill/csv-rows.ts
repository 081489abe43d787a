import type { FileHandle } from 'node:fs/promises';

/** Where each row of a file lies, the first one and empty ones left out. */
export interface CsvRows {
  readonly count: number;
  /** Without its line end. */
  readonly startBytes: Float64Array;
  readonly lengthBytes: Float64Array;
  /** The first row as text, without a byte order mark. */
  readonly header: string;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const CHUNK_BYTES = 1024 * 1024;
const BYTE_ORDER_MARK = '\ufeff';

/** Finds the rows: a line end inside of double quotes ends none. The first is told before the others. */
export async function findCsvRows(
  file: FileHandle,
  onRow: (bytes: Buffer) => void,
  onHeader: (header: string) => void,
): Promise<CsvRows> {
  const starts = new Column();
  const lengths = new Column();
  let header: string | undefined;
  const take = (start: number, bytes: Buffer): void => {
    if (bytes.length === 0) return;
    if (header === undefined) {
      header = bytes.toString('utf8').replace(BYTE_ORDER_MARK, '');
      onHeader(header);
      return;
    }
    starts.push(start);
    lengths.push(bytes.length);
    onRow(bytes);
  };
  await scan(file, take);
  return { count: starts.length, startBytes: starts.values(), lengthBytes: lengths.values(), header: header ?? '' };
}

async function scan(file: FileHandle, take: (start: number, bytes: Buffer) => void): Promise<void> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let restStart = 0;
  let quoted = false;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, restStart + rest.length);
    if (bytesRead === 0) break;
    const scanFrom = rest.length;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let rowStart = 0;
    for (let at = scanFrom; at < bytes.length; at++) {
      if (bytes[at] === QUOTE) quoted = !quoted;
      if (bytes[at] !== NEWLINE || quoted) continue;
      take(restStart + rowStart, withoutReturn(bytes.subarray(rowStart, at)));
      rowStart = at + 1;
    }
    rest = Buffer.from(bytes.subarray(rowStart));
    restStart += rowStart;
  }
  take(restStart, withoutReturn(rest));
}

function withoutReturn(row: Buffer): Buffer {
  return row.at(-1) === RETURN ? row.subarray(0, -1) : row;
}

/** A column of numbers that grows: a file may have tens of millions of rows. */
export class Column {
  length = 0;
  #values = new Float64Array(4_096);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length++;
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}
