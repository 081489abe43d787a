import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../data/history/archive.ts';
import {
  addSeries,
  createShardState,
  RESOLUTIONS,
  type Resolution,
  type ShardState,
  SLOT,
} from '../../../data/state/shard-state.ts';
import { addToBuckets } from '../../../functions/detect/buckets.ts';
import { compactChunks } from '../../../functions/detect/compact-chunks.ts';
import { flushChunks } from '../../../functions/detect/flush-chunks.ts';
import { addLateToRollups } from '../../../functions/detect/late-rollups.ts';
import { addRawRow } from '../../../functions/detect/sample-processor.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

const START_MS = Date.UTC(2026, 0, 5);
const SERIES = 6;
const SAMPLES = 30_000;
const BATCH_SAMPLES = 5_000;
const STEPS_MS = [20_000, 60_000, 300_000, 700_000, 1_800_000, 3_600_000] as const;

/** What exporters send: decimals, thirds, binary fractions, whole numbers, any number, and now and then none. */
const VALUES: readonly ((random: Random) => number)[] = [
  (random) => random.below(100_000) / 100,
  (random) => random.below(9_000) / 300,
  (random) => random.below(4_096) / 1_024,
  (random) => random.below(1_000) * 4_096,
  (random) => random.normal() * 1e5,
  (random) => (random.below(50) === 0 ? Number.NaN : random.below(10) - 5),
];

type Step =
  | { readonly kind: 'sample'; readonly index: number; readonly timestampMs: number; readonly value: number }
  | { readonly kind: 'late'; readonly index: number; readonly timestampMs: number; readonly value: number };

/** Samples of each series in order of time with gaps, and some that come long after their time. */
function makeSteps(random: Random): Step[] {
  const nowMs = Array.from({ length: SERIES }, () => START_MS + random.below(HOUR_MS));
  return Array.from({ length: SAMPLES }, () => {
    const index = random.below(SERIES);
    const value = VALUES[index]!(random);
    if (random.below(2_000) === 0 && nowMs[index]! > START_MS + 3 * HOUR_MS) {
      const timestampMs = START_MS + random.below(nowMs[index]! - START_MS - 2 * HOUR_MS);
      return { kind: 'late', index, timestampMs, value };
    }
    const stepMs = STEPS_MS[index]!;
    nowMs[index]! += random.below(500) === 0 ? 40 * stepMs : stepMs;
    return { kind: 'sample', index, timestampMs: nowMs[index]!, value };
  });
}

interface Kept {
  readonly state: ShardState;
  readonly archive: Archive;
}

/** A shard that has gone through all of it; its rows in chunks, or all of them waiting. */
async function goThrough(steps: readonly Step[], isFlushed: boolean): Promise<Kept> {
  const archive = createArchive(createMemoryObjects());
  const state = createShardState('abcdefghijkl', 0, LAYOUT);
  for (let number = 0; number < SERIES; number++)
    addSeries(state, seriesIdFor(number), number === 3 ? 'counter' : 'gauge', []);
  for (const [i, { kind, index, timestampMs, value }] of steps.entries()) {
    if (i % BATCH_SAMPLES === 0 && isFlushed) {
      await compactChunks(archive, state);
      await flushChunks(archive, state);
    }
    if (kind === 'late')
      await addLateToRollups(archive.readRows, state, index, { timestampMs, value, isStale: false, behindMs: HOUR_MS });
    addRawRow(state, index, timestampMs, value);
    if (kind === 'sample' && Number.isFinite(value)) addToBuckets(state, index, timestampMs, value);
  }
  if (isFlushed) await flushChunks(archive, state);
  return { state, archive };
}

describe('what is read of history', () => {
  it.each([1, 2, 3])(
    'is what was written, to the last bit, in chunks or not, derived or not (seed %i)',
    async (seed) => {
      const steps = makeSteps(createRandom(seed));

      const kept = await goThrough(steps, true);
      const waiting = await goThrough(steps, false);

      expect(await derivedRows(kept, 'raw')).toBe(0);
      expect(await derivedRows(kept, '5m')).toBeGreaterThan(1_000);
      expect(await derivedRows(kept, '1h')).toBeGreaterThan(1_000);
      expect(kept.state.words.slice(0, SERIES * SLOT.words)).toEqual(waiting.state.words.slice(0, SERIES * SLOT.words));
      for (const resolution of RESOLUTIONS) {
        const wanted = { resolution, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
        const expected = await waiting.archive.readRows(waiting.state, wanted);
        expect(new Set(expected.keys())).toEqual(new Set([0, 1, 2, 3, 4, 5]));
        expect(await kept.archive.readRows(kept.state, wanted)).toEqual(expected);
        for (const [index, rows] of expected) {
          const fromMs = rows[Math.floor(rows.length / 3)]!.timestampMs;
          const toMs = rows[Math.floor(rows.length / 2)]!.timestampMs;
          const some = await kept.archive.readRows(kept.state, { resolution, seriesIndex: index, fromMs, toMs });
          expect(some.get(index)).toEqual(rows.filter((row) => row.timestampMs >= fromMs && row.timestampMs < toMs));
        }
      }
    },
  );
});

/** Rows of chunks that the samples are asked for. */
async function derivedRows({ state, archive }: Kept, resolution: Resolution): Promise<number> {
  let derived = 0;
  const chunks = state.chunks.filter((chunk) => chunk.resolution === resolution);
  expect(chunks).not.toEqual([]);
  for (const chunk of chunks) {
    const { columns } = await archive.readChunk(chunk);
    if (resolution !== 'raw') derived += columns[0]!.filter((count) => count === 0).length;
  }
  return derived;
}
