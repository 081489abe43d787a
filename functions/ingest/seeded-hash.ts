import { randomInt } from 'node:crypto';
import type { SeriesHead } from '../../data/segments/batch.ts';

/** Drawn at start, so that no sender can choose names that meet in one place of a table. Nothing that is kept depends on it. */
const SEED = randomInt(2 ** 31);
const OTHER_SEED = randomInt(2 ** 31);
const ODD_A = 0x9e3779b1;
const ODD_B = 0x85ebca77;

/** A 32-bit hash of a series' identifier, for tables in memory. */
export function hashId({ idA, idB }: Pick<SeriesHead, 'idA' | 'idB'>): number {
  const mixed = Math.imul(idA ^ SEED, ODD_A) + Math.imul(idB ^ OTHER_SEED, ODD_B);
  return Math.imul(mixed ^ (mixed >>> 15), ODD_A);
}
