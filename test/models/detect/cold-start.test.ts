import { describe, expect, it } from 'vitest';
import { BUCKET_RESIDUAL_WORDS, bucketProfiles, learnBucketResidual } from '../../../models/detect/bucket-residual.ts';
import { COLD_START_FLOATS, judgeByPeers, notePeakPeers, peakPeers } from '../../../models/detect/cold-start.ts';
import { createScoreOut, SCORED, type ScoreOut, WARMING } from '../../../models/detect/detector.ts';
import {
  addPeer,
  createPeerScratch,
  judgePeers,
  PEER_GROUP_WORDS,
  PEER_MEMBER_WORDS,
} from '../../../models/detect/peer-outlier.ts';
import { peerShapeOf } from '../../../models/detect/peer-shape.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../../models/detect/registry.ts';
import type { PeerShape } from '../../../models/domain/peer-shape.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import {
  changedFrom,
  generateSeries,
  MONDAY_MS,
  type Shape,
  type TimedValue,
  WELL_BEHAVED,
} from '../../support/generated-series.ts';

const PEERS = 8;

/** What eight members of one shape have shown in so many days, each at a level of its own. */
function shapeOf(shape: Shape, days = 14, levels = (member: number): number => 0.8 + 0.05 * member): PeerShape {
  const series = Array.from({ length: PEERS }, (_, member) =>
    generateSeries({ shape, seed: 100 + member, stepMs: FIVE_MINUTES_MS, days, startMs: MONDAY_MS - days * DAY_MS }),
  );
  const median = new Float64Array(BUCKET_RESIDUAL_WORDS);
  const profiles = bucketProfiles(median);
  const group = new Float64Array(PEER_GROUP_WORDS);
  const members = series.map(() => new Float64Array(PEER_MEMBER_WORDS));
  const scratch = createPeerScratch();
  for (const [i, { timestampMs }] of series[0]!.entries()) {
    scratch.count = 0;
    for (const [member, points] of series.entries()) addPeer(scratch, member, points[i]!.value * levels(member));
    judgePeers(group, (member) => members[member]!, scratch);
    learnBucketResidual(median, profiles, timestampMs, scratch.median, true);
  }
  const made = peerShapeOf(median, profiles, members);
  if (made === undefined) throw new Error('the group has no shape');
  return made;
}

interface Run {
  readonly state: Float64Array;
  /** Times at which the peers' shape called a value anomalous. */
  readonly alarms: readonly number[];
  readonly judged: number;
  readonly lastJudgedMs: number;
  readonly bands: readonly { readonly atMs: number; readonly width: number; readonly ownWidth: number | null }[];
}

function run(points: readonly TimedValue[], shape: PeerShape): Run {
  const detector = createDetector(DEFAULT_DETECTOR);
  const own = new Float64Array(detector.stateFloats);
  detector.init(own);
  const state = new Float64Array(COLD_START_FLOATS);
  const out = createScoreOut();
  const alarms: number[] = [];
  const bands: Run['bands'][number][] = [];
  let judged = 0;
  let lastJudgedMs = 0;
  for (const { timestampMs, value } of points) {
    detector.score(own, timestampMs, value, out);
    const ownWidth = out.kind === SCORED ? out.upper - out.lower : null;
    if (judgeByPeers(state, shape, { timestampMs, localMs: timestampMs, value, learns: true }, out)) {
      judged++;
      lastJudgedMs = timestampMs;
      bands.push({ atMs: timestampMs, width: out.upper - out.lower, ownWidth });
      if (out.score > 1.4) alarms.push(timestampMs);
    } else if (judged > 0) break;
    detector.learn(own, timestampMs, value);
  }
  return { state, alarms, judged, lastJudgedMs, bands };
}

const newcomer = (shape: Shape, stepMs: number, seed: number, startMs = MONDAY_MS + 7 * HOUR_MS) =>
  generateSeries({ shape, seed, stepMs, days: 9, startMs });

const WAVE = WELL_BEHAVED['normal noise on a daily and weekly wave']!;

