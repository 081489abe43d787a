import { describe, expect, test } from 'vitest';
import { encodeShardState } from '../../data/state/codec.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { changedFrom, generateSeries, MONDAY_MS, WELL_BEHAVED } from '../support/generated-series.ts';
import { calendarFor, openPainStreet, policyFor, type Said } from '../support/pain-street.ts';
import { idOf } from '../support/shard-room.ts';

const SPIKE_MS = MONDAY_MS + 9 * DAY_MS;
const SERIES = changedFrom(
  generateSeries({
    shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!,
    seed: 21,
    stepMs: 300_000,
    days: 12,
  }),
  SPIKE_MS,
  (value, sinceMs) => (sinceMs % DAY_MS < HOUR_MS ? value + 60 : value),
);

/** Something of each kind. */
const SAID: Said = {
  policies: [policyFor({ direction: 'above', minImpact: 5, threshold: 0.9 })],
  calendars: [
    calendarFor('2025-01-13T00:00:00', '2025-01-14T00:00:00', { excludeFromTraining: true, shiftMs: HOUR_MS }),
    calendarFor('2025-01-15T00:30:00', '2025-01-15T03:00:00', { muteAlerts: true, calendarId: 'other' }),
  ],
  baselines: [
    {
      baselineId: 'b',
      seriesId: idOf('requests'),
      selector: [],
      fromMs: MONDAY_MS + 8.3 * DAY_MS,
      note: '',
      createdAtMs: 0,
    },
  ],
  changes: [
    { changeId: 'c', kind: 'deploy', summary: '', source: '', service: 'shop', atMs: SPIKE_MS, details: {}, links: [] },
  ],
  feedback: [
    {
      feedbackId: 'f',
      anomalyId: 'a',
      seriesId: idOf('requests'),
      verdict: 'not_useful',
      note: '',
      when: 'time_of_day',
      shape: { type: 'spike', side: 'above', deviation: 70, durationMs: HOUR_MS, startedAtMs: SPIKE_MS },
      createdAtMs: 0,
    },
  ],
};

/** The state, without what waits to be handed on: how often an open anomaly is told of depends on the batches. */
function feedBy(nextLength: () => number) {
  const street = openPainStreet('Europe/Berlin', SAID);
  for (let from = 0; from < SERIES.length; ) {
    const length = nextLength();
    street.feed(SERIES.slice(from, from + length));
    from += length;
  }
  const anomalies = street.anomalies();
  return {
    bytes: encodeShardState({ ...street.state, outbox: { series: [], anomalies: [], withdrawn: [] } }),
    anomalies,
  };
}

describe('the same samples under the same words', () => {
  const whole = feedBy(() => SERIES.length);

  test.each([1, 2, 3])('end in the same state, however they are cut (%d)', (seed) => {
    const random = createRandom(seed);
    const cut = feedBy(() => 1 + random.below(200));

    expect(Buffer.compare(cut.bytes, whole.bytes)).toBe(0);
    expect(cut.anomalies).toEqual(whole.anomalies);
  });

  test('are under words that matter', () => {
    const silent = openPainStreet('Europe/Berlin');
    silent.feed(SERIES);

    expect(whole.anomalies.map(({ status }) => status)).toContain('muted');
    expect(whole.anomalies).not.toEqual(silent.anomalies());
  });
});
