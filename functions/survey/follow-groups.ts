import { followEpisode, GROUP_RULE } from '../../models/detect/finding-tracker.ts';
import {
  addMember,
  createGroupSums,
  GROUP_WORDS,
  type GroupVerdict,
  judgeGroup,
  learnGroup,
  MOVED_DEVIATION,
  rankMembers,
} from '../../models/detect/group-anomaly.ts';
import type { Finding, FindingSight } from '../../models/domain/finding.ts';
import { findingKey, keepFinding, STEP_MS, type WorkspaceView } from './workspace-view.ts';

/** Members that a finding names; it says how many there are besides. */
const NAMED_MEMBERS = 10;

/** Looks at each service in one bucket: do its series move together as they never do? */
export function followGroups(view: WorkspaceView, bucketMs: number): void {
  const verdict: GroupVerdict = { score: 0, direction: 0, mean: 0, lower: 0, upper: 0 };
  for (const [group, members] of view.services.entries()) {
    const sums = createGroupSums();
    for (const index of members) {
      const deviation = view.deviations[index]!;
      if (!Number.isNaN(deviation)) addMember(sums, deviation);
    }
    const words = view.state.services.words.subarray(group * GROUP_WORDS, (group + 1) * GROUP_WORDS);
    judgeGroup(words, sums, verdict);
    follow(view, group, bucketMs, verdict);
    learnGroup(words, sums, verdict.score);
  }
}

function follow(view: WorkspaceView, group: number, bucketMs: number, verdict: GroupVerdict): void {
  const key = view.state.services.keys[group]!;
  const known = view.findings.get(findingKey({ kind: 'group', key }));
  if (known === undefined && verdict.score <= 1) return;
  const { episode, event } = followEpisode(known?.episode, bucketMs, STEP_MS, verdict.score, GROUP_RULE);
  if (episode === undefined) {
    view.findings.delete(findingKey({ kind: 'group', key }));
    return;
  }
  const isWorst = known === undefined || verdict.score > known.episode.score;
  const sight = isWorst ? sightOf(view, view.services[group]!, verdict) : known.sight;
  const finding: Finding = {
    kind: 'group',
    key,
    seriesId: known?.seriesId ?? sight.members[0]?.seriesId ?? view.state.seriesIds[view.services[group]![0]!]!,
    scope: 'service',
    episode,
    sight,
    away: [],
  };
  keepFinding(view, finding, event !== 'none');
}

function sightOf(view: WorkspaceView, members: readonly number[], verdict: GroupVerdict): FindingSight {
  const { direction } = verdict;
  const deviations = members.flatMap((index) => {
    const deviation = view.deviations[index]!;
    return Number.isNaN(deviation) ? [] : [[index, deviation] as const];
  });
  const moved = deviations.filter(([, deviation]) =>
    direction === 0 ? Math.abs(deviation) >= MOVED_DEVIATION : direction * deviation >= MOVED_DEVIATION,
  );
  return {
    actual: verdict.mean,
    expected: 0,
    lower: verdict.lower,
    upper: verdict.upper,
    direction,
    members: rankMembers(deviations, direction, NAMED_MEMBERS).map(({ member, deviation, share }) => ({
      seriesId: view.state.seriesIds[member]!,
      deviation,
      share,
    })),
    affected: moved.length,
    total: deviations.length,
  };
}
