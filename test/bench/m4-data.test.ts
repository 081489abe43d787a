import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('quotes and the empty end of a shorter row are no values; an empty cell within a row is missing', () => {
  const rows = parseCompetitionCsv('"V1","V2","V3","V4"\n"H1","4","5",""\nH2,1,,2,NA\n');

  expect(rows).toEqual([
    ['H1', Float64Array.of(4, 5)],
    ['H2', Float64Array.of(1, Number.NaN, 2)],
  ]);
});

test('series are matched by name, and only the horizon is judged', () => {
  write('id,a,b\nA,1,2\nB,3,4\n', 'id,a,b\nB,7,8\nA,5,6\n');

  expect(readCompetition(folder, 1)).toEqual([
    { name: 'A', train: Float64Array.of(1, 2), test: Float64Array.of(5) },
    { name: 'B', train: Float64Array.of(3, 4), test: Float64Array.of(7) },
  ]);
});

test('a series without enough test values is an error that names it', () => {
  write('id,a\nA,1\n', 'id,a\nA,5\n');

  expect(() => readCompetition(folder, 2)).toThrow(/A must have 2 values/);
  write('id,a\nA,1\n', 'id,a\nB,5\n');
  expect(() => readCompetition(folder, 1)).toThrow(/A is in train.csv but not in test.csv/);
});

test('a cut moves the newest known points to the test and forgets the real one', () => {
  const series = [{ name: 'A', train: Float64Array.of(1, 2, 3, 4, 5, 6, 7), test: Float64Array.of(99, 98) }];

  expect(cutBack(series, 3, 2)).toEqual([
    { name: 'A', train: Float64Array.of(1, 2, 3, 4), test: Float64Array.of(5, 6) },
  ]);
  expect(cutBack(series, 4, 2)).toEqual([]);
});
