import { beforeAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../../local/replay/arguments.ts';
import { replayJson } from '../../../local/replay/json.ts';
import { replayPage } from '../../../local/replay/page.ts';
import type { FileContent } from '../../../local/replay/read-series.ts';
import { replaySeries, type SeriesReplay } from '../../../local/replay/replay-series.ts';
import { reportLines } from '../../../local/replay/text.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import type { Labels } from '../../../models/domain/series.ts';
import { generateSeries, MONDAY_MS, WELL_BEHAVED } from '../../support/generated-series.ts';

const STEP_MS = 300_000;
const SHAPE = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
const HOSTILE: Labels = [
  ['__name__', 'load'],
  ['host', '<script>alert(1)</script>'],
];
const OPTIONS = { timeZone: 'Europe/Berlin', limit: { min: null, max: null }, isCounter: false } as const;

function series(days: number, change: (i: number, value: number) => number = (_, value) => value, labels = HOSTILE) {
  const points = generateSeries({ shape: SHAPE, seed: 7, stepMs: STEP_MS, days });
  return {
    labels,
    timestampsMs: Float64Array.from(points, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(points, ({ value }, i) => change(i, value)),
    missing: 0,
    repeats: 0,
    outOfOrder: 0,
  };
}

const contentOf = (...all: ReturnType<typeof series>[]): FileContent => ({
  series: all,
  rows: all[0]?.values.length ?? 0,
  refused: 0,
  refusals: [],
  leftOutColumns: [],
});

/** On the twelfth day at 02:00 UTC five times the usual. */
const SPIKE_AT = (11 * 24 + 2) * 12;
const eventful = series(14, (i, value) => (i === SPIKE_AT ? value * 5 : value));
let replay: SeriesReplay;

beforeAll(() => {
  replay = replaySeries(eventful, { ...OPTIONS, limit: { min: null, max: 1e6 } });
});

describe('a replay of a series', () => {
  test('knows its span and cadence, since when it was judged, and what was found', () => {
    expect(replay).toMatchObject({
      samples: 14 * 288,
      firstMs: MONDAY_MS,
      cadenceMs: STEP_MS,
      trainedSinceMs: MONDAY_MS + DAY_MS,
    });
    expect(replay.anomalies.map(({ type, peakAtMs }) => [type, peakAtMs])).toEqual([
      ['spike', MONDAY_MS + SPIKE_AT * STEP_MS],
    ]);
  });

  test('forecasts from its end, with a date to a limit or the reason why there is none', () => {
    expect(replay.forecast?.madeAtMs).toBe(replay.lastMs);
    expect(replay.forecast?.timeToLimit).toMatchObject([{ bound: 'max', limitValue: 1e6, alreadyCrossed: false }]);
  });

  test('says what the series still lacks where it is short', () => {
    const short = replaySeries(series(0.5), OPTIONS);

    expect(short.trainedSinceMs).toBeNull();
    expect(short.lacks?.warming).toEqual({ seenPoints: 144, neededPoints: 288 });
    expect(short.forecast?.abstain?.reason).toBe('too_short');
  });

  test('lacks nothing once its week is known', () => {
    expect(replay.lacks === null || replay.lacks.warming === null).toBe(true);
    expect(replaySeries(series(22), OPTIONS).lacks).toBeNull();
  });

  test('of one sample has nothing to say, and says so', () => {
    const one = series(1);
    const cut = { ...one, timestampsMs: one.timestampsMs.slice(0, 1), values: one.values.slice(0, 1) };

    const lines = reportLines(replaySeries(cut, OPTIONS), 'UTC').join('\n');

    expect(lines).toContain('No anomalies, as nothing is judged yet');
    expect(lines).toContain('No forecast: no hour is complete yet');
  });

  test('judges a counter by its rate', () => {
    let total = 0;
    const counter = { ...eventful, values: eventful.values.map((value) => (total += Math.max(0, value) * 300)) };

    expect(replaySeries(counter, { ...OPTIONS, isCounter: true }).anomalies).toHaveLength(1);
  });
});

describe('what is printed', () => {
  test('says in words what was found, when and how soon', () => {
    const lines = reportLines(replay, 'Europe/Berlin');

    expect(lines[1]).toBe(
      '  4,032 samples from Mon 6 Jan 2025 01:00 CET to Mon 20 Jan 2025 00:55 CET (13 d 23 h), one every 5 min',
    );
    expect(lines[2]).toBe('  Judged since Tue 7 Jan 2025 01:00 CET; it learned the usual before');
    expect(lines[3]).toBe('  1 anomaly in 12 d 23 h');
    expect(lines[4]).toMatch(/^ {4}Fri 17 Jan 2025 03:00 CET {2}spike: Rose to [\d,.]+ where [\d,.]+ was expected/);
    expect(lines[5]).toMatch(/raised at once, over at Fri 17 Jan 2025 03:\d\d CET, score [\d.]+$/);
    expect(lines.join('\n')).toContain('Upper limit 1 M:');
  });
});

describe('the JSON', () => {
  test('holds everything, in the words of the API', () => {
    const json = replayJson('load.csv', contentOf(eventful), [replay], 'Europe/Berlin');

    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      file: 'load.csv',
      rows: 4_032,
      series: [
        {
          metric: 'load',
          trained_since: new Date(MONDAY_MS + DAY_MS).toISOString(),
          cadence_seconds: 300,
          anomalies: [
            {
              type: 'spike',
              status: 'closed',
              raised_at: new Date(MONDAY_MS + 11 * DAY_MS + 2 * HOUR_MS).toISOString(),
              attribution: expect.arrayContaining([{ component: expect.any(String), share: expect.any(Number) }]),
              model: { samples: SPIKE_AT },
            },
          ],
          forecast: { time_to_limit: [{ bound: 'max' }] },
        },
      ],
    });
    expect(json.series[0]).not.toHaveProperty('series_id');
  });
});

