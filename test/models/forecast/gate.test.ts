import { describe, expect, test } from 'vitest';
import type { ForecastSkill } from '../../../models/domain/forecast.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { gateData, gateSkill } from '../../../models/forecast/gate.ts';
import { forecastDays, forecastHours } from '../../../models/forecast/two-scales.ts';
import { hourlyValues } from '../../support/hourly-shapes.ts';

function historyOf(points: number, observedShare = 1) {
  const values = new Float64Array(points);
  return { values, observed: new Uint8Array(points), observedShare, firstIndex: 0, lastIndex: points - 1 };
}

describe('gateData', () => {
  test.each([
    ['167 hours', historyOf(167), 0, [], 'too_short', '167 hours of history without a long gap; 1 more'],
    ['mostly holes', historyOf(400, 0.4), 0, [], 'too_short', 'Only 40 % of the hours'],
    ['silent for a day', historyOf(400), DAY_MS + HOUR_MS, [], 'stale', '25 hours old'],
    [
      'a jump yesterday',
      historyOf(400),
      0,
      [{ index: 370, settledIndex: 370, size: 9 }],
      'regime_change',
      'jumped 30 hours ago',
    ],
  ])('%s: abstains and says why', (_, history, ageMs, shifts, reason, words) => {
    const abstention = gateData(history, ageMs, shifts);

    expect(abstention).toMatchObject({ kind: 'abstain', reason, skill: null });
    expect(abstention!.detail).toContain(words);
  });

  test.each([
    ['a week exactly', historyOf(168), 0, []],
    ['a day of silence', historyOf(400), DAY_MS, []],
    ['half observed', historyOf(400, 0.5), 0, []],
    ['a jump of three days ago', historyOf(400), 0, [{ index: 328, settledIndex: 328, size: 9 }]],
  ])('%s passes', (_, history, ageMs, shifts) => {
    expect(gateData(history, ageMs, shifts)).toBeNull();
  });
});

describe('gateSkill', () => {
  const values = hourlyValues(28, 1, (hour, random) => 10 + 0.1 * hour + random.normal());
  const history = { values, observed: new Uint8Array(values.length).fill(1) };
  const hourly = forecastHours(history);
  const daily = forecastDays(history);
  const skillOf = (mase: number, maseLastValue: number, maseSeasonalNaive: number): ForecastSkill => {
    const skill = 1 - mase / Math.min(maseLastValue, maseSeasonalNaive);
    return { mase, maseLastValue, maseSeasonalNaive, skill, coverage80: 0.8, origins: 8 };
  };
  const none = { ...daily, skill: skillOf(1, 1, 1), winShare: 0.5 };
  const verdictOf = (skill: ForecastSkill, change: Partial<Parameters<typeof gateSkill>[0]> = {}) =>
    gateSkill({ hourly: { ...hourly, skill }, daily: none, zeroShare: 0, isConstant: false, ...change });

  test.each([
    ['better than both', skillOf(0.5, 1, 1), 'skilled'],
    ['as good as the season, which is knowledge', skillOf(0.5, 1, 0.5), 'skilled'],
    ['a little worse than the season', skillOf(0.52, 1, 0.5), 'unskilled'],
    ['as good as the last value, which is none', skillOf(1, 1, 2), 'unskilled'],
    ['a little better than the last value', skillOf(0.96, 1, 2), 'unskilled'],
  ])('%s: %o is %s', (_, skill, kind) => {
    expect(verdictOf(skill).kind).toBe(kind);
  });

  test('a trend of days that wins clearly is enough, and its skill is the one that is shown', () => {
    const skill = skillOf(0.5, 1, 1);
    const verdict = verdictOf(skillOf(1, 1, 1), { daily: { ...daily, skill, winShare: 0.8 } });

    expect(verdict).toEqual({ kind: 'skilled', skill });
  });

  test.each([
    ['wins by too little', skillOf(0.9, 1, 1), 1],
    ['wins at too few origins', skillOf(0.5, 1, 1), 0.6],
  ])('a trend of days that %s is chance', (_, skill, winShare) => {
    expect(verdictOf(skillOf(1, 1, 1), { daily: { ...daily, skill, winShare } }).kind).toBe('unskilled');
  });

  test('a refusal names the naive forecast that was as good, and keeps the figures', () => {
    const verdict = verdictOf(skillOf(1.5, 1.25, 2));

    expect(verdict).toMatchObject({ abstention: { reason: 'no_skill', skill: { mase: 1.5 } } });
    expect(verdict.kind === 'unskilled' && verdict.abstention.detail).toContain(
      'no better than repeating the last value (error 1.50 against 1.25)',
    );
  });

  test('a constant and rare bursts have reasons of their own', () => {
    const constant = verdictOf(skillOf(0, 0, 0), { isConstant: true });
    const bursts = verdictOf(skillOf(0.5, 1, 1), {
      hourly: { ...hourly, skill: skillOf(0.5, 1, 1), maseZero: 0.5 },
      zeroShare: 0.9,
    });

    expect(constant).toMatchObject({ abstention: { reason: 'no_skill' } });
    expect(bursts).toMatchObject({ abstention: { reason: 'intermittent' } });
  });
});
