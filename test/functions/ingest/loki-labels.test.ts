import { expect, test } from 'vitest';
import { parseLabelsText } from '../../../functions/ingest/loki-labels.ts';

test.each([
  ['{a="b"}', [['a', 'b']]],
  [
    ' { a = "b" , _c9="d", } ',
    [
      ['a', 'b'],
      ['_c9', 'd'],
    ],
  ],
  [String.raw`{a="1\",b=\"2"}`, [['a', '1",b="2']]],
  [String.raw`{a="\a\b\f\n\r\t\v\\\"\'"}`, [['a', '\x07\b\f\n\r\t\v\\"\'']]],
  [String.raw`{a="\x41\101é\U0001f600"}`, [['a', 'AAé😀']]],
  ['{a=`raw \\n "text"`}', [['a', 'raw \\n "text"']]],
  ['{"dotted.name"="v"}', [['dotted.name', 'v']]],
  [
    '{a="1",a="2"}',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  ['{a="ü😀"}', [['a', 'ü😀']]],
  ['{}', []],
])('%s is read', (text, pairs) => {
  expect(parseLabelsText(text, 15)).toEqual(pairs);
});

test.each([
  '',
  'a="b"',
  '{',
  '{foo="bar"',
  '{foo="bar',
  '{foo=bar}',
  '{foo="bar"}x',
  '{foo="a" bar="b"}',
  '{,}',
  '{foo}',
  '{foo=}',
  '{="x"}',
  '{9a="x"}',
  '{a.b="x"}',
  "{a='x'}",
  '{a="line\nbreak"}',
  String.raw`{a="\q"}`,
  String.raw`{a="\xff"}`,
  String.raw`{a="\377"}`,
  String.raw`{a="\ud800"}`,
  String.raw`{a="\U00110000"}`,
  '{a=`open}',
  '{a!="b"}',
])('%s is refused', (text) => {
  expect(parseLabelsText(text, 15)).toMatchObject({ code: 'labels_invalid' });
});

test('reading stops soon after the limit, however many labels follow', () => {
  const text = `{${Array.from({ length: 100 }, (_, i) => `a${i}="x"`).join(',')}}`;
  expect(parseLabelsText(text, 15)).toHaveLength(16);
});
