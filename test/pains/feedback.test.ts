import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../models/detect/anomaly-shape.ts';
import type { Feedback } from '../../models/domain/feedback.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { MONDAY_MS, type TimedValue } from '../support/generated-series.ts';
import { drawDays, openPainStreet, type PainStreet, SERIES_LABELS } from '../support/pain-street.ts';
import { idOf } from '../support/shard-room.ts';

const STEP_MS = 300_000;

/** Noise around 100, and what happens on some days: from an hour on, for so many minutes, so much. */
type Happening = readonly [day: number, hour: number, minutes: number, rise: number];

function days(from: number, to: number, happenings: readonly Happening[]): TimedValue[] {
  const random = createRandom(from + 1);
  return Array.from({ length: ((to - from) * DAY_MS) / STEP_MS }, (_, i): TimedValue => {
    const timestampMs = MONDAY_MS + from * DAY_MS + i * STEP_MS;
    const rise = happenings.find(([day, hour, minutes]) => {
      const sinceMs = timestampMs - MONDAY_MS - day * DAY_MS - hour * HOUR_MS;
      return sinceMs >= 0 && sinceMs < minutes * 60_000;
    })?.[3];
    return { timestampMs, value: 100 + random.normal() + (rise ?? 0) };
  });
}

const FIRST: Happening = [14, 3, 30, 60];

/** After a spike on the fifteenth day people say that it was not useful; a week later something happens again. */
function afterFeedback(happening: Happening, said: Partial<Feedback> = {}): PainStreet {
  const street = openPainStreet();
  street.feed(days(0, 16, [FIRST]));
  const [spike] = street.alerts();
  const feedback: Feedback = {
    feedbackId: 'feedback',
    anomalyId: spike!.anomalyId,
    seriesId: spike!.seriesId,
    verdict: 'not_useful',
    note: '',
    when: 'always',
    shape: shapeOf(spike!),
    createdAtMs: MONDAY_MS + 15 * DAY_MS,
    ...said,
  };
  street.say({ feedback: [feedback] });
  street.feed(days(16, 26, [happening]));
  return street;
}

const picture = (street: PainStreet): string => drawDays(street.alerts(), MONDAY_MS + 14 * DAY_MS, 12);
const SILENT = '^...........';

describe('a spike that was not useful', () => {
  test.each([
    ['the same again', [21, 15, 30, 60], SILENT],
    ['a little higher', [21, 15, 30, 68], SILENT],
    ['lower and shorter', [21, 15, 15, 40], SILENT],
    ['twice as high', [21, 15, 30, 130], '^......^....'],
    ['three times as long', [21, 15, 100, 60], '^......^....'],
    ['downwards', [21, 15, 30, -60], '^......v....'],
  ] as const)('is silent or not when it comes as %s', (_how, happening, expected) => {
    expect(picture(afterFeedback(happening))).toBe(expected);
  });

  test('is kept when it comes again, and names the feedback', () => {
    const muted = afterFeedback([21, 15, 30, 60])
      .anomalies()
      .filter(({ status }) => status === 'muted');

    expect(muted).toMatchObject([{ type: 'spike', mutedBy: 'feedback', endedAtMs: expect.any(Number) }]);
  });

  test('is heard of at another time of day, where it was not useful at that time only', () => {
    expect(picture(afterFeedback([21, 3, 30, 60], { when: 'time_of_day' }))).toBe(SILENT);
    expect(picture(afterFeedback([21, 15, 30, 60], { when: 'time_of_day' }))).toBe('^......^....');
  });

  test('is heard of again once the feedback is taken back, or was "useful"', () => {
    const street = afterFeedback([20, 15, 30, 60]);
    street.say({});
    street.feed(days(26, 28, [[27, 3, 30, 60]]));

    expect(drawDays(street.alerts(), MONDAY_MS + 26 * DAY_MS, 2)).toBe('.^');
    expect(picture(afterFeedback([21, 15, 30, 60], { verdict: 'useful' }))).toBe('^......^....');
  });

  test('says nothing of other series', () => {
    const street = afterFeedback([21, 15, 30, 0]);
    street.feed(days(0, 26, [[21, 15, 30, 60]]), { name: 'other', labels: SERIES_LABELS });

    expect(street.alerts().filter(({ seriesId }) => seriesId === idOf('other'))).toHaveLength(1);
  });
});
