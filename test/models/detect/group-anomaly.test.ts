import { describe, expect, it } from 'vitest';
import {
  addMember,
  createGroupSums,
  FEWEST_MEMBERS,
  GROUP_WORDS,
  type GroupVerdict,
  judgeGroup,
  learnGroup,
  rankMembers,
} from '../../../models/detect/group-anomaly.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const createVerdict = (): GroupVerdict => ({ score: 0, direction: 0, mean: 0, lower: 0, upper: 0 });

/** Deviations of the members in one bucket. */
type Deviations = (bucket: number) => readonly number[];

function scores(buckets: number, deviationsAt: Deviations, state = new Float64Array(GROUP_WORDS)): GroupVerdict[] {
  return Array.from({ length: buckets }, (_, bucket) => {
    const sums = createGroupSums();
    for (const deviation of deviationsAt(bucket)) addMember(sums, deviation);
    const verdict = createVerdict();
    judgeGroup(state, sums, verdict);
    learnGroup(state, sums, verdict.score);
    return verdict;
  });
}

/** Twelve members, of which so much is common. */
function noise(seed: number, members: number, common = 0): () => number[] {
  const { normal } = createRandom(seed);
  return () => {
    const shared = Math.sqrt(common) * normal();
    return Array.from({ length: members }, () => shared + Math.sqrt(1 - common) * normal());
  };
}

const WEEKS = 4 * 2_016;

describe('a group', () => {
  it('is anomalous when all move by one and a half, which none of them shows alone', () => {
    const draw = noise(1, 12);

    const found = scores(WEEKS, (bucket) => draw().map((deviation) => deviation + (bucket >= WEEKS - 6 ? 1.5 : 0)));

    expect(found.slice(0, -6).filter(({ score }) => score > 1)).toEqual([]);
    expect(found.slice(-6).filter(({ score }) => score > 1).length).toBeGreaterThanOrEqual(3);
    expect(found.at(-1)).toMatchObject({ direction: 1 });
    expect(found.at(-1)!.mean).toBeGreaterThan(found.at(-1)!.upper / 2);
  });

  it('is not, where the same is what it always does', () => {
    const draw = noise(2, 12, 0.6);

    const found = scores(WEEKS, (bucket) => draw().map((deviation) => deviation + (bucket >= WEEKS - 6 ? 1.5 : 0)));

    expect(Math.max(...found.slice(-6).map(({ score }) => score))).toBeLessThan(1);
  });

  it('is anomalous when its members go apart, some up and some down', () => {
    const draw = noise(3, 20);

    const found = scores(WEEKS, (bucket) =>
      draw().map((deviation, i) => deviation + (bucket === WEEKS - 1 ? (i % 2 === 0 ? 3 : -3) : 0)),
    );

    expect(found.at(-1)!.score).toBeGreaterThan(1);
    expect(found.at(-1)!.direction).toBe(0);
  });

  it.each([4, 5, 12])('of %i is never anomalous for one member alone, however wild and however long', (members) => {
    const draw = noise(4, members);

    const found = scores(WEEKS, (bucket) =>
      draw().map((deviation, i) => (i === 1 && bucket > WEEKS - 100 ? 500 : deviation)),
    );

    expect(Math.max(...found.map(({ score }) => score))).toBeLessThan(1.4);
  });

  it('mirrored finds the mirrored', () => {
    const up = noise(5, 8);
    const down = noise(5, 8);
    const lifted = (bucket: number): number => (bucket >= WEEKS - 4 ? 2 : 0);

    const one = scores(WEEKS, (bucket) => up().map((deviation) => deviation + lifted(bucket)));
    const other = scores(WEEKS, (bucket) => down().map((deviation) => -(deviation + lifted(bucket))));

    expect(other.at(-1)!.score).toBeCloseTo(one.at(-1)!.score, 9);
    expect(other.at(-1)!.direction).toBe(-one.at(-1)!.direction);
  });

  it('says nothing in its first week, with too few members, or when most of them are away', () => {
    const draw = noise(6, 12);
    const all = scores(2_016, () => draw().map((deviation) => deviation + 9));
    const few = scores(WEEKS, () =>
      draw()
        .slice(0, FEWEST_MEMBERS - 1)
        .map((deviation) => deviation + 9),
    );
    const away = scores(WEEKS, (bucket) => (bucket < WEEKS - 1 ? draw() : [9, 9, 9, 9, 9]));

    for (const verdicts of [all, few, away.slice(-1)]) expect(verdicts.every(({ score }) => score === 0)).toBe(true);
  });

  it('does not depend on the order of its members', () => {
    const forth = noise(7, 9);
    const back = noise(7, 9);

    const one = scores(3_000, () => forth());
    const other = scores(3_000, () => back().toReversed());

    for (const [i, { score }] of other.entries()) expect(score).toBeCloseTo(one[i]!.score, 6);
  });
});

describe('members of a finding', () => {
  it('are ranked by what they add, and their shares are the whole', () => {
    const ranked = rankMembers(
      [
        ['a', 1],
        ['b', 2],
        ['c', 9],
        ['d', -2],
      ],
      1,
      10,
    );

    expect(ranked.map(({ member }) => member)).toEqual(['c', 'b', 'a']);
    expect(ranked.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('are none where none went that way', () => {
    expect(rankMembers([['a', -1]], 1, 10)).toEqual([]);
  });
});
