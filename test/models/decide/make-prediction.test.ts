import { describe, expect, it } from 'vitest';
import { type ClaimInput, makePrediction } from '../../../models/decide/make-prediction.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import {
  DISK_LIMIT,
  NOW_MS,
  sampleForecast,
  samplePrediction,
  sampleTimeToLimit,
} from '../../support/decide-samples.ts';

function decide(given: Partial<ClaimInput> = {}) {
  return makePrediction({
    forecast: sampleForecast(),
    timeToLimit: sampleTimeToLimit(),
    limit: DISK_LIMIT,
    openPredictions: [],
    identify: (seriesId, limitId, madeAtMs) => `${seriesId}/${limitId}/${madeAtMs}`,
    nowMs: NOW_MS,
    ...given,
  });
}

describe('makePrediction', () => {
  it('claims urgently when the probability within the lead time reaches that of the limit', () => {
    expect(decide()).toMatchObject({
      kind: 'claim',
      urgent: true,
      prediction: {
        predictionId: `series-disk/limit-disk/${NOW_MS}`,
        status: 'open',
        claim: { limitId: 'limit-disk', value: 100e9 },
        actByMs: NOW_MS - DAY_MS,
        dueAtMs: NOW_MS + 17.5 * DAY_MS,
        probability: 0.97,
        probabilityWithinLeadTime: 0.6,
      },
    });
  });

  it('words its evidence for people', () => {
    const decision = decide();

    expect(decision.kind === 'claim' && decision.prediction.evidence).toBe(
      'now 74.5 GiB against a limit of 93.1 GiB; crossing: p10 7 Nov 2026, p50 10 Nov 2026, p90 15 Nov 2026; 50 % better than the best naive forecast in 12 backtests, 82 % of held-out values inside p10 to p90',
    );
  });

  it('keeps a claim early, without urgency, when crossing within the horizon is more likely than not', () => {
    const timeToLimit = sampleTimeToLimit({ probabilityWithinLeadTime: 0.01, probabilityWithinHorizon: 0.5 });

    expect(decide({ timeToLimit })).toMatchObject({ kind: 'claim', urgent: false });
  });

  it('warns although the median lies beyond the horizon, and says so', () => {
    const timeToLimit = sampleTimeToLimit({
      p50Ms: null,
      p90Ms: null,
      probabilityWithinHorizon: 0.4,
      probabilityWithinLeadTime: 0.3,
    });

    const decision = decide({ timeToLimit, limit: { ...DISK_LIMIT, probability: 0.2 } });

    expect(decision).toMatchObject({
      kind: 'claim',
      urgent: true,
      prediction: { window: { p50Ms: NOW_MS + 400 * DAY_MS, p90Ms: null } },
    });
    expect(decision.kind === 'claim' && decision.prediction.evidence).toContain('p50 beyond the horizon');
  });

  it('claims the limit as the forecast saw it, with the changes that are known', () => {
    const changes = [{ fromMs: NOW_MS + 3 * DAY_MS, value: 90e9 }];
    const timeToLimit = sampleTimeToLimit({ limitChanges: changes });
    const decision = decide({ timeToLimit, limit: { ...DISK_LIMIT, changes } });

    expect(decision).toMatchObject({ kind: 'claim', prediction: { claim: { value: 100e9, changes } } });
    expect(decision.kind === 'claim' && decision.prediction.evidence).toContain(
      'the limit is 83.8 GiB from 4 Nov 2026 on',
    );
    expect(decide({ timeToLimit })).toEqual({ kind: 'none', reason: 'limit_changed' });
  });

  it('claims the value that another series told', () => {
    const limit = { ...DISK_LIMIT, value: 0.9, metric: 'disk_size_bytes' };

    expect(decide({ limit })).toMatchObject({ kind: 'claim', prediction: { claim: { value: 100e9 } } });
    expect(decide({ limit: { ...limit, updatedAtMs: NOW_MS + 1 } })).toEqual({ kind: 'none', reason: 'limit_changed' });
  });

  it.each([
    [
      'unlikely',
      { timeToLimit: sampleTimeToLimit({ probabilityWithinLeadTime: 0.1, p50Ms: NOW_MS + 91 * DAY_MS, p90Ms: null }) },
    ],
    [
      'unlikely',
      { timeToLimit: sampleTimeToLimit({ p10Ms: null, p50Ms: null, p90Ms: null, neverWithinHorizon: true }) },
    ],
    ['already_crossed', { timeToLimit: sampleTimeToLimit({ alreadyCrossed: true }) }],
    ['abstained', { forecast: sampleForecast({ abstain: { reason: 'no_skill', detail: 'loses to the last value' } }) }],
    ['stale', { forecast: sampleForecast({ watermarkMs: NOW_MS - 7 * DAY_MS }) }],
    ['limit_changed', { limit: { ...DISK_LIMIT, value: 200e9 } }],
    ['claim_open', { openPredictions: [samplePrediction()] }],
  ] as const)('makes no claim, with the reason %s', (reason, given) => {
    expect(decide(given)).toEqual({ kind: 'none', reason });
  });

  it('claims anew beside a void claim, another series and another limit', () => {
    const openPredictions = [
      samplePrediction({ status: 'void' }),
      samplePrediction({ seriesId: 'series-other' }),
      samplePrediction({ claim: { ...samplePrediction().claim, limitId: 'limit-other' } }),
    ];

    expect(decide({ openPredictions }).kind).toBe('claim');
  });

  it('fails when the time to limit belongs to another limit', () => {
    expect(() => decide({ timeToLimit: sampleTimeToLimit({ limitId: 'limit-other' }) })).toThrow(RangeError);
  });
});
