import type { ParseTime } from './parse-time.ts';
import { ReplayError } from './replay-error.ts';

/** What the columns of a file mean. */
export interface Columns {
  readonly time: number;
  /** Columns with values, and what series each makes; a file with a column `value` has one. */
  readonly values: readonly { readonly column: number; readonly name: string }[];
  readonly labels: readonly { readonly column: number; readonly name: string }[];
  /** Columns that are neither: numbers beside a column of values. */
  readonly leftOut: readonly string[];
  /** Whether the first line names the columns. */
  readonly hasHeader: boolean;
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const TIME_NAMES = ['timestamp', '@timestamp', '_time', 'time', 'datetime', 'date_time', 'date', 'ts', 'epoch'];
const VALUE_NAMES = ['value', '_value', 'values', 'val', 'y'];
const MISSING = /^(?:|nan|na|n\/a|null|none|nil|-)$/i;

/** The delimiter that a line has most of outside of quotes; a comma where it has none. */
export function findDelimiter(line: string): Delimiter {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length - 1);
  // Commas may also be decimal: "1,5;2,5" is delimited by the semicolon.
  const firm = DELIMITERS.findIndex((delimiter, i) => delimiter !== ',' && counts[i]! > 0);
  if (firm > 0 && (counts[0] === 0 || counts[firm]! >= counts[0]! || DELIMITERS[firm] === ';'))
    return DELIMITERS[firm]!;
  return ',';
}

/** Cells of one line, white space around them removed; undefined where a quote is never closed or stands in the wrong place. */
export function splitLine(line: string, delimiter: Delimiter): string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(rest);
    const cell = quoted === null ? (rest.split(delimiter, 1)[0] ?? '') : quoted[1]!.replaceAll('""', '"');
    const after = rest.slice(quoted === null ? cell.length : quoted[0].length);
    if (quoted === null && cell.includes('"')) return undefined;
    if (after !== '' && !after.startsWith(delimiter)) return undefined;
    cells.push(cell.trim());
    if (after === '') return cells;
    rest = after.slice(1);
  }
}

/** NaN where a value is missing; undefined where it is none. */
export function parseValue(cell: string, delimiter: Delimiter): number | undefined {
  if (MISSING.test(cell)) return Number.NaN;
  const text = delimiter !== ',' && /^[+-]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  return /^[+-]?inf(inity)?$/i.test(cell) ? Number.NaN : undefined;
}

/**
 * Tells what the columns are, from the first two lines. With a column named `value` that one holds the values and columns of
 * words are labels; without, every column of numbers is a series by its own name.
 */
export function readColumns(
  first: readonly string[],
  second: readonly string[] | undefined,
  delimiter: Delimiter,
  parseTime: ParseTime,
): Columns {
  const isNumber = (cell = ''): boolean => cell !== '' && parseValue(cell, delimiter) !== undefined;
  const hasHeader = !(first.some((cell) => parseTime(cell) !== undefined) && first.filter(isNumber).length > 0);
  const names = hasHeader ? first : first.map((_, i) => `column ${i + 1}`);
  const sample = hasHeader ? (second ?? []) : first;
  const lower = names.map((name) => name.toLowerCase());
  const named = TIME_NAMES.map((name) => lower.indexOf(name)).find((i) => i !== -1);
  const time =
    (hasHeader ? named : undefined) ??
    sample.findIndex((cell, i) => !VALUE_NAMES.includes(lower[i]!) && parseTime(cell) !== undefined);
  if (time === -1) {
    throw new ReplayError(`line 1: no column holds times; name one of them timestamp (found: ${names.join(', ')})`);
  }
  const others = names.map((name, column) => ({ name, column })).filter(({ column }) => column !== time);
  const valueName = VALUE_NAMES.find((name) => lower.includes(name));
  const valueColumn = hasHeader && valueName !== undefined ? lower.indexOf(valueName) : undefined;
  const numbers = others.filter(({ column }) => isNumber(sample[column]));
  const words = others.filter((other) => !numbers.includes(other) && other.column !== valueColumn);
  if (valueColumn !== undefined) {
    const leftOut = numbers.filter(({ column }) => column !== valueColumn).map(({ name }) => name);
    return { time, values: [{ column: valueColumn, name: 'value' }], labels: words, leftOut, hasHeader };
  }
  if (numbers.length === 0) throw new ReplayError(`line ${hasHeader ? 2 : 1}: no column holds values; name it value`);
  const values = hasHeader ? numbers : numbers.slice(0, 1).map(({ column }) => ({ column, name: 'value' }));
  const leftOut = hasHeader ? [] : numbers.slice(1).map(({ name }) => name);
  return { time, values, labels: words, leftOut, hasHeader };
}
