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
  const order = orderBySeries(buffer);
  orderByTime(buffer, order);
  return {
    rows: buffer.rows,
    seriesIndexes: order.map((row) => buffer.seriesIndexes[row]!),
    timestampsMs: pick(buffer.timestampsMs, order),
    columns: buffer.columns.map((column) => pick(column, order)),
  };
}

/** Counts the rows of each series first, which is much faster than to compare: series are small numbers. */
function orderBySeries({ rows, seriesIndexes }: RowBuffer): Uint32Array {
  let lastSeries = 0;
  for (let row = 0; row < rows; row++) if (seriesIndexes[row]! > lastSeries) lastSeries = seriesIndexes[row]!;
  const places = new Uint32Array(lastSeries + 2);
  for (let row = 0; row < rows; row++) places[seriesIndexes[row]! + 1]!++;
  for (let series = 1; series < places.length; series++) places[series]! += places[series - 1]!;
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[places[seriesIndexes[row]!]!++] = row;
  return order;
}

/** Most series are in order of time already; where one is not, only its rows are sorted. */
function orderByTime({ seriesIndexes, timestampsMs }: RowBuffer, order: Uint32Array): void {
  for (let from = 0, to = 0; from < order.length; from = to) {
    const series = seriesIndexes[order[from]!]!;
    let isOrdered = true;
    for (to = from + 1; to < order.length && seriesIndexes[order[to]!] === series; to++) {
      if (timestampsMs[order[to]!]! < timestampsMs[order[to - 1]!]!) isOrdered = false;
    }
    if (!isOrdered) order.subarray(from, to).sort((a, b) => timestampsMs[a]! - timestampsMs[b]! || a - b);
  }
}

/** Of sorted rows of one series and time only the last, which replaces those before it. */
export function withoutReplaced(sorted: RowBuffer): RowBuffer {
  const { rows, seriesIndexes, timestampsMs, columns } = sorted;
  const kept = new Uint32Array(rows);
  let left = 0;
  for (let row = 0; row < rows; row++) {
    const isReplaced = seriesIndexes[row] === seriesIndexes[row + 1] && timestampsMs[row] === timestampsMs[row + 1];
    if (row + 1 === rows || !isReplaced) kept[left++] = row;
  }
  if (left === rows) return rangeOfRows(sorted, 0, rows);
  const places = kept.subarray(0, left);
  return {
    rows: left,
    seriesIndexes: places.map((row) => seriesIndexes[row]!),
    timestampsMs: pick(timestampsMs, places),
    columns: columns.map((column) => pick(column, places)),
  };
}

function pick(values: Float64Array, places: Uint32Array): Float64Array {
  const picked = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) picked[i] = values[places[i]!]!;
  return picked;
}

/** Views of the rows from the first up to and without the last. */
export function rangeOfRows(buffer: RowBuffer, from: number, to: number): RowBuffer {
  return {
    rows: to - from,
    seriesIndexes: buffer.seriesIndexes.subarray(from, to),
    timestampsMs: buffer.timestampsMs.subarray(from, to),
    columns: buffer.columns.map((column) => column.subarray(from, to)),
  };
}

/** The rows of all of them, one buffer after another. */
export function joinRows(buffers: readonly RowBuffer[], columnCount: number): RowBuffer {
  const joined = createRowBuffer(
    columnCount,
    buffers.reduce((sum, { rows }) => sum + rows, 0),
  );
  for (const buffer of buffers) {
    const { rows, seriesIndexes, timestampsMs, columns } = rangeOfRows(buffer, 0, buffer.rows);
    joined.seriesIndexes.set(seriesIndexes, joined.rows);
    joined.timestampsMs.set(timestampsMs, joined.rows);
    for (const [place, column] of columns.entries()) joined.columns[place]!.set(column, joined.rows);
    joined.rows += rows;
  }
  return joined;
}
