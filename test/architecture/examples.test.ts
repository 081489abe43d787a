import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf, failureOf, namesOf } from './check-examples.ts';
import { REPOSITORY, readSources } from './source-tree.ts';

const sources = [...readSources(['models'])].filter(([, source]) => examplesOf(source).length > 0);

describe('examples in models', () => {
  const everyName: Record<string, unknown> = {};

  beforeAll(async () => {
    for (const path of readSources(['models']).keys()) Object.assign(everyName, await namesOf(join(REPOSITORY, path)));
  });

  it('are many, so that a search that finds none is noticed', () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  it.each(sources)('of %s are true', async (path, source) => {
    const names = { ...everyName, ...(await namesOf(join(REPOSITORY, path))) };

    expect(
      examplesOf(source)
        .map((example) => failureOf(example, names))
        .filter((failure) => failure !== undefined),
    ).toEqual([]);
  });
});

describe('the checker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forewarn-examples-'));
  const file = join(folder, 'planted.ts');
  const SOURCE = `
/**
 * Twice a number.
 *
 * @example
 * twice(2) // => 4
 * twice(0.1) + twice(0.2) // => 0.6
 * twice(NaN) // => NaN
 * [twice(1), { text: 'a' }] // => [2, { text: 'a' }]
 * Float64Array.of(twice(1)) // => [2]
 * twice(3) // => 7
 * thrice(3) // => 9
 * @see nowhere(1) // => 2
 */
export const twice = (value: number): number => 2 * value; // twice(1) // => 3
`;

  beforeAll(() => writeFileSync(file, SOURCE));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads the lines of example blocks and nothing else', () => {
    expect(examplesOf(SOURCE).map((example) => example.expression)).toEqual([
      'twice(2)',
      'twice(0.1) + twice(0.2)',
      'twice(NaN)',
      "[twice(1), { text: 'a' }]",
      'Float64Array.of(twice(1))',
      'twice(3)',
      'thrice(3)',
    ]);
  });

  it('finds a planted lie, and a name that is not there', async () => {
    const names = await namesOf(file);
    const failures = examplesOf(SOURCE).map((example) => failureOf(example, names));

    expect(failures.filter((failure) => failure !== undefined)).toEqual([
      'twice(3) is 6, not 7',
      'thrice(3) throws ReferenceError: thrice is not defined',
    ]);
  });
});
