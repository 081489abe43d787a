import { describe, expect, it } from 'vitest';
import { type EpisodeRule, followEpisode, GROUP_RULE, OUTLIER_RULE } from '../../../models/detect/finding-tracker.ts';
import type { Episode } from '../../../models/domain/finding.ts';

const STEP_MS = 300_000;

/** One word for each bucket: o opened, u updated, c closed, . nothing. */
function events(rule: EpisodeRule, scores: string): string {
  let episode: Episode | undefined;
  return scores
    .split(' ')
    .map((score, i) => {
      const followed = followEpisode(episode, i * STEP_MS, STEP_MS, Number(score), rule);
      episode = followed.episode;
      return followed.event === 'none' ? '.' : followed.event[0];
    })
    .join(' ');
}

describe('an episode', () => {
  it.each([
    ['opens at once where nobody can overlook it', GROUP_RULE, '0.2 1.5 0.2 0.2 0.2 0.2 0.2', '. o . . . c .'],
    ['opens with two of three', GROUP_RULE, '1.1 0.8 1.2 1.1 0.1', '. . o u .'],
    ['is nothing where a doubt is alone', GROUP_RULE, '1.1 0.2 0.2 1.1 0.2 0.2', '. . . . . .'],
    ['does not end on the edge', GROUP_RULE, '1.5 0.95 0.95 0.95 0.95 0.95', 'o . . . . .'],
    ['goes on after a pause that is too short', GROUP_RULE, '1.5 0.1 0.1 0.1 1.1 0.1', 'o . . . u .'],
    ['takes half an hour without pause for one among peers', OUTLIER_RULE, '2 2 2 2 2 2 2', '. . . . . o u'],
    ['begins anew after a pause before that', OUTLIER_RULE, '2 2 2 0.5 2 2 2 2 2 2', '. . . . . . . . . o'],
  ])('%s', (_words, rule, scores, expected) => {
    expect(events(rule, scores)).toBe(expected);
  });

  it('ends with its first calm bucket and keeps its highest score', () => {
    let episode: Episode | undefined;
    for (const [i, score] of [1.5, 3, 1.1, 0, 0, 0, 0].entries()) {
      episode = followEpisode(episode, i * STEP_MS, STEP_MS, score, GROUP_RULE).episode;
    }

    expect(episode).toEqual({
      phase: 'closed',
      startedAtMs: 0,
      lastAtMs: 2 * STEP_MS,
      endedAtMs: 3 * STEP_MS,
      points: 3,
      calmPoints: 4,
      initialScore: 1.5,
      score: 3,
    });
  });

  it('ends after a week, whatever goes on', () => {
    const long = Array.from({ length: 2_019 }, () => '2').join(' ');

    expect(events(GROUP_RULE, long).split(' ').indexOf('c')).toBe(2_017);
  });
});
