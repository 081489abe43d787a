import { expect, test } from 'vitest';
import type { CrossedRow, Digest, IssueRow, PredictedRow } from '../../../functions/report/digest.ts';
import { createZoneFormat } from '../../../functions/report/format.ts';
import { crossedWords, issueWords, predictedWords, trendWords } from '../../../functions/report/row-words.ts';
import { digestWords } from '../../../functions/report/words.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS } from '../../support/report-samples.ts';

const zone = createZoneFormat('UTC', NOW_MS);
const none = { rows: [], total: 0 };

function digest(given: Partial<Digest> = {}): Digest {
  return {
    workspace: 'w',
    timeZone: 'UTC',
    asOfMs: NOW_MS,
    fromMs: NOW_MS - 7 * DAY_MS,
    week: { year: 2026, week: 48 },
    watermarkMs: NOW_MS,
    modelVersions: ['1'],
    looked: { series: 1, limits: 1, forecasts: 1, samples: 1 },
    decideThisWeek: 0,
    insideLeadTime: 0,
    settled: {
      hit: 0,
      early: 0,
      late: 0,
      missed: 0,
      averted: 0,
      voided: 0,
      stillOpen: 0,
      precision: null,
      medianNoticeMs: null,
    },
    predicted: none,
    crossed: none,
    issues: { opened: none, olderOpen: 0, anomalies: 0, anomaliesBefore: 0 },
    trend: none,
    blindSpots: {
      silent: none,
      abstaining: [],
      neverForecast: 0,
      oldForecasts: 0,
      limitsWithoutSeries: none,
      hoursWithoutData: 0,
    },
    chart: null,
    ...given,
  };
}

function wordsOf(given: Partial<Digest>) {
  return digestWords(digest(given), { recipient: 'ops@example.org', publicUrl: null });
}

test.each([
  [0, 0, 0, 0, 'Nothing is predicted to cross a limit.'],
  [0, 0, 0, 2, 'Nothing is predicted to cross a limit. 2 resources are beyond the limit already.'],
  [2, 0, 0, 0, '2 predicted issues; none needs a decision in the next 7 days.'],
  [1, 1, 0, 0, '1 predicted issue needs a decision in the next 7 days.'],
  [3, 3, 1, 0, '3 predicted issues need a decision in the next 7 days; 1 is inside its lead time.'],
  [5, 1, 1, 0, '1 of 5 predicted issues needs a decision in the next 7 days; 1 is inside its lead time.'],
  [5, 4, 2, 0, '4 of 5 predicted issues need a decision in the next 7 days; 2 are inside their lead time.'],
])(
  'sums up %d predictions, %d urgent, %d late and %d crossed in one sentence',
  (total, decideThisWeek, insideLeadTime, crossed, headline) => {
    const words = wordsOf({
      predicted: { rows: [], total },
      decideThisWeek,
      insideLeadTime,
      crossed: { rows: [], total: crossed },
    });

    expect(words.headline).toBe(headline);
  },
);

test.each([
  [0, '[forewarn] no predicted issues, week 48'],
  [1, '[forewarn] 1 predicted issue, week 48'],
  [1_203, '[forewarn] 1,203 predicted issues, week 48'],
])('has a subject of one style for %d predictions', (total, subject) => {
  expect(wordsOf({ predicted: { rows: [], total } }).subject).toBe(subject);
});

test('tells what could not be seen in words', () => {
  const { blindSpots } = wordsOf({
    blindSpots: {
      silent: { rows: [{ labels: [['__name__', 'load1']], lastSeenMs: NOW_MS - 30 * HOUR_MS }], total: 9 },
      abstaining: [{ reason: 'regime_change', total: 1, withLimit: 0, examples: [[['__name__', 'load5']]] }],
      neverForecast: 2,
      oldForecasts: 1,
      limitsWithoutSeries: none,
      hoursWithoutData: 3,
    },
  });

  expect(blindSpots.slice(1)).toEqual([
    'Nothing at all arrived in 3 full hours.',
    '9 series sent nothing for 24 hours: load1 (last Sun 22 Nov 02:00 UTC) and 8 more.',
    '1 series without forecast, behaviour changed lately: load5.',
    '2 series await their first forecast.',
    '1 forecast made more than two days ago.',
  ]);
});

test('says where no limit is set', () => {
  expect(wordsOf({ looked: { series: 3, limits: 0, forecasts: 0, samples: 1 } }).blindSpots).toContain(
    'No limit is set, so nothing can be predicted to cross one.',
  );
});

