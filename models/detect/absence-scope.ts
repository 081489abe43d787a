import type { AbsenceScope } from '../domain/finding.ts';

/** One series as it stands when somebody is missing. */
export interface PresentSeries {
  /** Start of its last bucket with data. */
  readonly lastMs: number;
  /** Away for long enough to go with others that are missing. */
  readonly isSilent: boolean;
  /** Ended with a stale marker: its sender has said that it is no more. */
  readonly hasEnded: boolean;
  /** A peer began as it ended: the same work goes on under another name. */
  readonly isReplaced: boolean;
}

export interface ScopeMembers {
  readonly scope: AbsenceScope;
  /** Name of the service, host or series. */
  readonly key: string;
  /** Series by number, the one that is missing among them. */
  readonly members: readonly number[];
}

export interface FoundAbsence {
  readonly scope: AbsenceScope;
  readonly key: string;
  /** All that are away together. */
  readonly members: readonly number[];
  /** How many there are in the scope. */
  readonly total: number;
}

/** Went away together: within half an hour. */
const TOGETHER_MS = 1_800_000;
/** A scope is away when so much of it is. */
const AWAY_SHARE = 0.8;
const FEWEST_OF_SCOPE = 2;

/**
 * Scope of an absence: the widest of series, host, service and workspace that has gone away as a whole.
 *
 * Used by the survey room, so that a host that is off is one finding and not forty.
 *
 * Definition: a scope has gone when at least 80 % of its series, and two, are silent since half an hour before or after
 *             the missing one; counted are those that were there till then. What has ended properly is nobody's loss: a
 *             single series that ended with a stale marker or was replaced by a peer; a host all of whose series did
 *             either; a service or workspace all of which was replaced.
 * Input:      the missing series by number, the scopes that it belongs to, widest first, and each series' standing.
 * Output:     undefined where nobody is missing.
 * Cost:       O(members of the scopes).
 * Throws:     never.
 */
export function findAbsence(
  missing: number,
  scopes: readonly ScopeMembers[],
  standingOf: (member: number) => PresentSeries,
): FoundAbsence | undefined {
  const { lastMs } = standingOf(missing);
  for (const { scope, key, members } of scopes) {
    const there = members.filter((member) => standingOf(member).lastMs >= lastMs - TOGETHER_MS);
    const away = there.filter((member) => {
      const standing = standingOf(member);
      return (standing.isSilent || standing.hasEnded) && standing.lastMs <= lastMs + TOGETHER_MS;
    });
    const isWhole = away.length >= FEWEST_OF_SCOPE && away.length >= AWAY_SHARE * there.length;
    if (scope !== 'series' && !isWhole) continue;
    const found = scope === 'series' ? [missing] : away;
    if (found.every((member) => isNoLoss(scope, standingOf(member)))) return undefined;
    return { scope, key, members: found, total: scope === 'series' ? 1 : there.length };
  }
  return undefined;
}

function isNoLoss(scope: AbsenceScope, { hasEnded, isReplaced }: PresentSeries): boolean {
  return isReplaced || (hasEnded && (scope === 'series' || scope === 'instance'));
}
