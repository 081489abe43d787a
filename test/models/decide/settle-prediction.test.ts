import { describe, expect, it } from 'vitest';
import { type SettleInput, settlePrediction } from '../../../models/decide/settle-prediction.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { DISK_LIMIT, hourlyRollups, NOW_MS, sampleChange, samplePrediction } from '../../support/decide-samples.ts';

/** Hours from a day before the claim: flat at 74.5 GiB, then `valueAt` of the days since it. */
function hoursUntil(days: number, valueAt: (day: number) => number) {
  const hours = Math.round((days + 1) * 24) + 1;
  return hourlyRollups(
    NOW_MS - DAY_MS,
    Array.from({ length: hours }, (_, i) => (i < 24 ? 80e9 : valueAt((i - 24) / 24))),
  );
}

function settle(given: Partial<SettleInput> & { days: number; valueAt?: (day: number) => number }) {
  const { days, valueAt = () => 80e9, ...rest } = given;
  return settlePrediction({
    prediction: samplePrediction(),
    limit: DISK_LIMIT,
    rollups: hoursUntil(days, valueAt),
    changes: [],
    watermarkMs: NOW_MS + days * DAY_MS,
    nowMs: NOW_MS + days * DAY_MS,
    ...rest,
  });
}

const crossingOn = (day: number) => (at: number) => (at >= day ? 101e9 : 80e9);

