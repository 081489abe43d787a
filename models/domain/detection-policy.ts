import type { Change } from './change.ts';
import type { Selector } from './selector.ts';

/** On which side of the expectation a value can be an anomaly. */
export type Direction = 'above' | 'below' | 'both';

/** How closely series are watched after a change. */
export interface WatchRule {
  /** Of which changes; empty = of every kind. */
  readonly kinds: readonly Change['kind'][];
  readonly durationMs: number;
  /** Score that a point must exceed in the window, in place of 1: below 1 is stricter, above 1 quieter. */
  readonly threshold: number;
}

/**
 * What people have said about the detection of some series. What is null is left to less specific policies, and at last
 * to the defaults.
 */
export interface DetectionPolicy {
  /** Deterministic: hash of workspace and selector. */
  readonly policyId: string;
  readonly title: string;
  readonly selector: Selector;
  readonly direction: Direction | null;
  /** Least distance from the expectation that matters, in the unit of the values. */
  readonly minImpact: number | null;
  /** The same as a share of the expectation. */
  readonly minImpactRelative: number | null;
  /** Score that a point must exceed, in place of 1. */
  readonly threshold: number | null;
  readonly watches: readonly WatchRule[] | null;
  readonly updatedAtMs: number;
}
