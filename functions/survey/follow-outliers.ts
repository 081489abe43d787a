import { learnBucketResidual } from '../../models/detect/bucket-residual.ts';
import { followEpisode, OUTLIER_RULE } from '../../models/detect/finding-tracker.ts';
import {
  addPeer,
  createPeerScratch,
  FEWEST_PEERS,
  judgePeers,
  PEER_GROUP_WORDS,
  type PeerOutlier,
  readPeerOutlier,
} from '../../models/detect/peer-outlier.ts';
import type { Finding, FindingSight } from '../../models/domain/finding.ts';
import { findingKey, keepFinding, STEP_MS, type WorkspaceView } from './workspace-view.ts';

/**
 * Looks at each group of peers in one bucket: is one of them unlike the others, in another way than it always was? How
 * their median moves is learned for those who will join them.
 */
export function createFollowOutliers() {
  const scratch = createPeerScratch();
  return (view: WorkspaceView, bucketMs: number, localMs: number): void => {
    const stateOf = (index: number): Float64Array => view.series[index]!.peer;
    for (const [group, members] of view.peers.entries()) {
      if (members.length < FEWEST_PEERS) continue;
      scratch.count = 0;
      for (const index of members) {
        const value = view.values[index]!;
        if (!Number.isNaN(value)) addPeer(scratch, index, value);
      }
      const words = view.state.peers.words.subarray(group * PEER_GROUP_WORDS, (group + 1) * PEER_GROUP_WORDS);
      judgePeers(words, stateOf, scratch);
      const shape = view.shapes[group];
      if (shape !== undefined && scratch.count >= FEWEST_PEERS) {
        learnBucketResidual(shape.residual, shape.profiles, localMs, scratch.median, true);
      }
      for (let i = 0; i < scratch.count; i++) {
        const index = scratch.members[i]!;
        follow(view, index, bucketMs, scratch.scores[i]!, () => {
          const outlier = readPeerOutlier(words, stateOf(index), scratch.median, scratch.count);
          return sightOf(outlier, scratch.count);
        });
      }
    }
  };
}

function follow(view: WorkspaceView, index: number, bucketMs: number, score: number, lookAt: () => FindingSight): void {
  if (score <= 1 && view.findings.size === 0) return;
  const key = view.state.seriesIds[index]!;
  const known = view.findings.get(findingKey({ kind: 'outlier', key }));
  if (known === undefined && score <= 1) return;
  const { episode, event } = followEpisode(known?.episode, bucketMs, STEP_MS, score, OUTLIER_RULE);
  if (episode === undefined) {
    view.findings.delete(findingKey({ kind: 'outlier', key }));
    return;
  }
  const isWorst = known === undefined || score > known.episode.score;
  const sight = isWorst ? lookAt() : known.sight;
  const finding: Finding = { kind: 'outlier', key, seriesId: key, scope: 'series', episode, sight, away: [] };
  keepFinding(view, finding, event !== 'none');
}

function sightOf({ actual, expected, lower, upper }: PeerOutlier, total: number): FindingSight {
  const direction = actual > expected ? 1 : -1;
  return { actual, expected, lower, upper, direction, members: [], affected: 1, total };
}
