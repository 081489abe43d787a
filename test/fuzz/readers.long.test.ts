import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

/** Over all readers together; the seed makes a failure repeatable. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);

test.each(FUZZ_TARGETS)(`$name: whatever comes is read or refused (seed ${SEED})`, (target) => {
  expect(fuzz(target, Math.ceil(INPUTS / FUZZ_TARGETS.length), SEED)).toEqual([]);
});
