import { type FileHandle, open } from 'node:fs/promises';
import { readCsv } from '../../functions/ingest/csv.ts';
import { parseIsoTime } from '../../functions/ingest/validate-time.ts';
import { BackfillError } from './backfill-error.ts';
import { Column, type CsvRows, findCsvRows } from './csv-rows.ts';
import { BYTES_PER_REQUEST, type Portion, SAMPLES_PER_REQUEST, type Source } from './portion.ts';

export interface CsvSource extends Source {
  readonly rows: number;
  close(): Promise<void>;
}

const MAX_COLUMNS = 1_000;

/**
 * The rows of a file in order of time, whatever their order in it, since the past of a series is learnt forwards. Rows are
 * sent as they stand; one whose time cannot be read comes last, for the service to say why. A position is a number of rows.
 *
 * `name` is that of the metric, where the file has no column for it.
 */
export async function openCsvSource(path: string, name: string | undefined): Promise<CsvSource> {
  const file = await open(path).catch((error: unknown) => {
    throw new BackfillError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const times = new Column();
  let timeColumn: number | undefined;
  const rows = await findCsvRows(
    file,
    (bytes) => times.push(timeOf(bytes, timeColumn ?? 0)),
    (header) => {
      timeColumn = columnOfTime(header, path, name);
    },
  );
  if (timeColumn === undefined) throw new BackfillError(`${path} is empty: the first row must name the columns`);
  const order = orderOf(times.values());
  const addition = name === undefined ? '' : `,"${name.replaceAll('"', '""')}"`;
  const header = `${rows.header}${name === undefined ? '' : ',name'}\n`;
  return {
    rows: rows.count,
    skipped: () => 0,
    close: () => file.close(),
    async *portions(position) {
      for (let from = position; from < rows.count; ) {
        const to = endOfPortion(rows, order, from);
        const texts = await readRows(file, rows, order.subarray(from, to));
        const body = Buffer.from(header + texts.map((row) => `${row}${addition}\n`).join(''));
        yield {
          mediaType: 'text/csv',
          body,
          samples: to - from,
          ratio: to / rows.count,
          position: to,
        } satisfies Portion;
        from = to;
      }
    },
  };
}

function columnOfTime(header: string, path: string, name: string | undefined): number {
  const [row] = readCsv(header, MAX_COLUMNS);
  const columns = row !== undefined && 'cells' in row ? row.cells : [];
  const column = columns.indexOf('timestamp');
  if (column === -1 || !columns.includes('value')) {
    throw new BackfillError(`${path}: the first row must name the columns timestamp and value`);
  }
  const hasName = columns.includes('name') || columns.includes('__name__');
  if (hasName && name !== undefined) throw new BackfillError(`${path} has a column for the name: leave out --name`);
  if (!hasName && name === undefined)
    throw new BackfillError(`${path} has no column "name": give the metric's with --name`);
  return column;
}

/** NaN where it is none: sorted behind all others. */
function timeOf(bytes: Buffer, column: number): number {
  const text = bytes.toString('utf8');
  // Nearly all rows have no quotes: then the cells are what lies between the commas.
  const cell = text.includes('"') ? quotedCell(text, column) : text.split(',', column + 1)[column];
  if (cell === undefined) return Number.NaN;
  return /^-?\d{1,16}$/.test(cell) ? Number(cell) : (parseIsoTime(cell) ?? Number.NaN);
}

function quotedCell(text: string, column: number): string | undefined {
  const [row] = readCsv(text, MAX_COLUMNS);
  return row !== undefined && 'cells' in row ? row.cells[column] : undefined;
}

/** Rows of one time stay in the order of the file: of two samples the first counts. */
function orderOf(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  if (times.every((time, row) => row === 0 || time >= times[row - 1]!)) return order;
  const rank = (row: number): number => (Number.isNaN(times[row]!) ? Number.MAX_VALUE : times[row]!);
  return order.sort((a, b) => rank(a) - rank(b) || a - b);
}

function endOfPortion({ lengthBytes, count }: CsvRows, order: Uint32Array, from: number): number {
  let sizeBytes = 0;
  let to = from;
  while (to < count && to - from < SAMPLES_PER_REQUEST) {
    sizeBytes += lengthBytes[order[to]!]!;
    if (sizeBytes > BYTES_PER_REQUEST && to > from) break;
    to++;
  }
  return to;
}

/** Rows that lie behind each other in the file are read together. */
async function readRows(file: FileHandle, rows: CsvRows, places: Uint32Array): Promise<string[]> {
  const texts: string[] = [];
  for (let first = 0; first < places.length; ) {
    let last = first;
    while (last + 1 < places.length && places[last + 1] === places[last]! + 1) last++;
    const [start, end] = [rows.startBytes[places[first]!]!, endByte(rows, places[last]!)];
    const bytes = Buffer.alloc(end - start);
    await file.read(bytes, 0, bytes.length, start);
    for (let at = first; at <= last; at++) {
      const place = places[at]!;
      texts.push(bytes.toString('utf8', rows.startBytes[place]! - start, endByte(rows, place) - start));
    }
    first = last + 1;
  }
  return texts;
}

function endByte({ startBytes, lengthBytes }: CsvRows, place: number): number {
  return startBytes[place]! + lengthBytes[place]!;
}
