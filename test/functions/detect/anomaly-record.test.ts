import { describe, expect, it } from 'vitest';
import { anomalyJson } from '../../../functions/query/wire.ts';
import { DETECTORS } from '../../../models/detect/registry.ts';
import type { Change } from '../../../models/domain/change.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, WELL_BEHAVED } from '../../support/generated-series.ts';
import { calendarFor, openPainStreet } from '../../support/pain-street.ts';

const STEP_MS = 300_000;
const FIRST_MS = MONDAY_MS + 15 * DAY_MS + 10 * HOUR_MS;
const SECOND_MS = FIRST_MS + DAY_MS;
const deploy: Change = {
  changeId: 'deploy-1',
  kind: 'deploy',
  summary: 'shop 2',
  source: 'ci',
  service: null,
  atMs: SECOND_MS - 600_000,
  details: {},
  links: [],
};
/** In force all day, says nothing but that it is there. */
const sale = calendarFor('2025-01-22T00:00:00', '2025-01-23T00:00:00', {});

/** Sixteen days with the same spike of twenty minutes on two mornings, the second one after a deploy and during a sale. */
function spikes(detector: string) {
  const street = openPainStreet('UTC', { changes: [deploy], calendars: [sale] }, detector);
  const shape = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
  const isSpike = (sinceMs: number): boolean => sinceMs % DAY_MS < 4 * STEP_MS && sinceMs < 2 * DAY_MS;
  street.feed(
    changedFrom(generateSeries({ shape, seed: 9, stepMs: STEP_MS, days: 18 }), FIRST_MS, (value, sinceMs) =>
      isSpike(sinceMs) ? value + 300 : value,
    ),
  );
  const begins = [FIRST_MS, SECOND_MS].map((atMs) => new Date(atMs).toISOString());
  const told = street.alerts().map(anomalyJson);
  return begins.map((begin) => told.find((anomaly) => anomaly.started_at === begin));
}

describe.each(Object.keys(DETECTORS))('what is told of an anomaly found by %s', (detector) => {
  const [first, second] = spikes(detector);

  it('is what was seen, expected and how far it may be', () => {
    expect(second).toMatchObject({
      type: 'spike',
      status: 'closed',
      started_at: new Date(SECOND_MS).toISOString(),
      duration_seconds: expect.any(Number),
    });
    const { score, initial_score, lower, expected, upper, actual } = second!;
    expect(score).toBeGreaterThanOrEqual(initial_score);
    expect(initial_score).toBeGreaterThan(1);
    expect(lower).toBeLessThanOrEqual(expected);
    expect(expected).toBeLessThanOrEqual(upper);
    expect(actual).toBeGreaterThan(upper);
  });

  it('is the model, and how much it had learned until then', () => {
    const { model, peak_at } = second!;

    expect(model).toMatchObject({ name: detector, version: expect.any(Number) });
    expect(Date.parse(model!.trained_to!)).toBeLessThan(Date.parse(peak_at!));
    expect(model!.samples).toBeGreaterThan(16 * 288);
  });

  it('is an earlier one like it', () => {
    expect(first).not.toHaveProperty('similar_past');
    expect(second!.similar_past).toMatchObject([{ anomaly_id: first!.anomaly_id, type: 'spike' }]);
  });

  it('is the change in whose watch window it began, and the event that was in force', () => {
    expect(first).toMatchObject({ changes: [], calendar: [] });
    expect(second!.changes).toEqual(['deploy-1']);
    expect(second!.calendar).toEqual([
      {
        calendar_id: 'calendar',
        title: 'event',
        starts_at: '2025-01-22T00:00:00.000Z',
        ends_at: '2025-01-23T00:00:00.000Z',
      },
    ]);
  });

  it('is one sentence', () => {
    expect(second!.reason).toMatch(/^Rose to [\d.]+ where [\d.]+ was expected \([\d.]+ to [\d.]+\).*, during event$/);
    expect(first!.reason).not.toContain('during');
    expect(second!.reason).not.toMatch(/[\n.]$/);
  });
});

it('is what each component adds to the score, where the detector has several', () => {
  const attribution = spikes('ensemble')[1]!.attribution!;

  expect(attribution.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
  expect(attribution.map(({ share }) => share)).toEqual(attribution.map(({ share }) => share).sort((a, b) => b - a));
});
