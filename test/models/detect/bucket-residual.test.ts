import { describe, expect, it } from 'vitest';
import {
  BUCKET_RESIDUAL_WORDS,
  bucketProfiles,
  bucketResidual,
  learnBucketResidual,
} from '../../../models/detect/bucket-residual.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const STEP_MS = 300_000;
const DAY = 288;

function deviations(buckets: number, valueAt: (bucket: number) => number, stepMs = STEP_MS): number[] {
  const state = new Float64Array(BUCKET_RESIDUAL_WORDS);
  const profiles = bucketProfiles(state);
  return Array.from({ length: buckets }, (_, bucket) => {
    const value = valueAt(bucket);
    const deviation = bucketResidual(state, profiles, bucket * stepMs, value);
    learnBucketResidual(state, profiles, bucket * stepMs, value);
    return deviation;
  });
}

const spreadOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const wave = (bucket: number): number => 100 + 60 * Math.sin((2 * Math.PI * bucket) / DAY);

describe('how a series differs from itself', () => {
  it('is measured in standard deviations, by day and by night, once its week is known', () => {
    const { normal } = createRandom(1);

    const found = deviations(21 * DAY, (bucket) => wave(bucket) * (1 + 0.05 * normal())).slice(10 * DAY);
    const bySix = [0, 1, 2, 3].map((quarter) =>
      spreadOf(found.filter((_, bucket) => Math.floor((bucket % DAY) / 72) === quarter)),
    );

    for (const spread of bySix) {
      expect(spread).toBeGreaterThan(0.75);
      expect(spread).toBeLessThan(1.3);
    }
  });

  it('shifts and scales with nothing', () => {
    const { normal } = createRandom(2);
    const noise = Array.from({ length: 3 * DAY }, () => normal());
    const plain = deviations(noise.length, (bucket) => wave(bucket) + noise[bucket]!);

    const scaled = deviations(noise.length, (bucket) => 1_000 * (wave(bucket) + noise[bucket]!));

    // The shapes are kept in 32 bits.
    for (const [bucket, deviation] of scaled.entries()) expect(deviation).toBeCloseTo(plain[bucket]!, 3);
  });

  it('is small at the first week-end, and where a shift has lasted', () => {
    const { normal } = createRandom(3);
    const week = deviations(
      8 * DAY,
      (bucket) => (bucket > 5 * DAY && bucket < 7 * DAY ? 0.6 : 1) * wave(bucket) + normal(),
    );
    const shifted = deviations(20 * DAY, (bucket) => wave(bucket) + normal() + (bucket > 15 * DAY ? 40 : 0));

    expect(Math.abs(week[5 * DAY + 60]!)).toBeLessThan(4);
    expect(Math.abs(shifted[15 * DAY + 1]!)).toBeGreaterThan(10);
    expect(spreadOf(shifted.slice(15 * DAY + 30, 16 * DAY))).toBeLessThan(3);
  });

  it('does not hold a recovery against a series', () => {
    const { normal } = createRandom(4);
    const outage = 15 * DAY;
    const found = deviations(16 * DAY, (bucket) => {
      return bucket >= outage && bucket < outage + 8 ? 0 : wave(bucket) + normal();
    });

    expect(Math.abs(found[outage]!)).toBeGreaterThan(10);
    expect(spreadOf(found.slice(outage + 8, outage + 60))).toBeLessThan(2);
  });

  it('is finite for a constant, for zero, for sparse and for enormous values', () => {
    for (const valueAt of [
      () => 0,
      () => 7,
      (bucket: number) => (bucket % 50 === 0 ? 1 : 0),
      (bucket: number) => 1e30 * bucket,
    ]) {
      expect(deviations(3 * DAY, valueAt).every(Number.isFinite)).toBe(true);
      expect(deviations(3 * DAY, valueAt, 3_600_000).every(Number.isFinite)).toBe(true);
    }
  });
});
