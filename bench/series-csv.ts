import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SampleColumns } from '../models/domain/series.ts';

/** One file of a benchmark folder: its rows in file order. */
export interface CsvSeries {
  /** Path below the folder, with forward slashes and without `.gz`. */
  readonly name: string;
  readonly columns: SampleColumns;
  /** 1 where the third column says so, 0 elsewhere. */
  readonly labels: Uint8Array;
}

/** Every `.csv` and `.csv.gz` file under a folder, sorted by name. */
export function readCsvFolder(folder: string): CsvSeries[] {
  const series = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.csv(\.gz)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: nameBelow(folder, path), ...parseSeriesCsv(readText(path)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (series.length === 0) throw new RangeError(`bench: no .csv file under ${folder}`);
  return series;
}

function nameBelow(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/').replace(/\.gz$/, '');
}

function readText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Rows `timestamp,value[,label]` below one header line; times are epoch seconds, or a date whose zone is UTC. */
export function parseSeriesCsv(text: string): { columns: SampleColumns; labels: Uint8Array } {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(','));
  return {
    columns: {
      timestampsMs: Float64Array.from(rows, ([time = '']) => parseTimeMs(time)),
      values: Float64Array.from(rows, ([, value = '']) => (value === '' ? Number.NaN : Number(value))),
    },
    labels: Uint8Array.from(rows, ([, , label]) => (label === '1' ? 1 : 0)),
  };
}

/** Epoch seconds, or a date and time whose zone is UTC. */
export function parseTimeMs(time: string): number {
  return /^\d+$/.test(time) ? Number(time) * 1000 : Date.parse(`${time.replace(' ', 'T')}Z`);
}