describe('settlePrediction', () => {
  it.each([
    ['early', 3, 'before p10 (day 6)'],
    ['hit', 6, 'at p10'],
    ['hit', 9, 'at the median'],
    ['hit', 14, 'at p90'],
    ['late', 15, 'after p90, within the grace of 3.5 days'],
  ] as const)('says %s for a crossing on day %i: %s', (status, day, _why) => {
    const outcome = settle({ days: day + 0.5, valueAt: crossingOn(day) });

    expect(outcome).toMatchObject({
      kind: 'settled',
      prediction: { status, noticeMs: day * DAY_MS, actualValue: 101e9, settledAtMs: NOW_MS + (day + 0.5) * DAY_MS },
    });
  });

  it.each([
    ['early', 6 * 24 - 2, 'two hours before'],
    ['hit', 6 * 24 - 1, 'an hour before'],
    ['hit', 6 * 24, 'at its only hour'],
    ['hit', 6 * 24 + 1, 'an hour after'],
    ['late', 6 * 24 + 2, 'two hours after'],
  ] as const)('takes an hour either way for no error: %s in hour %i, %s', (status, hour, _why) => {
    const atMs = NOW_MS + 6 * DAY_MS;
    const prediction = samplePrediction({ window: { p10Ms: atMs, p50Ms: atMs, p90Ms: atMs } });

    expect(settle({ prediction, days: 7, valueAt: crossingOn(hour / 24) })).toMatchObject({ prediction: { status } });
  });

  it('says missed when data reach the end of the grace without a crossing, and how near it came', () => {
    const outcome = settle({ days: 17.5, valueAt: () => 92e9 });

    expect(outcome).toMatchObject({
      prediction: {
        status: 'missed',
        noticeMs: null,
        actualValue: 92e9,
        settleReason: '93.1 GiB was not reached by 18 Nov 2026',
      },
    });
  });

  it('says missed when the crossing comes only after the grace', () => {
    const outcome = settle({ days: 20, valueAt: crossingOn(18) });

    expect(outcome).toMatchObject({ prediction: { status: 'missed' } });
  });

  it('gives at least a day of grace to a short window', () => {
    const window = { p10Ms: NOW_MS + HOUR_MS, p50Ms: NOW_MS + 2 * HOUR_MS, p90Ms: NOW_MS + 4 * HOUR_MS };
    const prediction = samplePrediction({ window });

    expect(settle({ prediction, days: 1.1 })).toEqual({ kind: 'open' });
    expect(settle({ prediction, days: 1.25 })).toMatchObject({ prediction: { status: 'missed' } });
  });

  it('ends the window with the horizon where p90 lies beyond it', () => {
    const prediction = samplePrediction({ window: { ...samplePrediction().window, p90Ms: null } });

    expect(settle({ prediction, days: 380, valueAt: crossingOn(379) })).toMatchObject({
      prediction: { status: 'hit' },
    });
    expect(settle({ prediction, days: 450 })).toEqual({ kind: 'open' });
    expect(settle({ prediction, days: 500 })).toMatchObject({ prediction: { status: 'missed' } });
  });

  it('holds a claim against the limit as it is at the time', () => {
    const { claim } = samplePrediction();
    const changes = [{ fromMs: NOW_MS + 8 * DAY_MS, value: 70e9 }];
    const prediction = samplePrediction({ claim: { ...claim, changes } });

    expect(settle({ prediction, limit: { ...DISK_LIMIT, changes }, days: 9 })).toMatchObject({
      prediction: { status: 'hit', noticeMs: 8 * DAY_MS, settleReason: expect.stringContaining('reached 65.2 GiB') },
    });
    expect(settle({ prediction, days: 7 })).toMatchObject({ prediction: { status: 'void' } });
  });

  it('settles a limit that the value falls to', () => {
    const { claim } = samplePrediction();
    const prediction = samplePrediction({ claim: { ...claim, bound: 'min', value: 10 } });
    const limit = { ...DISK_LIMIT, bound: 'min', value: 10 } as const;

    const outcome = settle({ prediction, limit, days: 9, valueAt: (day) => (day >= 8 ? 9 : 50) });

    expect(outcome).toMatchObject({ prediction: { status: 'hit', actualValue: 9 } });
  });

  it('says averted when a change came first and the series has moved away since', () => {
    const change = sampleChange({ service: 'orders-db', atMs: NOW_MS + 5 * DAY_MS, summary: 'clean-up job' });

    const outcome = settle({ days: 17.5, changes: [change], valueAt: (day) => (day < 5 ? 80e9 + day * 3e9 : 60e9) });

    expect(outcome).toMatchObject({
      prediction: { status: 'averted', settleReason: expect.stringContaining(change.changeId) },
    });
  });

  it.each([
    ['came before the warning', -1, () => 60e9],
    ['came after the end of the window', 14.5, () => 80e9],
    ['did not stop the growth', 5, (day: number) => 80e9 + day * 1e9],
  ] as const)('takes no change for proof that %s', (_, day, valueAt) => {
    const change = sampleChange({ service: 'orders-db', atMs: NOW_MS + day * DAY_MS });

    expect(settle({ days: 17.5, changes: [change], valueAt })).toMatchObject({ prediction: { status: 'missed' } });
  });

  it('is void when the limit was removed, or changed before anything crossed', () => {
    const changed = { ...DISK_LIMIT, value: 200e9, updatedAtMs: NOW_MS + 2 * DAY_MS };

    expect(settle({ days: 1, limit: null })).toMatchObject({
      prediction: { status: 'void', settleReason: 'the limit was removed' },
    });
    expect(settle({ days: 3, limit: changed })).toMatchObject({
      prediction: { status: 'void', settleReason: 'the limit was changed to 186 GiB' },
    });
    expect(settle({ days: 9, limit: changed, valueAt: crossingOn(8) })).toMatchObject({
      prediction: { status: 'void' },
    });
  });

  it('stands by a crossing that came before the limit was changed', () => {
    const changed = { ...DISK_LIMIT, value: 200e9, updatedAtMs: NOW_MS + 8 * DAY_MS };

    expect(settle({ days: 9, limit: changed, valueAt: crossingOn(7) })).toMatchObject({
      prediction: { status: 'hit' },
    });
  });

  it('waits for data instead of trusting the clock, and is void after seven silent days', () => {
    const nowMs = NOW_MS + 19 * DAY_MS;

    expect(settle({ days: 16, nowMs })).toEqual({ kind: 'open' });
    expect(settle({ days: 16, nowMs: NOW_MS + 23 * DAY_MS })).toMatchObject({
      prediction: { status: 'void', settleReason: 'the series has sent nothing since 17 Nov 2026' },
    });
  });

  it('is void early when a series stops long before its window', () => {
    const outcome = settle({ days: 0, watermarkMs: null, nowMs: NOW_MS + 7 * DAY_MS });

    expect(outcome).toMatchObject({ prediction: { status: 'void' } });
  });

  it('leaves out what happened before the claim was made', () => {
    const rollups = hourlyRollups(NOW_MS - DAY_MS, [120e9, ...Array.from({ length: 30 }, () => 80e9)]);

    expect(settle({ days: 1, rollups })).toEqual({ kind: 'open' });
  });

  it('never changes its mind about a prediction that is settled', () => {
    const first = settle({ days: 9, valueAt: crossingOn(8) });
    const prediction = first.kind === 'settled' ? first.prediction : samplePrediction();

    const again = settle({ prediction, days: 40, limit: null });

    expect(prediction.status).toBe('hit');
    expect(again).toEqual({ kind: 'settled', prediction });
  });
});