describe('the page', () => {
  const page = () => replayPage('load.csv', contentOf(eventful), [replay], 'Europe/Berlin');

  test('needs nothing from elsewhere, and runs nothing', () => {
    expect(page()).not.toMatch(/<script|<link|<img|@import|url\(|href=|src=|http(?!:\/\/www\.w3\.org)/i);
    expect(page()).toContain('prefers-color-scheme:dark');
  });

  test('B02 shows labels as text, whatever they hold', () => {
    expect(page()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('draws the values, the band, the anomaly and a closer look at it', () => {
    expect(page().match(/class="chart"/g)).toHaveLength(2);
    expect(page().match(/class="mark"/g)).toHaveLength(2);
    expect(page()).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([
    ['a single sample', 1],
    ['two samples', 2],
  ])('can be made of %s', (_, count) => {
    const cut = {
      ...eventful,
      timestampsMs: eventful.timestampsMs.slice(0, count),
      values: eventful.values.slice(0, count),
    };

    expect(replayPage('x', contentOf(cut), [replaySeries(cut, OPTIONS)], 'UTC')).not.toMatch(/NaN|Infinity/);
  });

  test('can be made of a constant series, and of one that is missing altogether', () => {
    for (const value of [5, Number.NaN]) {
      const flat = series(2, () => value);

      expect(replayPage('x', contentOf(flat), [replaySeries(flat, OPTIONS)], 'UTC')).not.toMatch(/NaN|Infinity/);
    }
  });

  test('tells the rest in lines where there are many series', () => {
    const flat = series(1, () => 5, [['__name__', 'flat']]);
    const many = Array.from({ length: 65 }, () => replaySeries(flat, OPTIONS));

    expect(replayPage('x', contentOf(flat), many, 'UTC')).toContain('<h2>5 more series</h2>');
  });
});

describe('arguments', () => {
  const parse = (line: string) => parseArguments(line.split(' '));

  test.each([
    ['cpu.csv', { path: 'cpu.csv', timeZone: 'UTC', limit: { min: null, max: null }, isCounter: false }],
    ['cpu.csv --limit 90', { limit: { min: null, max: 90 } }],
    ['cpu.csv --limit 10/90', { limit: { min: 10, max: 90 } }],
    ['cpu.csv --limit 10/', { limit: { min: 10, max: null } }],
    ['cpu.csv --limit=-5', { limit: { min: null, max: -5 } }],
    [
      'cpu.csv --time-zone Europe/Berlin --html a.html --json -',
      { timeZone: 'Europe/Berlin', html: 'a.html', json: '-' },
    ],
    ['cpu.csv --counter', { isCounter: true }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  test.each([
    ['a.csv b.csv', 'expected one file'],
    ['a.csv --limit high', '--limit must be like 90, 10/90 or 10/'],
    ['a.csv --limit 9/1', '--limit must be like'],
    ['a.csv --limit /', '--limit must be like'],
    ['a.csv --time-zone Mars', '--time-zone must be a name such as Europe/Berlin'],
    ['a.csv --colour', 'colour'],
  ])('fails for %s', (line, why) => {
    expect(() => parse(line)).toThrow(why);
  });
});
