import { describe, expect, test } from 'vitest';
import type { Detector } from '../../../models/detect/detector.ts';
import { followAcceptedNormal, HABIT_FLOATS } from '../../../models/detect/habits.ts';
import { PLAIN_POLICY, type Policy } from '../../../models/detect/policy.ts';
import { createDetector } from '../../../models/detect/registry.ts';

const accepting = (...times: number[]): Policy => ({
  ...PLAIN_POLICY,
  acceptedNormals: times.map((fromMs) => ({ baselineId: `b${fromMs}`, fromMs })),
});

/** A detector whose whole state is the shares with which its level was moved. */
function leveled(): { readonly detector: Detector; readonly shares: number[] } {
  const shares: number[] = [];
  const relevel: NonNullable<Detector['relevel']> = (_state, _timestampMs, _value, share) => {
    shares.push(share);
  };
  return { detector: { ...createDetector('seasonal-robust'), relevel }, shares };
}

function follow(policy: Policy, times: readonly number[], detector: Detector, firstAtMs = 0): boolean[] {
  const habits = new Float64Array(HABIT_FLOATS);
  const state = new Float64Array(detector.stateFloats);
  return times.map((timestampMs) =>
    followAcceptedNormal(habits, policy, detector, state, {
      timestampMs,
      value: 5,
      isFirst: timestampMs === firstAtMs,
    }),
  );
}

describe('a new normal that was accepted', () => {
  test('is followed from its time on, with shares that average its first twelve points', () => {
    const { detector, shares } = leveled();

    follow(
      accepting(300),
      Array.from({ length: 20 }, (_, i) => 100 + i * 100),
      detector,
    );

    expect(shares).toEqual(Array.from({ length: 12 }, (_, i) => 1 / (i + 1)));
  });

  test('gives way to a later one', () => {
    const { detector, shares } = leveled();

    follow(accepting(200, 400), [100, 200, 300, 400, 500], detector);

    expect(shares).toEqual([1, 1 / 2, 1, 1 / 2]);
  });

  test('moves nothing before its time, nor in a series that begins after it', () => {
    const { detector, shares } = leveled();

    follow(accepting(900), [100, 200], detector);
    follow(accepting(50), [100, 200], detector, 100);

    expect(shares).toEqual([]);
  });

  test('makes a detector begin anew that knows no other way, once', () => {
    const { name, version, stateFloats, weekKnownMs, init, score, learn } = createDetector('seasonal-robust');

    expect(
      follow(accepting(200), [100, 200, 300], { name, version, stateFloats, weekKnownMs, init, score, learn }),
    ).toEqual([false, true, false]);
  });
});