test('tells a prediction whose late end lies beyond the forecast', () => {
  const row: PredictedRow = {
    predictionId: 'p',
    seriesId: 's',
    labels: [['__name__', 'free_bytes']],
    title: 'Free space',
    bound: 'min',
    limitValue: 1024 ** 3,
    unit: 'bytes',
    currentValue: 5 * 1024 ** 3,
    madeAtMs: NOW_MS,
    p10Ms: NOW_MS + 40 * DAY_MS,
    p50Ms: NOW_MS + 60 * DAY_MS,
    p90Ms: null,
    probability: 0.81,
    probabilityWithinLeadTime: 0.01,
    leadTimeMs: 14 * DAY_MS,
    actByMs: NOW_MS + 26 * DAY_MS,
    slackMs: 26 * DAY_MS,
    action: 'Order a disk.',
    frees: { days: 90, amount: 3 * 1024 ** 3 },
  };

  expect(predictedWords(row, zone)).toMatchObject({
    name: 'Free space',
    urgencyWord: 'can wait',
    limit: 'at least 1 GiB',
    likely: 'Fri 22 Jan 2027 08:00 UTC, in 60 days',
    range: '8 in 10: Sat 2 Jan 2027 to beyond the forecast',
    chance: 'about 8 in 10 within 400 days',
    chanceSoon: 'less than 1 in 20 within the lead time of 14 days',
    action: 'Order a disk.',
    frees: 'about 3 GiB more would keep it within the limit for 90 days, in 9 of 10 cases',
  });
  expect(predictedWords({ ...row, p90Ms: row.p10Ms + 1 }, zone).range).toBe('8 in 10: on Sat 2 Jan 2027');
  expect(predictedWords({ ...row, frees: { days: 90, amount: 0 }, action: '' }, zone)).toMatchObject({
    frees: null,
    action: 'nothing is noted with the limit',
  });
});

test('tells of a limit that changes on a date what it will be', () => {
  const row: CrossedRow = {
    seriesId: 's',
    labels: [['__name__', 'used_bytes']],
    title: 'Volume',
    bound: 'max',
    limitValue: 10 * 1024 ** 3,
    limitChanges: [{ fromMs: NOW_MS + 30 * DAY_MS, value: 8 * 1024 ** 3 }],
    unit: 'bytes',
    currentValue: 5 * 1024 ** 3,
    action: '',
    frees: null,
  };
  const trend = { ...row, ahead: { p10: 1, p50: 2, p90: 3 }, headroomUsed: 0.1, p50Ms: null, recentDays: [] };

  expect(trendWords(trend, zone).now).toBe('5 GiB, limit 10 GiB (50 % used), 8 GiB from Wed 23 Dec on');
});

test('tells of what is beyond its limit what frees it, and what to do', () => {
  const row: CrossedRow = {
    seriesId: 's',
    labels: [['__name__', 'used_bytes']],
    title: 'Volume',
    bound: 'max',
    limitValue: 10 * 1024 ** 3,
    unit: 'bytes',
    currentValue: 11 * 1024 ** 3,
    action: 'Order a disk.',
    frees: { days: 90, amount: 4 * 1024 ** 3 },
  };
  const said = (rows: readonly CrossedRow[]) => crossedWords(digest({ crossed: { rows, total: rows.length } }));

  expect(said([row, { ...row, frees: null, action: '' }])).toEqual([
    'Volume: 11 GiB, at or above its limit of 10 GiB; about 4 GiB added or freed would keep it within the limit for 90 days, in 9 of 10 cases; to do: Order a disk.',
    'Volume: 11 GiB, at or above its limit of 10 GiB',
  ]);
});

test('names the suspected changes of an issue and how many more there are', () => {
  const row: IssueRow = {
    issueId: 'i',
    title: 'checkout slow',
    service: 'checkout',
    severity: 'warning',
    status: 'open',
    openedAtMs: NOW_MS,
    resolvedAtMs: null,
    anomalyCount: 2,
    worst: null,
    suspects: {
      rows: [
        { summary: '2.14.0', kind: 'deploy', atMs: NOW_MS - 4 * 60_000 },
        { summary: 'pool size', kind: 'config', atMs: NOW_MS },
      ],
      total: 4,
    },
  };

  expect(issueWords(row, zone)).toMatchObject({
    reason: null,
    suspect: 'Suspected change: deploy “2.14.0” 4 minutes before; config “pool size” at that moment; and 2 others.',
  });
});
