import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

/** The same as the long run, so few that they pass with every change. */
const INPUTS = 300;

test.each(FUZZ_TARGETS)('$name: whatever comes is read or refused', (target) => {
  expect(fuzz(target, INPUTS, 1)).toEqual([]);
});

test('a reader that breaks on some input is found out', () => {
  const broken = { name: 'broken', seeds: [Uint8Array.of(1, 2, 3)], read: (bytes: Uint8Array) => bytes[2]!.toFixed() };

  expect(fuzz(broken, INPUTS, 1)).not.toEqual([]);
});
