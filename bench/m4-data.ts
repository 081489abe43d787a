import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One series of a competition folder: what is known, and what came after. */
export interface HeldOutSeries {
  readonly name: string;
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/** A row of a file: the name of a series and its values, NaN where one is missing. */
export interface NamedValues {
  readonly name: string;
  readonly values: Float64Array;
}

/** What stands in a cell without a value. */
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-']);
/** What the first column is called where it is called anything. */
const NAME_HEADINGS = new Set(['', 'id', 'unique_id', 'item_id', 'series', 'series_id', 'name', 'v1']);
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * Series of a folder with `train.csv` and `test.csv`: one row for each series, its name first and its values after,
 * rows of unequal length filled up with empty cells or cut off. Series are matched by name.
 */
export function readCompetition(folder: string, horizonPoints: number): HeldOutSeries[] {
  const tests = new Map(readRows(folder, 'test.csv').map(({ name, values }) => [name, values]));
  return readRows(folder, 'train.csv').map(({ name, values }) => {
    const test = tests.get(name);
    if (test === undefined) throw new RangeError(`m4: ${name} is in train.csv but not in test.csv`);
    if (test.length < horizonPoints) {
      throw new RangeError(
        `m4: ${name} must have ${horizonPoints} values in test.csv, as many as --horizon says, got ${test.length}`,
      );
    }
    return { name, train: values, test: test.subarray(0, horizonPoints) };
  });
}

/** The same series with the newest points of their training part as the test: to choose by without seeing the test. */
export function cutBack(series: readonly HeldOutSeries[], backPoints: number, horizonPoints: number): HeldOutSeries[] {
  return series.flatMap(({ name, train }) => {
    const origin = train.length - backPoints;
    if (origin < 2 * horizonPoints) return [];
    return [{ name, train: train.subarray(0, origin), test: train.subarray(origin, origin + horizonPoints) }];
  });
}

function readRows(folder: string, file: string): readonly NamedValues[] {
  const path = join(folder, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RangeError(`m4: --data must be a folder with train.csv and test.csv: ${reason}`);
  }
  const rows = parseCompetitionCsv(text, file);
  if (rows.length === 0) throw new RangeError(`m4: ${file} holds no series`);
  const seen = new Set<string>();
  for (const { name } of rows) {
    if (seen.has(name)) throw new RangeError(`m4: ${name} stands twice in ${file}`);
    seen.add(name);
  }
  return rows;
}

/**
 * Rows of name and values, separated by commas, semicolons or tabs, quoted or not, with or without a line of headings.
 * Empty cells, `NA` and the like are missing values; at the end of a row they are none at all.
 */
export function parseCompetitionCsv(text: string, file: string): readonly NamedValues[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const delimiter = DELIMITERS.find((one) => first.includes(one)) ?? ',';
  return lines.flatMap((line, index): NamedValues[] => {
    if (line.trim() === '') return [];
    const cells = splitCells(line, delimiter);
    if (line === first && isHeading(cells)) return [];
    const [name = '', ...rest] = cells;
    const end = rest.findLastIndex((cell) => !isMissing(cell)) + 1;
    const values = Float64Array.from(rest.slice(0, end), (cell, column) =>
      readValue(cell, `${file} line ${index + 1} column ${column + 2}`),
    );
    return [{ name, values }];
  });
}

function splitCells(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"') {
      // Two quotes within quotes stand for one.
      if (quoted && line[i + 1] === '"') cell += line[++i]!;
      else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

/** A first line of headings: its first cell names the column, or another cell is no number. */
function isHeading([name = '', ...cells]: readonly string[]): boolean {
  return (
    NAME_HEADINGS.has(name.toLowerCase()) || cells.some((cell) => !isMissing(cell) && !Number.isFinite(Number(cell)))
  );
}

function isMissing(cell: string): boolean {
  return MISSING.has(cell.toLowerCase());
}

function readValue(cell: string, place: string): number {
  if (isMissing(cell)) return Number.NaN;
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`m4: ${place} must be a number or empty, got ${JSON.stringify(cell.slice(0, 40))}`);
}
