import { expect, test } from 'vitest';
import { createRecentIds } from '../../../functions/ingest/recent-ids.ts';

test('names are remembered for each workspace by itself', () => {
  const recent = createRecentIds();
  recent.add('a', ['1', '2']);
  expect(['1', '2', '3'].map((id) => recent.has('a', id))).toEqual([true, true, false]);
  expect(recent.has('b', '1')).toBe(false);
});

test('at least the newer half is remembered, and never more than the room allows', () => {
  const recent = createRecentIds(100);
  const ids = Array.from({ length: 1_000 }, (_, i) => `${i}`);
  recent.add('a', ids);
  const known = ids.filter((id) => recent.has('a', id));
  expect(known.slice(-50)).toEqual(ids.slice(-50));
  expect(known.length).toBeLessThanOrEqual(100);
});
