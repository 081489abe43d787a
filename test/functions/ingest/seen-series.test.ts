import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenSeries } from '../../../functions/ingest/seen-series.ts';

const series = (i: number) => ({ idA: i % 7, idB: -i, idC: i >> 3, idD: 5 });

test('a series is known by the step in which it was last seen', () => {
  const seen = new SeenSeries();

  expect(seen.get(series(1))).toBeUndefined();
  seen.set(series(1), 0);
  seen.set(series(1), 3);

  expect(seen.get(series(1))).toBe(3);
  expect(seen.get({ ...series(1), idD: 6 })).toBeUndefined();
  expect(seen.size).toBe(1);
});

test('it answers as a map would, however many come, and forgets what is too long ago', () => {
  const command = fc.record({ id: fc.nat(5_000), step: fc.nat(20), forgets: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(command, { minLength: 2_000, maxLength: 4_000 }), (commands) => {
      const seen = new SeenSeries();
      const expected = new Map<number, number>();
      for (const { id, step, forgets } of commands) {
        if (forgets === 0) {
          seen.forgetBefore(step);
          for (const [known, last] of expected) if (last < step) expected.delete(known);
        }
        seen.set(series(id), step);
        expected.set(id, step);
      }

      expect(seen.size).toBe(expected.size);
      for (let id = 0; id <= 5_000; id++) expect(seen.get(series(id))).toBe(expected.get(id));
    }),
    { seed: 3, numRuns: 5 },
  );
});
