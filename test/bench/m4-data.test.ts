import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cutBack, parseCompetitionCsv, readCompetition } from '../../bench/m4-data.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forewarn-m4-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(train: string, test: string): void {
  writeFileSync(join(folder, 'train.csv'), train);
  writeFileSync(join(folder, 'test.csv'), test);
}

const TWO_ROWS = [
  { name: 'H1', values: Float64Array.of(4, 5) },
  { name: 'H2', values: Float64Array.of(1, Number.NaN, 2) },
];

describe('rows', () => {
  test.each([
    { how: 'quoted, with headings', text: '"V1","V2","V3","V4"\n"H1","4","5",""\nH2,1,,2,NA\n' },
    { how: 'without headings', text: 'H1,4,5\nH2,1,,2\n' },
    { how: 'with numbered headings', text: 'unique_id,1,2,3\nH1,4,5,\nH2,1,,2\n' },
    { how: 'with Windows line ends and a byte order mark', text: '\uFEFFid,a,b,c\r\nH1,4,5,\r\nH2,1,nan,2\r\n\r\n' },
    { how: 'separated by semicolons', text: 'id;a;b;c\nH1;4;5\nH2;1;NA;2' },
    { how: 'separated by tabs', text: 'H1\t4\t5\nH2\t1\t\t2' },
  ])('are read $how', ({ text }) => {
    expect(parseCompetitionCsv(text, 'train.csv')).toEqual(TWO_ROWS);
  });

  test('a quoted name may hold the separator and quotes', () => {
    expect(parseCompetitionCsv('"a ""b"", c",1,2', 'train.csv')).toEqual([
      { name: 'a "b", c', values: Float64Array.of(1, 2) },
    ]);
  });

  test('a row without a value is a series without a value', () => {
    expect(parseCompetitionCsv('id,a\nH1,,\nH2\n', 'train.csv').map(({ values }) => values.length)).toEqual([0, 0]);
  });

  test('a cell that is no number is an error that names its place', () => {
    expect(() => parseCompetitionCsv('id,a,b\nH1,1,2\nH2,3,x4\n', 'train.csv')).toThrow(
      'm4: train.csv line 3 column 3 must be a number or empty, got "x4"',
    );
  });
});

test('series are matched by name, and only the horizon is judged', () => {
  write('id,a,b\nA,1,2\nB,3,4\n', 'id,a,b\nB,7,8\nA,5,6\n');

  expect(readCompetition(folder, 1)).toEqual([
    { name: 'A', train: Float64Array.of(1, 2), test: Float64Array.of(5) },
    { name: 'B', train: Float64Array.of(3, 4), test: Float64Array.of(7) },
  ]);
});

describe('a folder that cannot be used', () => {
  test.each([
    { train: 'id,a\nA,1\n', of: 'id,a\nA,5\n', says: /A must have 2 values in test.csv/ },
    { train: 'id,a\nA,1\n', of: 'id,a,b\nB,5,6\n', says: /A is in train.csv but not in test.csv/ },
    { train: 'id,a\nA,1\nA,2\n', of: 'id,a,b\nA,5,6\n', says: /A stands twice in train.csv/ },
    { train: 'id,a\n', of: 'id,a,b\nA,5,6\n', says: /train.csv holds no series/ },
  ])('says $says', ({ train, of, says }) => {
    write(train, of);

    expect(() => readCompetition(folder, 2)).toThrow(says);
  });

  test('a missing file is named', () => {
    expect(() => readCompetition(folder, 2)).toThrow(/folder with train.csv and test.csv.*test.csv/);
  });
});

test('a cut moves the newest known points to the test and forgets the real one', () => {
  const series = [{ name: 'A', train: Float64Array.of(1, 2, 3, 4, 5, 6, 7), test: Float64Array.of(99, 98) }];

  expect(cutBack(series, 3, 2)).toEqual([
    { name: 'A', train: Float64Array.of(1, 2, 3, 4), test: Float64Array.of(5, 6) },
  ]);
  expect(cutBack(series, 4, 2)).toEqual([]);
});
