import { area, line, type Markup, type Point, rectangle, words } from './svg.ts';

export type LegendEntry = 'past' | 'fan' | 'middle' | 'thin' | 'limit' | 'bar';

const WORDS: Readonly<Record<LegendEntry, string>> = {
  past: 'measured',
  fan: '8 of 10 futures',
  middle: 'their middle',
  thin: 'some of 400 futures',
  limit: 'limit',
  bar: 'when futures cross',
};
const SAMPLE_WIDTH = 26;
/** Wide enough for the font of any reader. */
const CHARACTER_WIDTH = 7.3;

/** What the parts of a picture are, side by side. */
export function legend(from: Point, entries: readonly LegendEntry[]): Markup[] {
  let { x } = from;
  return entries.flatMap((entry) => {
    const begin = { x, y: from.y - 4 };
    x += SAMPLE_WIDTH + 6 + WORDS[entry].length * CHARACTER_WIDTH + 14;
    return [sample(entry, begin), words({ x: begin.x + SAMPLE_WIDTH + 6, y: from.y }, WORDS[entry], 'soft')];
  });
}

function sample(entry: LegendEntry, { x, y }: Point): Markup {
  const ends = [
    { x, y },
    { x: x + SAMPLE_WIDTH, y },
  ];
  switch (entry) {
    case 'fan': {
      const low = ends.map((end) => ({ ...end, y: y + 6 }));
      return area(
        'fan',
        ends.map((end) => ({ ...end, y: y - 6 })),
        low,
      );
    }
    case 'bar':
      return [0, 9, 18]
        .map((step, i) => rectangle('bar', { x: x + step, y: y + 6 - [6, 12, 8][i]! }, { x: x + step + 7, y: y + 6 }))
        .join('');
    default:
      return line(entry, ends);
  }
}
