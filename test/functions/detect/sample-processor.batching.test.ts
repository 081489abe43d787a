import { describe, expect, it } from 'vitest';
import { encodeShardState } from '../../../data/state/codec.ts';
import { createShardState, memoryWords, type ShardState, SLOT } from '../../../data/state/shard-state.ts';
import { createSampleProcessor, type LateSamples } from '../../../functions/detect/sample-processor.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../../models/detect/registry.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { idOf, labelsFor, WORKSPACE } from '../../support/shard-room.ts';

describe('the same samples in order', () => {
  const NAMES = ['a wave', 'requests_total', 'a queue'];

  function makeRows(): { at: number; name: string; timestampMs: number; value: number }[] {
    const random = createRandom(7);
    let total = 0;
    return Array.from({ length: 3 * 2_000 }, (_, i) => {
      const [at, minute] = [i % 3, Math.floor(i / 3)];
      if (at === 1) total = minute === 700 ? 0 : total + random.below(30);
      const spike = minute > 1_900 && minute < 1_910 ? 50 : 0;
      const value = [20 + Math.sin(minute / 50) + spike + 0.3 * random.normal(), total, random.below(5)][at]!;
      return { at, name: NAMES[at]!, timestampMs: DAY_MS + minute * 60_000, value };
    });
  }

  /** In batches of so many minutes, the sweep after each as in the room. */
  function learned(minutesAtOnce: number): ShardState {
    const processor = createSampleProcessor(createDetector(DEFAULT_DETECTOR, { timeZone: 'Europe/Vienna' }));
    const state = createShardState(WORKSPACE, 0, processor.layout);
    const rows = makeRows();
    const late: LateSamples = new Map();
    for (let from = 0; from < rows.length; from += 3 * minutesAtOnce) {
      const batch = rows.slice(from, from + 3 * minutesAtOnce);
      for (const [name, own] of Map.groupBy(batch, (row) => row.name)) {
        processor.applySamples(
          state,
          {
            seriesId: idOf(name),
            kind: name.endsWith('_total') ? 'counter' : 'gauge',
            labels: () => labelsFor(name),
            timestampsMs: Float64Array.from(own, ({ timestampMs }) => timestampMs),
            values: Float64Array.from(own, ({ value }) => value),
            stale: new Uint8Array(own.length),
            start: 0,
            end: own.length,
          },
          late,
        );
      }
      processor.closeSilent(state);
    }
    expect(late.size).toBe(0);
    return state;
  }

  const bytesOf = (values: Float64Array, length: number) => Buffer.from(values.slice(0, length).buffer).toString('hex');

  it.each([2, 7, 60, 333])('cut into batches of %i minutes leave the same words as minute by minute', (atOnce) => {
    const [one, other] = [learned(1), learned(atOnce)];

    expect(bytesOf(other.words, 3 * SLOT.words)).toBe(bytesOf(one.words, 3 * SLOT.words));
    const memory = 3 * memoryWords(one.layout);
    expect(bytesOf(other.memory, memory)).toBe(bytesOf(one.memory, memory));
    expect(other.counters).toEqual(one.counters);
  });

  it('leave the same anomalies, told in the end with the same words', () => {
    const last = (state: ShardState) => new Map(state.outbox.anomalies.map((anomaly) => [anomaly.anomalyId, anomaly]));

    expect(last(learned(1)).size).toBeGreaterThan(0);
    expect(last(learned(60))).toEqual(last(learned(1)));
  });

  it('leave the same bytes when they are learned again from the beginning', () => {
    expect(encodeShardState(learned(7))).toEqual(encodeShardState(learned(7)));
  });
});
