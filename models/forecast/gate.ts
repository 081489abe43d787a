import type { ForecastSkill } from '../domain/forecast.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { FilledHistory } from './gaps.ts';
import type { LevelShift } from './level-shift.ts';
import type { Abstention } from './outcome.ts';
import type { ScaleForecast } from './scale-forecast.ts';

/** One whole week: the least in which a day can be told from its weekend. */
export const NEEDED_HOURS = 168;
/** A history with more holes than values teaches the filling, not the series. */
const NEEDED_OBSERVED_SHARE = 0.5;
/** With nothing new for a day the first half of the hourly forecast is already past. */
const STALE_MS = DAY_MS;
/** Days that must lie after a shift before the past on its old level counts again. */
const HOURS_AFTER_SHIFT = 72;
/** The combination must beat repeating the last value by this share, else it adds nothing to looking at the dial. */
const BETTER_THAN_LAST_VALUE = 0.05;
/** Trends of days are easily seen by chance: they must win by more, and at most of the origins. */
const DAILY_SKILL = 0.2;
const DAILY_WIN_SHARE = 0.7;
/** A series that is zero most of the time must be foreseen at least this much better than by always saying zero. */
const MOSTLY_ZERO_SHARE = 0.5;
const BETTER_THAN_ZERO = 0.2;

/**
 * Abstention for a series without a single value.
 *
 * Throws:     never.
 *
 * @example
 * abstainWithoutValues().reason // => 'too_short'
 */
export function abstainWithoutValues(): Abstention {
  return abstain('too_short', `There is no value yet; ${NEEDED_HOURS} hourly values are needed.`);
}

/**
 * Gate on the data: whether there is enough of it, new enough and of one kind, before anything is fitted.
 *
 * Definition: at least 168 hours since the last long gap, half of them observed; newest value at most a day old; no
 *             lasting jump of the level in the newest 72 hours.
 * Input:      history; newestAgeMs, from the end of its newest hour to now; its shifts.
 * Output:     why to abstain, or null to go on.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * gateData({ values: Float64Array.of(1), observed: Uint8Array.of(1), observedShare: 1, firstIndex: 0, lastIndex: 0 }, 0, []).reason // => 'too_short'
 */
export function gateData(
  history: FilledHistory,
  newestAgeMs: number,
  shifts: readonly LevelShift[],
): Abstention | null {
  if (newestAgeMs > STALE_MS) {
    const hours = Math.floor(newestAgeMs / HOUR_MS);
    return abstain('stale', `The newest value is ${hours} hours old; forecasts resume when values arrive again.`);
  }
  const points = history.values.length;
  if (points < NEEDED_HOURS) {
    const missing = NEEDED_HOURS - points;
    return abstain(
      'too_short',
      `There are ${points} hours of history without a long gap; ${missing} more are needed to make ${NEEDED_HOURS}.`,
    );
  }
  if (history.observedShare < NEEDED_OBSERVED_SHARE) {
    const percent = Math.round(100 * history.observedShare);
    return abstain('too_short', `Only ${percent} % of the hours hold a value; at least half of them must.`);
  }
  const newest = shifts.at(-1);
  if (newest === undefined || points - newest.settledIndex >= HOURS_AFTER_SHIFT) return null;
  const age = points - newest.index;
  return abstain(
    'regime_change',
    `The level jumped ${age} hours ago; forecasts resume once ${HOURS_AFTER_SHIFT} hours lie after the jump.`,
  );
}

export interface SkillCase {
  readonly hourly: ScaleForecast;
  readonly daily: ScaleForecast;
  /** Share of the observed hours that are exactly zero. */
  readonly zeroShare: number;
  readonly isConstant: boolean;
}

export type SkillVerdict =
  | { readonly kind: 'skilled'; readonly skill: ForecastSkill }
  | { readonly kind: 'unskilled'; readonly abstention: Abstention };

/**
 * Gate on skill: whether the combination did better on the past than what needs no model.
 *
 * Definition: passes on hours when its error is below 95 % of that of the last value and not above that of the seasonal
 *             naive; a season that is repeated exactly is knowledge, a value that is repeated is none. Passes on days
 *             when it beats the better naive by 20 % and the last value at 70 % of the origins, which a steady fill
 *             always does. A series that is mostly zero must beat the forecast "zero" by 20 %.
 * Output:     the skill of the scale that passed, hours first; else the reason, with the skill on hours.
 * Cost:       O(1).
 * Throws:     never.
 */
export function gateSkill({ hourly, daily, zeroShare, isConstant }: SkillCase): SkillVerdict {
  if (isConstant) {
    return unskilled(
      'no_skill',
      'The value stands still, and a forecast would only repeat it; forecasts resume once it moves.',
      hourly.skill,
    );
  }
  if (zeroShare > MOSTLY_ZERO_SHARE && hourly.skill.mase > (1 - BETTER_THAN_ZERO) * hourly.maseZero) {
    const percent = Math.round(100 * zeroShare);
    const detail = `${percent} % of the hours are zero and the others follow no season; a sum over days may be foreseeable.`;
    return unskilled('intermittent', detail, hourly.skill);
  }
  if (passesOnHours(hourly.skill)) return { kind: 'skilled', skill: hourly.skill };
  if (daily.skill.skill >= DAILY_SKILL && daily.winShare >= DAILY_WIN_SHARE)
    return { kind: 'skilled', skill: daily.skill };
  const { mase, maseLastValue, maseSeasonalNaive } = hourly.skill;
  const naive = maseLastValue <= maseSeasonalNaive ? 'repeating the last value' : 'repeating the last season';
  const best = Math.min(maseLastValue, maseSeasonalNaive);
  const detail =
    `On its own past the forecast was no better than ${naive} (error ${mase.toFixed(2)} against ${best.toFixed(2)}); ` +
    'a steadier trend or season, or more history of one, would change that.';
  return unskilled('no_skill', detail, hourly.skill);
}

function passesOnHours(skill: ForecastSkill): boolean {
  const rounding = 1e-6 * skill.maseLastValue;
  return (
    skill.mase < (1 - BETTER_THAN_LAST_VALUE) * skill.maseLastValue && skill.mase <= skill.maseSeasonalNaive + rounding
  );
}

function abstain(reason: Abstention['reason'], detail: string): Abstention {
  return { kind: 'abstain', reason, detail, skill: null };
}

function unskilled(reason: Abstention['reason'], detail: string, skill: ForecastSkill): SkillVerdict {
  return { kind: 'unskilled', abstention: { kind: 'abstain', reason, detail, skill } };
}
