import type { Episode } from '../domain/finding.ts';

/** When scores make an episode, and when it is over. */
export interface EpisodeRule {
  /** A bucket with such a score opens one alone. */
  readonly opensAlone: number;
  /** Lesser ones open it when there are so many of them, with at most `mayMiss` others in a row in between. */
  readonly opensWith: number;
  readonly mayMiss: number;
  /** Over after so many buckets in a row clearly below 1. */
  readonly calmPoints: number;
}

/** Clearly below 1, so that a score on the edge does not open and close again and again. */
const CALM_SCORE = 0.9;
/** A week is long enough for any state to be the new normal. */
const LONGEST_MS = 604_800_000;

/** Series of a service that move together: two of three buckets, or one that cannot be overlooked. */
export const GROUP_RULE: EpisodeRule = { opensAlone: 1.4, opensWith: 2, mayMiss: 1, calmPoints: 4 };
/** One among peers: half an hour without pause. What is looked at is the mean of an hour, so that it ends slowly too. */
export const OUTLIER_RULE: EpisodeRule = {
  opensAlone: Number.POSITIVE_INFINITY,
  opensWith: 6,
  mayMiss: 0,
  calmPoints: 6,
};

export interface FollowedEpisode {
  /** Undefined where there is nothing, or nothing any more. */
  readonly episode: Episode | undefined;
  readonly event: 'none' | 'opened' | 'updated' | 'closed';
}

const NOTHING: FollowedEpisode = { episode: undefined, event: 'none' };

/**
 * Follows an episode by one bucket: from the first doubt until it is over.
 *
 * Used by the survey room for findings on several series.
 *
 * Definition: a bucket above 1 begins a doubt; it opens by the rule; `updated` at each further bucket above 1;
 *             closes after the rule's calm buckets below 0.9, or after a week, and ends at the first of them.
 * Input:      the episode so far, or undefined; bucketMs ascending by `stepMs`; score ≥ 0.
 * Output:     a new value, the one given is not changed; a doubt that came to nothing → undefined.
 * Cost:       O(1).
 * Throws:     never.
 */
export function followEpisode(
  episode: Episode | undefined,
  bucketMs: number,
  stepMs: number,
  score: number,
  rule: EpisodeRule,
): FollowedEpisode {
  if (episode === undefined || episode.phase === 'closed') {
    return score > 1 ? judged(begin(bucketMs, score), rule, score) : NOTHING;
  }
  if (episode.phase === 'doubt') return followDoubt(episode, bucketMs, score, rule);
  const calmPoints = score < CALM_SCORE ? episode.calmPoints + 1 : 0;
  const isTooLong = bucketMs - episode.startedAtMs > LONGEST_MS;
  if (calmPoints >= rule.calmPoints || isTooLong) {
    const endedAtMs = bucketMs - Math.max(0, calmPoints - 1) * stepMs;
    return { episode: { ...episode, phase: 'closed', calmPoints, endedAtMs }, event: 'closed' };
  }
  if (score <= 1) return { episode: { ...episode, calmPoints }, event: 'none' };
  return { episode: add(episode, bucketMs, score), event: 'updated' };
}

function begin(bucketMs: number, score: number): Episode {
  return {
    phase: 'doubt',
    startedAtMs: bucketMs,
    lastAtMs: bucketMs,
    endedAtMs: null,
    points: 1,
    calmPoints: 0,
    initialScore: score,
    score,
  };
}

function followDoubt(episode: Episode, bucketMs: number, score: number, rule: EpisodeRule): FollowedEpisode {
  if (score > 1) return judged(add(episode, bucketMs, score), rule, score);
  const calmPoints = episode.calmPoints + 1;
  return calmPoints > rule.mayMiss ? NOTHING : { episode: { ...episode, calmPoints }, event: 'none' };
}

function judged(episode: Episode, rule: EpisodeRule, score: number): FollowedEpisode {
  const opens = score >= rule.opensAlone || episode.points >= rule.opensWith;
  if (!opens) return { episode, event: 'none' };
  return { episode: { ...episode, phase: 'open', initialScore: episode.score }, event: 'opened' };
}

function add(episode: Episode, bucketMs: number, score: number): Episode {
  return {
    ...episode,
    lastAtMs: bucketMs,
    points: episode.points + 1,
    calmPoints: 0,
    score: Math.max(episode.score, score),
  };
}
