import { expect, test } from 'vitest';
import { settledSummary } from '../../../functions/report/settled-summary.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { settledPrediction } from '../../support/report-samples.ts';
import { DISK } from '../../support/report-workspace.ts';

test('counts hits, early and late ones as true, missed ones as false, and the rest apart', () => {
  const statuses = ['hit', 'late', 'early', 'missed', 'averted', 'void'] as const;

  const summary = settledSummary(
    statuses.map((status, n) => settledPrediction(DISK, n + 1, status)),
    2,
  );

  expect(summary).toEqual({
    hit: 1,
    early: 1,
    late: 1,
    missed: 1,
    averted: 1,
    voided: 1,
    stillOpen: 2,
    precision: 0.75,
    medianNoticeMs: 2 * DAY_MS,
  });
});

test('claims no precision where nothing came true or proved false', () => {
  const summary = settledSummary([settledPrediction(DISK, 1, 'averted')], 0);

  expect(summary.precision).toBeNull();
  expect(summary.medianNoticeMs).toBeNull();
});
