import { describe, expect, it } from 'vitest';
import type { Overrun } from '../../../models/decide/find-overruns.ts';
import { groupPredictions, type PredictionGroupInput } from '../../../models/decide/group-predictions.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { DISK_LABELS, DISK_LIMIT, NOW_MS, samplePrediction, sampleTimeToLimit } from '../../support/decide-samples.ts';

function group(given: Partial<PredictionGroupInput>) {
  return groupPredictions({
    predictions: [],
    overruns: [],
    issues: [],
    limits: [DISK_LIMIT],
    outlookOf: () => undefined,
    identify: (kind, service, subject, onsetMs) => `${kind}/${service}/${subject}/${onsetMs}`,
    nowMs: NOW_MS,
    ...given,
  });
}

const overrun: Overrun = {
  seriesId: 'series-disk',
  labels: DISK_LABELS,
  limitId: DISK_LIMIT.limitId,
  value: 101e9,
  sinceMs: NOW_MS - DAY_MS,
};

describe('groupPredictions', () => {
  it('gathers the predictions of one service and limit, whatever their order', () => {
    const second = samplePrediction({
      predictionId: 'p2',
      seriesId: 'series-disk-2',
      madeAtMs: NOW_MS - DAY_MS,
      window: { ...samplePrediction().window, p50Ms: NOW_MS + 8 * DAY_MS },
    });
    const predictions = [samplePrediction(), second];

    const issues = group({ predictions });

    expect(issues).toMatchObject([
      {
        issueId: `prediction/orders-db/limit-disk/${NOW_MS - DAY_MS}`,
        title: 'orders-db: data disk (2 series) will reach 93.1 GiB about 9 Nov 2026',
        severity: 'warning',
        predictionIds: ['p2', samplePrediction().predictionId],
      },
    ]);
    expect(group({ predictions: [...predictions].reverse() })).toEqual(issues);
  });

  it('holds at most five hundred, so that its record fits into the table', () => {
    const many = Array.from({ length: 520 }, (_, i) => samplePrediction({ predictionId: `p${i}`, seriesId: `s${i}` }));

    expect(group({ predictions: many })[0]?.predictionIds).toHaveLength(500);
    expect(group({ predictions: many.toReversed() })).toEqual(group({ predictions: many }));
  });

  it('keeps limits and services apart', () => {
    const otherLimit = samplePrediction({ predictionId: 'p2', claim: { ...samplePrediction().claim, limitId: 'l2' } });
    const otherService = samplePrediction({ predictionId: 'p3', labels: [['service', 'shop']] });

    expect(group({ predictions: [samplePrediction(), otherLimit, otherService] })).toHaveLength(3);
  });

  it('adds a new prediction to the open issue and resolves it when all are settled', () => {
    const [issue] = group({ predictions: [samplePrediction()] });
    const joining = samplePrediction({ predictionId: 'z2', seriesId: 'series-disk-2' });
    const [grown] = group({ predictions: [samplePrediction(), joining], issues: [issue!] });

    const settled = [samplePrediction({ status: 'missed' }), { ...joining, status: 'averted' as const }];
    const [over] = group({ predictions: settled, issues: [grown!], nowMs: NOW_MS + DAY_MS });

    expect(grown).toMatchObject({ issueId: issue!.issueId, predictionIds: [samplePrediction().predictionId, 'z2'] });
    expect(over).toMatchObject({
      issueId: issue!.issueId,
      status: 'resolved',
      resolvedAtMs: NOW_MS + DAY_MS,
      title: grown!.title,
    });
  });

  it('gives back the same object where nothing has changed', () => {
    const [issue] = group({ predictions: [samplePrediction()] });

    expect(group({ predictions: [samplePrediction()], issues: [issue!], nowMs: NOW_MS + 1 })[0]).toBe(issue);
  });

  it('stays open, as critical, while a series is beyond the limit although its prediction is settled', () => {
    const [issue] = group({ predictions: [samplePrediction()] });

    const [crossed] = group({
      predictions: [samplePrediction({ status: 'hit' })],
      overruns: [overrun],
      issues: [issue!],
    });

    expect(crossed).toMatchObject({
      status: 'open',
      severity: 'critical',
      title: 'orders-db: data disk at or above 93.1 GiB',
    });
  });

  it('opens an issue for a limit crossed without a warning, finds it again and resolves it', () => {
    const [issue] = group({ overruns: [overrun] });
    const [again] = group({ overruns: [{ ...overrun, sinceMs: NOW_MS }], issues: [issue!] });
    const [over] = group({ issues: [issue!] });

    expect(issue).toMatchObject({ predictionIds: [], severity: 'critical', openedAtMs: overrun.sinceMs });
    expect(again).toBe(issue);
    expect(over).toMatchObject({ issueId: issue!.issueId, status: 'resolved' });
  });

  it('judges urgency by the newest forecast instead of the old claim', () => {
    const outlook = sampleTimeToLimit({ p50Ms: NOW_MS + 6 * DAY_MS });

    expect(group({ predictions: [samplePrediction()], outlookOf: () => outlook })[0]?.severity).toBe('critical');
  });

  it('resolves an issue of which nothing can be said any more, and the younger of two for one limit', () => {
    const [issue] = group({ overruns: [overrun] });
    const [older] = group({ predictions: [samplePrediction({ madeAtMs: NOW_MS - DAY_MS })] });
    const younger = { ...older!, issueId: 'prediction/z' };

    expect(group({ issues: [issue!], limits: [] })).toMatchObject([{ status: 'resolved' }]);
    expect(
      group({ predictions: [samplePrediction()], issues: [younger, older!] }).map(({ issueId, status }) => [
        issueId,
        status,
      ]),
    ).toEqual([
      [older!.issueId, 'open'],
      ['prediction/z', 'resolved'],
    ]);
  });
});
