import { ServiceError } from '../../functions/platform/errors.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { decodeContext } from '../functions/ingest/write-request.ts';
import { mutate } from './mutate.ts';
import type { FuzzTarget } from './targets.ts';

/** Enough to see what is wrong; the rest would say the same. */
const MAX_FAILURES = 5;
/** A fresh cache of series now and then, so that both warm and cold ones are met. */
const INPUTS_PER_CONTEXT = 1_000;

/** Inputs that the reader neither read nor refused with a ServiceError, as base64, each with what it threw instead. */
export function fuzz(target: FuzzTarget, inputs: number, seed: number): readonly string[] {
  const random = createRandom(seed);
  const failures: string[] = [];
  let context = decodeContext();
  for (let i = 0; i < inputs && failures.length < MAX_FAILURES; i++) {
    if (i % INPUTS_PER_CONTEXT === 0) context = decodeContext();
    const bytes = mutate(target.seeds, random);
    try {
      target.read(bytes, context);
    } catch (error) {
      if (!(error instanceof ServiceError)) failures.push(`${String(error)}: ${Buffer.from(bytes).toString('base64')}`);
    }
    if (Object.keys(Object.prototype).length > 0) failures.push(`prototype: ${Buffer.from(bytes).toString('base64')}`);
  }
  return failures;
}
