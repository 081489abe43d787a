import { circle, line, type Markup, type Point, picture, words } from './svg.ts';

const SIZE = { width: 760, height: 404 };
const PLOT_WIDTH = 284;
const PLOT_HEIGHT = 216;
const TOP = 92;
const LARGEST_DOT = 11;
const LEAST_DOT = 3;

/** What was said on average, how often, and what share of it came true. */
export interface Bin {
  readonly said: number;
  readonly count: number;
  readonly cameTrue: number;
}

export interface Reliability {
  readonly leadTime: readonly Bin[];
  readonly horizon: readonly Bin[];
}

const BIN = String.raw`[\d.]+ to [\d.]+ \| ([\d.]+), ([\d,]+) \| ([\d.]+)`;
const ROW = new RegExp(String.raw`^\| ${BIN} \| ${BIN} \|$`, 'gm');

/** The bins of the bench `calibration` as they stand in docs/benchmarks.md: running it anew takes minutes. */
export function readReliability(page: string): Reliability {
  const rows = [...page.matchAll(ROW)].map((match) => match.slice(1).map((text) => Number(text.replace(',', ''))));
  if (rows.length === 0) throw new Error('the page has no table of the bins of the bench calibration');
  const binsFrom = (column: number): readonly Bin[] =>
    rows.map((row) => ({ said: row[column]!, count: row[column + 1]!, cameTrue: row[column + 2]! }));
  return { leadTime: binsFrom(0), horizon: binsFrom(3) };
}

/** Said and come true beside each other: on the diagonal where what is said comes true as often as it is said. */
export function reliabilityPicture({ leadTime, horizon }: Reliability): Markup {
  const count = leadTime.reduce((sum, bin) => sum + bin.count, 0).toLocaleString('en-GB');
  return picture(SIZE, `How often what was said came true, of ${count} resources whose future is known.`, [
    words({ x: 16, y: 28 }, 'How often what was said came true', 'title'),
    words(
      { x: 16, y: 49 },
      `${count} resources whose future is known, in ten bins of the probability that was said. Large dots: many.`,
      'soft',
    ),
    ...diagram('crossing within the lead time', leadTime, 66),
    ...diagram('crossing within 400 days', horizon, 440),
    line('middle', [
      { x: 16, y: SIZE.height - 22 },
      { x: 42, y: SIZE.height - 22 },
    ]),
    words({ x: 48, y: SIZE.height - 18 }, 'perfect: comes true as often as it is said', 'soft'),
  ]);
}

function diagram(name: string, bins: readonly Bin[], left: number): readonly Markup[] {
  const bottom = TOP + PLOT_HEIGHT;
  const at = (said: number, cameTrue: number): Point => ({
    x: left + said * PLOT_WIDTH,
    y: bottom - cameTrue * PLOT_HEIGHT,
  });
  const most = Math.max(...bins.map(({ count }) => count));
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    words({ x: left, y: TOP - 16 }, name),
    ...ticks.flatMap((share) => [
      line('grid', [at(0, share), at(1, share)]),
      words({ x: left - 14, y: at(0, share).y + 4.5 }, percent(share), 'soft', 'end'),
      words({ x: at(share, 0).x, y: bottom + 26 }, percent(share), 'soft', 'middle'),
    ]),
    line('axis', [at(0, 0), at(1, 0)]),
    words({ x: at(0.5, 0).x, y: bottom + 46 }, 'said', 'soft', 'middle'),
    words({ x: at(0, 1).x + 8, y: TOP + 18 }, 'came true', 'soft'),
    line('middle', [at(0, 0), at(1, 1)]),
    ...bins.map(({ said, count, cameTrue }) =>
      circle('dot', at(said, cameTrue), Math.max(LEAST_DOT, LARGEST_DOT * Math.sqrt(count / most))),
    ),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