describe.each([60_000, FIVE_MINUTES_MS])('a newcomer at %d ms', (stepMs) => {
  const quiet = Object.entries(WELL_BEHAVED).filter(([name]) => name !== 'sparse Poisson counts');

  it.each(quiet)('with %s stays quiet for as long as it is judged by its peers', (name, shape) => {
    const peers = shapeOf(shape);
    const alarms = [1, 2, 3, 4].map((seed) => {
      return run(newcomer(shape, stepMs, seed, MONDAY_MS + seed * 5 * HOUR_MS), peers).alarms.length;
    });

    // Heavy tails have to be learned first: one newcomer in four may say something.
    expect(alarms.filter((count) => count > 0).length).toBeLessThanOrEqual(name.startsWith('heavy') ? 1 : 0);
  });

  it('is heard of when it leaves the shape, within its first hours, and only then', () => {
    const points = newcomer(WAVE, stepMs, 2);
    const fromMs = points[0]!.timestampMs + 2 * HOUR_MS;
    const isSpike = (sinceMs: number): boolean => sinceMs < 3 * stepMs;
    const { alarms } = run(
      changedFrom(points, fromMs, (value, sinceMs) => (isSpike(sinceMs) ? 4 * value : value)),
      shapeOf(WAVE),
    );

    expect(alarms[0]).toBe(fromMs);
    for (const alarmMs of alarms) expect(isSpike(alarmMs - fromMs)).toBe(true);
  });

  it('has wider bands than its own detector will give it', () => {
    const both = run(newcomer(WAVE, stepMs, 3), shapeOf(WAVE)).bands.filter(({ ownWidth }) => ownWidth !== null);

    expect(both.length).toBeGreaterThan(100);
    for (const { width, ownWidth } of both) expect(width).toBeGreaterThan(ownWidth!);
  });

  it('is judged from its sixth point on, until its own history is better by a day of comparison', () => {
    const points = newcomer(WAVE, stepMs, 4);
    const { bands, judged, lastJudgedMs } = run(points, shapeOf(WAVE));

    expect(bands[0]!.atMs).toBe(points[5]!.timestampMs);
    expect(lastJudgedMs - points[0]!.timestampMs).toBeGreaterThan(2 * DAY_MS - 2 * HOUR_MS);
    expect(lastJudgedMs - points[0]!.timestampMs).toBeLessThan(8 * DAY_MS);
    expect(judged).toBe((lastJudgedMs - bands[0]!.atMs) / stepMs + 1);
  });

  it('that starts slowly, and then does what its peers do, is no anomaly', () => {
    const points = newcomer(WAVE, stepMs, 5);
    const slow = points.map((point, i) => (i < 12 ? { ...point, value: 1 } : point));

    expect(run(slow, shapeOf(WAVE)).alarms).toEqual([]);
  });

  it('whose level is another one, or that does not move at all, is no anomaly', () => {
    const points = newcomer(WAVE, stepMs, 6);
    const tenfold = points.map(({ timestampMs, value }) => ({ timestampMs, value: 10 * value }));
    const constant = points.map(({ timestampMs }) => ({ timestampMs, value: 250 }));
    const nothing = points.map(({ timestampMs }) => ({ timestampMs, value: 0 }));

    for (const series of [tenfold, constant, nothing]) expect(run(series, shapeOf(WAVE)).alarms).toEqual([]);
  });
});

describe('the end', () => {
  it('comes after nine days, also where its own detector has never been better', () => {
    const shape = shapeOf(WAVE);
    const state = new Float64Array(COLD_START_FLOATS);
    const out = createScoreOut();
    const takes = (day: number): boolean => {
      const timestampMs = MONDAY_MS + day * DAY_MS;
      out.kind = WARMING;
      return judgeByPeers(state, shape, { timestampMs, localMs: timestampMs, value: 70, learns: true }, out);
    };

    expect([0, 0.1, 0.2, 0.3, 0.4, 0.5, 8.9, 9.1, 9.2].map(takes)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('is the beginning for a series that was there before its peers were known', () => {
    const out = { ...createScoreOut(), kind: SCORED } as const;
    const state = new Float64Array(COLD_START_FLOATS);
    const point = { timestampMs: MONDAY_MS, localMs: MONDAY_MS, value: 70, learns: true };

    for (let i = 0; i < 20; i++) expect(judgeByPeers(state, shapeOf(WAVE, 4), point, { ...out })).toBe(false);
    expect(state).toEqual(new Float64Array(COLD_START_FLOATS));
  });
});

describe('a time that is excluded from training', () => {
  it('is judged, and teaches nothing', () => {
    const shape = shapeOf(WAVE);
    const state = new Float64Array(COLD_START_FLOATS);
    const take = (i: number, value: number, learns: boolean): boolean => {
      const timestampMs = MONDAY_MS + i * FIVE_MINUTES_MS;
      return judgeByPeers(state, shape, { timestampMs, localMs: timestampMs, value, learns }, createWarming());
    };
    for (let i = 0; i < 20; i++) take(i, 55, true);
    const before = state.slice();

    expect(take(20, 900, false)).toBe(true);
    expect([...state].map((word, i) => word === before[i] || [2, 3].includes(i))).not.toContain(false);
  });
});

function createWarming(): ScoreOut {
  return { ...createScoreOut(), kind: WARMING };
}

describe('who gave the highest score', () => {
  it('is remembered until it is given by another', () => {
    const state = new Float64Array(COLD_START_FLOATS);
    notePeakPeers(state, 12);

    expect(peakPeers(state)).toBe(12);
  });
});
