import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSeriesCsv, readCsvFolder } from '../../bench/series-csv.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'series-csv-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('rows carry epoch seconds or a date in UTC, a value that may be missing, and perhaps a label', () => {
  const { columns, labels } = parseSeriesCsv('timestamp,value,label\n2014-04-01 00:00:00,2.5,0\r\n1396310700,,1\n');

  expect([...columns.timestampsMs]).toEqual([Date.UTC(2014, 3, 1), Date.UTC(2014, 3, 1, 0, 5)]);
  expect([...columns.values]).toEqual([2.5, Number.NaN]);
  expect([...labels]).toEqual([0, 1]);
});

test('a folder is read in order of name, with what lies in folders of it, compressed or not', () => {
  mkdirSync(join(folder, 'inner'));
  writeFileSync(join(folder, 'inner', 'b.csv'), 'timestamp,value\n60,1\n');
  writeFileSync(join(folder, 'a.csv.gz'), gzipSync('timestamp,value,label\n60,7,1\n'));
  writeFileSync(join(folder, 'notes.txt'), 'nothing');

  const series = readCsvFolder(folder);

  expect(series.map(({ name, columns }) => [name, columns.values[0]])).toEqual([
    ['a.csv', 7],
    ['inner/b.csv', 1],
  ]);
});

test('a folder without a file is refused', () => {
  expect(() => readCsvFolder(folder)).toThrow(RangeError);
});
