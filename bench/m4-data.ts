import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One series of a competition folder: what is known, and what came after. */
export interface HeldOutSeries {
  readonly name: string;
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/**
 * Series of a folder with `train.csv` and `test.csv`: a header line, then one row for each series, its name first and
 * its values after, rows of unequal length filled up with empty cells. Series are matched by name.
 */
export function readCompetition(folder: string, horizonPoints: number): HeldOutSeries[] {
  const tests = new Map(readRows(join(folder, 'test.csv')));
  return readRows(join(folder, 'train.csv')).map(([name, train]) => {
    const test = tests.get(name);
    if (test === undefined) throw new RangeError(`m4: ${name} is in train.csv but not in test.csv`);
    if (test.length < horizonPoints) {
      throw new RangeError(`m4: ${name} must have ${horizonPoints} values in test.csv, got ${test.length}`);
    }
    return { name, train, test: test.subarray(0, horizonPoints) };
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

function readRows(path: string): (readonly [string, Float64Array])[] {
  return parseCompetitionCsv(readFileSync(path, 'utf8'));
}

/** Rows of name and values below one header line; quotes are dropped, empty cells and `NA` at the end of a row too. */
export function parseCompetitionCsv(text: string): (readonly [string, Float64Array])[] {
  return text
    .replaceAll('"', '')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [name = '', ...cells] = row.trim().split(',');
      const end = cells.findLastIndex((cell) => cell !== '' && cell !== 'NA') + 1;
      const values = Float64Array.from(cells.slice(0, end), (cell) => (cell === '' ? Number.NaN : Number(cell)));
      return [name, values] as const;
    });
}
