import { describe, expect, test } from 'vitest';
import { buildTimeline, type CalendarSpan, effectAt, NO_EFFECT } from '../../../models/detect/calendar-timeline.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function span(startMs: number, endMs: number, effects: Partial<CalendarSpan> = {}): CalendarSpan {
  const nothing = { muteAlerts: false, excludeFromTraining: false, shiftMs: 0 };
  return { calendarId: 'c', title: 't', startMs, endMs, ...nothing, ...effects };
}

describe('a timeline of calendars', () => {
  test('holds a start and not an end', () => {
    const timeline = buildTimeline([span(10, 20, { muteAlerts: true })]);

    expect([9, 10, 19, 20].map((atMs) => effectAt(timeline, atMs).muteAlerts)).toEqual([false, true, true, false]);
  });

  test('lets each effect of occurrences that overlap hold by itself', () => {
    const timeline = buildTimeline([
      span(10, 30, { muteAlerts: true }),
      span(20, 40, { excludeFromTraining: true, shiftMs: 5 }),
    ]);
    const seen = [15, 25, 35].map((atMs) => {
      const { muteAlerts, excludeFromTraining, shiftMs } = effectAt(timeline, atMs);
      return [muteAlerts, excludeFromTraining, shiftMs];
    });

    expect(seen).toEqual([
      [true, false, 0],
      [true, true, 5],
      [false, true, 5],
    ]);
  });

  test('shifts as the occurrence says that began last', () => {
    const timeline = buildTimeline([span(0, 100, { shiftMs: 1 }), span(50, 60, { shiftMs: 2 })]);

    expect([10, 55, 70].map((atMs) => effectAt(timeline, atMs).shiftMs)).toEqual([1, 2, 1]);
  });

  test('leaves out occurrences that last no time', () => {
    expect(buildTimeline([span(10, 10), span(20, 15)]).effects).toEqual([]);
  });

  test('says the same as a look at every occurrence, whatever they are', () => {
    const random = createRandom(5);
    const spans = Array.from({ length: 200 }, () => {
      const startMs = random.below(2_000);
      return span(startMs, startMs + random.below(120), {
        muteAlerts: random.below(2) === 1,
        excludeFromTraining: random.below(2) === 1,
      });
    });
    const timeline = buildTimeline(spans);
    for (let atMs = -1; atMs < 2_200; atMs++) {
      const held = spans.filter(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
      const effect = effectAt(timeline, atMs);
      expect(effect.muteAlerts).toBe(held.some(({ muteAlerts }) => muteAlerts));
      expect(effect.excludeFromTraining).toBe(held.some(({ excludeFromTraining }) => excludeFromTraining));
      expect(effect.spans).toHaveLength(held.length);
    }
  });

  test('has no effect where nothing is', () => {
    expect(effectAt(buildTimeline([]), 5)).toBe(NO_EFFECT);
  });
});
