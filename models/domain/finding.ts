import type { SeriesId } from './series.ts';

/** The value of the label `service` under which everything is filed that went silent at once. */
export const EVERY_SERVICE = 'every service';

/** What is found only by looking at several series, or at none: that they move together, that one is odd, that they are away. */
export type FindingKind = 'group' | 'outlier' | 'missing';

/** What an absence takes in: one series, a host, a service, or everything. */
export type AbsenceScope = 'series' | 'instance' | 'service' | 'workspace';

/** A series that a finding is about. */
export interface FindingMember {
  readonly seriesId: SeriesId;
  /** How far from its usual, in standard deviations; of an absence, buckets away. */
  readonly deviation: number;
  /** Part of the finding that is its own, 0 to 1. */
  readonly share: number;
}

/** Length of an episode: when it began, when it was last seen, how far it got. */
export interface Episode {
  /** Doubts are not told to anybody. */
  readonly phase: 'doubt' | 'open' | 'closed';
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly endedAtMs: number | null;
  /** Anomalous buckets, and calm ones in a row since the last. */
  readonly points: number;
  readonly calmPoints: number;
  readonly initialScore: number;
  readonly score: number;
}

/** What was seen when the score was highest. */
export interface FindingSight {
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** Up, down, or both ways. */
  readonly direction: -1 | 0 | 1;
  readonly members: readonly FindingMember[];
  /** How many have moved, or are away; and how many there are. */
  readonly affected: number;
  readonly total: number;
}

/** A finding in progress, as it is kept between two looks. */
export interface Finding {
  readonly kind: FindingKind;
  /** What it is about: a service, a series, a host. One finding at a time for each kind and key. */
  readonly key: string;
  /** The series that stands for it, the same for as long as it lasts. */
  readonly seriesId: SeriesId;
  readonly scope: AbsenceScope;
  readonly episode: Episode;
  readonly sight: FindingSight;
  /** Of an absence: the series that have not come back. */
  readonly away: readonly SeriesId[];
}
