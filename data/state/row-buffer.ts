/** Rows that wait in the state until there are enough of them for a chunk: parallel growable columns. */
export interface RowBuffer {
  rows: number;
  seriesIndexes: Uint32Array;
  timestampsMs: Float64Array;
  /** One array for each value column of the resolution. */
  columns: Float64Array[];
}

const FIRST_CAPACITY_ROWS = 256;

export function createRowBuffer(columnCount: number, capacityRows = FIRST_CAPACITY_ROWS): RowBuffer {
  return {
    rows: 0,
    seriesIndexes: new Uint32Array(capacityRows),
    timestampsMs: new Float64Array(capacityRows),
    columns: Array.from({ length: columnCount }, () => new Float64Array(capacityRows)),
  };
}

/** Makes room for one more row and returns its place; the caller fills in its values. */
export function appendRow(buffer: RowBuffer, seriesIndex: number, timestampMs: number): number {
  const row = buffer.rows;
  if (row === buffer.timestampsMs.length) grow(buffer);
  buffer.seriesIndexes[row] = seriesIndex;
  buffer.timestampsMs[row] = timestampMs;
  buffer.rows = row + 1;
  return row;
}

function grow(buffer: RowBuffer): void {
  const capacityRows = Math.max(FIRST_CAPACITY_ROWS, buffer.timestampsMs.length * 2);
  const seriesIndexes = new Uint32Array(capacityRows);
  seriesIndexes.set(buffer.seriesIndexes);
  buffer.seriesIndexes = seriesIndexes;
  buffer.timestampsMs = enlarged(buffer.timestampsMs, capacityRows);
  buffer.columns = buffer.columns.map((column) => enlarged(column, capacityRows));
}

export function enlarged(values: Float64Array, length: number): Float64Array {
  const result = new Float64Array(length);
  result.set(values);
  return result;
}

/** The rows ordered by series, then time, then arrival: the order in which chunks are stored and read. */
export function sortedRows(buffer: RowBuffer): RowBuffer {
  const { rows, seriesIndexes, timestampsMs } = buffer;
  const order = Array.from({ length: rows }, (_, row) => row);
  order.sort((a, b) => seriesIndexes[a]! - seriesIndexes[b]! || timestampsMs[a]! - timestampsMs[b]! || a - b);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]!);
  return {
    rows,
    seriesIndexes: Uint32Array.from(order, (row) => seriesIndexes[row]!),
    timestampsMs: pick(timestampsMs),
    columns: buffer.columns.map(pick),
  };
}
