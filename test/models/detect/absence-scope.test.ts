import { describe, expect, it } from 'vitest';
import { findAbsence, type PresentSeries, type ScopeMembers } from '../../../models/detect/absence-scope.ts';

const LEFT_MS = 50_000_000;
const here: PresentSeries = { lastMs: LEFT_MS + 9_000_000, isSilent: false, hasEnded: false, isReplaced: false };
const silent: PresentSeries = { ...here, lastMs: LEFT_MS, isSilent: true };
const ended: PresentSeries = { ...silent, hasEnded: true };
const replaced: PresentSeries = { ...silent, isReplaced: true };
const longGone: PresentSeries = { ...silent, lastMs: LEFT_MS - 9_000_000 };

/** Six series: a and b of host 1, c and d of host 2, e and f of another service on host 3. */
const SCOPES: readonly ScopeMembers[] = [
  { scope: 'workspace', key: 'all', members: [0, 1, 2, 3, 4, 5] },
  { scope: 'service', key: 'shop', members: [0, 1, 2, 3] },
  { scope: 'instance', key: 'host-1', members: [0, 1] },
  { scope: 'series', key: 'a', members: [0] },
];

const find = (...standings: PresentSeries[]) => findAbsence(0, SCOPES, (member) => standings[member]!);

describe('the scope of an absence', () => {
  it.each([
    ['one series', [silent, here, here, here, here, here], 'series', 1],
    ['a host', [silent, silent, here, here, here, here], 'instance', 2],
    ['a service', [silent, silent, silent, silent, here, here], 'service', 4],
    [
      'a service that was stopped properly, which somebody may miss all the same',
      [ended, ended, ended, ended, here, here],
      'service',
      4,
    ],
    ['everything', [silent, silent, silent, silent, silent, silent], 'workspace', 6],
    [
      'what was there till then: others that left long before do not count',
      [silent, silent, longGone, longGone, here, here],
      'service',
      2,
    ],
  ] as const)('is %s', (_words, standings, scope, members) => {
    const found = find(...standings);

    expect(found).toMatchObject({ scope });
    expect(found!.members).toHaveLength(members);
  });

  it.each([
    ['a series that its sender has ended', [ended, here, here, here, here, here]],
    ['a series that a peer has taken over from', [replaced, here, here, here, here, here]],
    ['a host that was stopped while others go on', [ended, ended, here, here, here, here]],
    ['a service all of whose pods were renamed', [replaced, replaced, replaced, replaced, here, here]],
  ])('is nobody for %s', (_words, standings) => {
    expect(find(...standings)).toBeUndefined();
  });
});
