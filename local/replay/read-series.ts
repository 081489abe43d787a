import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Columns, type Delimiter, findDelimiter, parseValue, readColumns, splitLine } from './columns.ts';
import { createParseTime, type ParseTime } from './parse-time.ts';
import { ReplayError } from './replay-error.ts';
import { type FileSeries, SeriesColumns } from './series-columns.ts';

export interface FileContent {
  readonly series: readonly FileSeries[];
  readonly rows: number;
  /** Lines that could not be read: how many, and what is wrong with the first of them. */
  readonly refused: number;
  readonly refusals: readonly string[];
  readonly leftOutColumns: readonly string[];
}

export interface ReadOptions {
  /** Of times that say no zone. */
  readonly timeZone: string;
  readonly onProgress?: (ratio: number) => void;
}

const MOST_SERIES = 10_000;
const REFUSALS_TOLD = 5;
const PROGRESS_LINES = 20_000;
/** Names of the columns that hold the name of the metric, where there are several metrics in one file. */
const METRIC_NAMES = ['__name__', 'name', 'metric'];

/** Reads all series of a file, line by line. Throws a ReplayError where it is no such file. */
export async function readSeries(path: string, { timeZone, onProgress }: ReadOptions): Promise<FileContent> {
  const file = await open(path).catch((error: unknown) => {
    throw new ReplayError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const { size } = await file.stat();
    const reader = new SeriesReader(
      basename(path).replace(/(\.(csv|tsv|txt))?(\.gz)?$/i, ''),
      createParseTime(timeZone),
    );
    await eachLine(file, path.endsWith('.gz'), (line, readBytes) => {
      reader.take(line);
      if (reader.lines % PROGRESS_LINES === 0) onProgress?.(Math.min(0.99, readBytes / Math.max(1, size)));
    });
    const content = reader.finish();
    onProgress?.(1);
    return content;
  } finally {
    await file.close();
  }
}

async function eachLine(
  file: FileHandle,
  isPacked: boolean,
  take: (line: string, readBytes: number) => void,
): Promise<void> {
  const bytes = file.createReadStream({ autoClose: false });
  const input = isPacked ? unpacked(bytes) : bytes;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) take(line, bytes.bytesRead);
}

/** A reader of lines does not hear of errors of its input: this one hands them on. */
function unpacked(bytes: Readable): Readable {
  return Readable.from(
    (async function* () {
      try {
        yield* bytes.pipe(createGunzip());
      } catch (error) {
        throw new ReplayError(`the file cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
      }
    })(),
  );
}

class SeriesReader {
  lines = 0;
  readonly #name: string;
  readonly #parseTime: ParseTime;
  readonly #series = new Map<string, SeriesColumns>();
  readonly #refusals: string[] = [];
  #refused = 0;
  #rows = 0;
  #first: { readonly cells: string[]; readonly line: number } | undefined;
  #delimiter: Delimiter = ',';
  #columns: Columns | undefined;

  constructor(name: string, parseTime: ParseTime) {
    this.#name = name;
    this.#parseTime = parseTime;
  }

  take(text: string): void {
    this.lines++;
    const line = this.lines === 1 ? text.replace('\ufeff', '') : text;
    if (line.trim() === '' || line.startsWith('#')) return;
    if (this.#first === undefined) {
      this.#delimiter = findDelimiter(line);
      const cells = splitLine(line, this.#delimiter);
      if (cells === undefined) throw new ReplayError(`line ${this.lines}: a quote stands in the wrong place`);
      this.#first = { cells, line: this.lines };
      return;
    }
    const cells = splitLine(line, this.#delimiter);
    if (cells === undefined) this.#refuse(this.lines, 'a quote stands in the wrong place');
    else this.#row(this.#columnsBefore(cells), cells, this.lines);
  }

  finish(): FileContent {
    if (this.#first === undefined) throw new ReplayError('the file is empty');
    this.#columnsBefore(undefined);
    if (this.#rows === 0) {
      const why = this.#refusals[0] ?? 'there is no line below the names of the columns';
      throw new ReplayError(`no row can be read; ${why}`);
    }
    if (this.#refused > this.#rows) {
      throw new ReplayError(`more rows are unreadable (${this.#refused}) than readable; ${this.#refusals.join('; ')}`);
    }
    return {
      series: [...this.#series.values()].map((columns) => columns.finish()),
      rows: this.#rows,
      refused: this.#refused,
      refusals: this.#refusals,
      leftOutColumns: this.#columns?.leftOut ?? [],
    };
  }

  /** Known with the second line: whether the first one names the columns is seen from both. */
  #columnsBefore(cells: readonly string[] | undefined): Columns {
    if (this.#columns !== undefined) return this.#columns;
    const first = this.#first!; // taken before
    this.#columns = readColumns(first.cells, cells, this.#delimiter, this.#parseTime);
    if (!this.#columns.hasHeader) this.#row(this.#columns, first.cells, first.line);
    return this.#columns;
  }

  #row(columns: Columns, cells: readonly string[], line: number): void {
    const timeText = cells[columns.time] ?? '';
    const timestampMs = this.#parseTime(timeText);
    if (timestampMs === undefined) {
      this.#refuse(line, `no time in ${quote(timeText)}`);
      return;
    }
    let isRead = false;
    for (const { column, name } of columns.values) {
      const text = cells[column];
      const value = text === undefined ? undefined : parseValue(text, this.#delimiter);
      if (value === undefined)
        this.#refuse(line, `${text === undefined ? `no column ${name}` : `no number in ${quote(text)}`}`);
      else {
        this.#seriesOf(columns, cells, name).push(timestampMs, value);
        isRead = true;
      }
    }
    if (isRead) this.#rows++;
  }

  #seriesOf({ labels, values }: Columns, cells: readonly string[], valueName: string): SeriesColumns {
    const key =
      labels.length === 0 ? valueName : JSON.stringify([valueName, ...labels.map(({ column }) => cells[column])]);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= MOST_SERIES) throw new ReplayError(`the file has more than ${MOST_SERIES} series`);
    const pairs = labels
      .map(({ name, column }) => [name, cells[column] ?? ''] as const)
      .filter(([, value]) => value !== '');
    const named = pairs.find(([name]) => METRIC_NAMES.includes(name.toLowerCase()));
    const metric = named?.[1] ?? (values.length > 1 || valueName !== 'value' ? valueName : this.#name);
    const rest = pairs.filter((pair) => pair !== named).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const made = new SeriesColumns([['__name__', metric], ...rest]);
    this.#series.set(key, made);
    return made;
  }

  #refuse(line: number, why: string): void {
    this.#refused++;
    if (this.#refusals.length < REFUSALS_TOLD) this.#refusals.push(`line ${line}: ${why}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
