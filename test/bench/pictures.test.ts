import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PICTURES } from '../../bench/pictures/pictures.ts';
import { readReliability } from '../../bench/pictures/reliability-picture.ts';
import { NOW_MS } from '../../bench/pictures/scenes.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';

const LARGEST_BYTES = 40_000;
const PAGE = readFileSync('docs/capacity.md', 'utf8');
/** Dates may move by so much of their distance before a picture tells another story. */
const MOVE_SHARE = 0.25;
const LEAST_MOVE_MS = 3 * DAY_MS;

/** All that is written in a picture, without numbers. */
function wordsOf(svg: string): string {
  const texts = [...svg.matchAll(/<(?:text|title)[^>]*>([^<]*)</g)].map((match) => match[1]!);
  return texts.join(' ').replace(/\d[\d.,]*( (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))?/g, '#');
}

function datesOf(svg: string): readonly number[] {
  const title = /<title>([^<]*)</.exec(svg)![1]!;
  return [...title.matchAll(/\d{1,2} \w{3} \d{4}/g)].map((match) => Date.parse(`${match[0]} UTC`));
}

describe.each(PICTURES.map(({ file, draw }) => [basename(file), file, draw] as const))('%s', (name, file, draw) => {
  const stored = readFileSync(file, 'utf8');
  const drawn = draw();

  it('tells what the models say today; if not: npm run docs:pictures', () => {
    expect(wordsOf(stored)).toBe(wordsOf(drawn));
    datesOf(drawn).forEach((dateMs, i) => {
      const mostMs = Math.max(LEAST_MOVE_MS, MOVE_SHARE * (dateMs - NOW_MS));
      expect(Math.abs(datesOf(stored)[i]! - dateMs)).toBeLessThanOrEqual(mostMs);
    });
  });

  it('is the same each time that it is drawn', () => {
    expect(draw()).toBe(drawn);
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
  it('shows the table of docs/benchmarks.md as it is; if not: npm run docs:pictures', () => {
    const { file, draw } = PICTURES.find((picture) => basename(picture.file) === 'reliability.svg')!;

    expect(readFileSync(file, 'utf8')).toBe(draw());
  });

  it('is read from the table of the bench', () => {
    const row = '| 0.9 to 1 | 0.993, 695 | 0.981 | 0.9 to 1 | 0.993, 1,448 | 0.994 |';

    expect(readReliability(`text\n${row}\n`)).toEqual({
      leadTime: [{ said: 0.993, count: 695, cameTrue: 0.981 }],
      horizon: [{ said: 0.993, count: 1448, cameTrue: 0.994 }],
    });
    expect(() => readReliability('nothing')).toThrow('no table');
  });
});
