import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareUtf8, sortRange } from '../../data/item-range.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });

test('the range of a prefix holds exactly the texts that begin with it', () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (prefix, other, begins) => {
      const candidate = begins ? prefix + other : other;
      const { from, to } = sortRange({ prefix });

      const isInside =
        (from === undefined || compareUtf8(candidate, from) >= 0) &&
        (to === undefined || compareUtf8(candidate, to) < 0);

      expect(isInside).toBe(candidate.startsWith(prefix));
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

test.each([
  ['\u{d7ff}', '\u{e000}'],
  ['a\u{10ffff}', 'b'],
  ['\u{10ffff}\u{10ffff}', undefined],
  ['\uffee', '\uffef'],
])('the first text after every text that begins with %j is %j', (prefix, to) => {
  expect(sortRange({ prefix })).toEqual({ from: prefix, to, isEmpty: false });
});

test('texts are ordered by their UTF-8 bytes, where JavaScript puts the second first', () => {
  expect(compareUtf8('\uffee', '\u{1f600}')).toBeLessThan(0);
});
