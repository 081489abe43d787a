import { ServiceError } from '../platform/errors.ts';

/** A row that is not empty, or why it cannot be read. */
export type CsvRow = { readonly cells: readonly string[] } | { readonly unreadable: string };

/**
 * Rows of comma-separated values as RFC 4180 has them: CRLF or LF ends a row, and a cell in double quotes may hold commas,
 * line ends and, doubled, quotes. Nothing is trimmed.
 *
 * A quote in the wrong place makes its line unreadable, not the lines after it. Throws `ingest/payload-invalid` where a
 * quote is never closed: nobody can tell then what is a row. No row has more than maxCells + 1 cells, whatever the text.
 */
export function* readCsv(text: string, maxCells: number): Generator<CsvRow, undefined> {
  const reader = new RowReader(text, maxCells);
  while (!reader.isAtEnd) {
    const row = reader.row();
    if (row !== undefined) yield row;
  }
  return undefined;
}

class RowReader {
  readonly #text: string;
  readonly #maxCells: number;
  #at = 0;

  constructor(text: string, maxCells: number) {
    this.#text = text;
    this.#maxCells = maxCells;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Undefined for an empty line. */
  row(): CsvRow | undefined {
    const start = this.#at;
    const cells: string[] = [];
    for (;;) {
      const cell = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
      if (cell === undefined) return this.#unreadable('a double quote stands where none may stand');
      if (cells.length <= this.#maxCells) cells.push(cell);
      const mark = this.#text[this.#at];
      this.#at++;
      if (mark === ',') continue;
      if (mark === '\r' && this.#text[this.#at] === '\n') this.#at++;
      else if (mark === '\r') return this.#unreadable('a carriage return stands alone');
      const isEmpty = cells.length === 1 && cells[0] === '' && this.#text[start] !== '"';
      return isEmpty ? undefined : { cells };
    }
  }

  /** Up to the next comma or line end; undefined where there is a quote before it. */
  #plain(): string | undefined {
    const end = this.#next(/[,\r\n"]/g);
    if (this.#text[end] === '"') return undefined;
    const cell = this.#text.slice(this.#at, end);
    this.#at = end;
    return cell;
  }

  /** Undefined where something else than a comma or a line end follows the closing quote. */
  #quoted(): string | undefined {
    const start = this.#at + 1;
    let end = this.#text.indexOf('"', start);
    while (end !== -1 && this.#text[end + 1] === '"') end = this.#text.indexOf('"', end + 2);
    if (end === -1) {
      throw new ServiceError('ingest/payload-invalid', `csv: the quote at character ${start} is never closed`);
    }
    this.#at = end + 1;
    const following = this.#text[this.#at];
    if (following !== undefined && !',\r\n'.includes(following)) return undefined;
    return this.#text.slice(start, end).replaceAll('""', '"');
  }

  #unreadable(why: string): CsvRow {
    this.#at = this.#next(/\n/g) + 1;
    return { unreadable: why };
  }

  #next(mark: RegExp): number {
    mark.lastIndex = this.#at;
    return mark.exec(this.#text)?.index ?? this.#text.length;
  }
}
