import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PICTURES } from '../../bench/pictures/pictures.ts';
import { readReliability } from '../../bench/pictures/reliability-picture.ts';

const LARGEST_BYTES = 40_000;
const PAGE = readFileSync('docs/capacity.md', 'utf8');

describe.each(PICTURES.map(({ file, draw }) => [basename(file), file, draw] as const))('%s', (name, file, draw) => {
  const stored = readFileSync(file, 'utf8');

  it('is what the models say today; if not: npm run docs:pictures', () => {
    expect(draw()).toBe(stored);
  });

  it('is small, and shown on the page with words for those who do not see it', () => {
    expect(Buffer.byteLength(stored)).toBeLessThan(LARGEST_BYTES);
    expect(stored).toMatch(/<title>[^<]{20,}<\/title>/);
    expect(PAGE).toMatch(new RegExp(String.raw`!\[[^\]]{20,}\]\(pictures/${name.replace('.', String.raw`\.`)}\)`));
  });

  it('has no number that is none', () => {
    expect(stored).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

describe('reliability', () => {
  it('is read from the table of the bench', () => {
    const row = '| 0.9 to 1 | 0.993, 695 | 0.981 | 0.9 to 1 | 0.993, 1,448 | 0.994 |';

    expect(readReliability(`text\n${row}\n`)).toEqual({
      leadTime: [{ said: 0.993, count: 695, cameTrue: 0.981 }],
      horizon: [{ said: 0.993, count: 1448, cameTrue: 0.994 }],
    });
    expect(() => readReliability('nothing')).toThrow('no table');
  });
});
