import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../../../functions/ingest/csv.ts';

const rows = (text: string, maxCells = 10) =>
  [...readCsv(text, maxCells)].map((row) => ('cells' in row ? row.cells : row.unreadable));
const QUOTE = 'a double quote stands where none may stand';

test.each([
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'lines end with CRLF',
  ],
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'or LF, and the last needs none',
  ],
  ['a,,\n', [['a', '', '']], 'cells may be empty'],
  [' a , b ', [[' a ', ' b ']], 'nothing is trimmed'],
  ['"a","b"', [['a', 'b']], 'quotes are not part of a cell'],
  ['"a,b","c""d"', [['a,b', 'c"d']], 'commas and doubled quotes'],
  ['"a\nb",c\r\nd', [['a\nb', 'c'], ['d']], 'line ends'],
  ['"","""",x', [['', '"', 'x']], 'nothing, and one quote'],
  ['\n\r\na\n\n', [['a']], 'empty lines are passed over'],
  ['""\n', [['']], 'a line of one quoted empty cell is not empty'],
  ['', [], 'no text has no rows'],
  ['a"b,c\nd', [QUOTE, ['d']], 'a quote inside a plain cell spoils its line'],
  ['"a"b,c\nd', [QUOTE, ['d']], 'so does text after a closing quote'],
  ['a\rb\nc', ['a carriage return stands alone', ['c']], 'and half a line end'],
])('%j is %j: %s', (text, expected) => {
  expect(rows(text)).toEqual(expected);
});

test('fails when a quote is never closed', () => {
  expect(() => rows('a,b\n1,"2\n3,4\n')).toThrow(expect.objectContaining({ code: 'ingest/payload-invalid' }));
});

test('keeps no more than one cell beyond the most', () => {
  expect(rows(`${'1,'.repeat(1_000)}\n2`, 3)).toEqual([['1', '1', '1', '1'], ['2']]);
});

test('reads back what was written, whatever the cells hold', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', 'ü') });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(table, (cells) => {
      const text = cells.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join()).join('\r\n');

      expect(rows(text)).toEqual(cells);
    }),
    { seed: 20_261_121 },
  );
});
