import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fingerprints } from '../../../data/state/fingerprints.ts';

const words = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 2 ** 32 - 40, max: 2 ** 32 - 1 }), fc.nat(40)),
  { maxLength: 400 },
);

test('a set of words says which it has, and reads in ascending order whatever the order in which they came', () => {
  fc.assert(
    fc.property(words, (all) => {
      const set = new Fingerprints();
      const known = new Set<number>();
      for (const word of all) {
        const kept = word === 0 ? 1 : word;
        expect(set.add(word)).toBe(!known.has(kept));
        known.add(kept);
      }
      const expected = [...known].sort((a, b) => a - b);
      expect(set.size).toBe(known.size);
      expect([...set.toArray()]).toEqual(expected);
      const again = Fingerprints.from(set.toArray());
      expect([...again.toArray()]).toEqual(expected);
      expect(again.size).toBe(known.size);
      for (const word of all) expect(again.add(word)).toBe(false);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('words that all belong at the end find room', () => {
  const set = new Fingerprints();
  for (let i = 1; i <= 500; i++) expect(set.add(2 ** 32 - i)).toBe(true);
  for (let i = 1; i <= 500; i++) expect(set.add(2 ** 32 - i)).toBe(false);
  expect(set.toArray()[0]).toBe(2 ** 32 - 500);
});
