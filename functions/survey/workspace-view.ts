import { type ShardView, SLOT } from '../../data/state/shard-state.ts';
import { NO_GROUP, type SurveyState, shapeIndex } from '../../data/state/survey-state.ts';
import { bucketProfiles } from '../../models/detect/bucket-residual.ts';
import { FEWEST_PEERS } from '../../models/detect/peer-outlier.ts';
import type { Finding } from '../../models/domain/finding.ts';
import { FIVE_MINUTES_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import { SERIES_AT } from './survey-layout.ts';

/** Views of one series' words; each is made once for a run, since a view costs more to make than to use. */
export interface SeriesWords {
  readonly residual: Float64Array;
  readonly profiles: Float32Array;
  readonly absence: Float64Array;
  readonly peer: Float64Array;
}

/** Views of the words of a peer group's median. */
export type ShapeWords = Pick<SeriesWords, 'residual' | 'profiles'>;

/** Members of each group, by the group's index. */
export type Members = readonly (readonly number[])[];

/** The survey as it is worked on: what is stored, and what one run makes of it. */
export interface WorkspaceView {
  readonly state: SurveyState;
  readonly series: readonly SeriesWords[];
  /** Every series by its number. */
  readonly all: readonly number[];
  readonly services: Members;
  readonly peers: Members;
  readonly instances: Members;
  /** Of each group of peers that is large enough, how its median moves. */
  readonly shapes: readonly (ShapeWords | undefined)[];
  /** Of each series as its shard has it now: newest and first sample, and the stale marker that ended it (0: none). */
  readonly lastSampleMs: Float64Array;
  readonly firstSampleMs: Float64Array;
  readonly staleAtMs: Float64Array;
  /** Of the bucket at hand: mean (NaN: none), and how far it is from its usual. */
  readonly values: Float64Array;
  readonly deviations: Float64Array;
  /** Findings in progress by kind and key. */
  readonly findings: Map<string, Finding>;
  /** What is to be told of: the newest of each finding. */
  readonly news: Map<string, Finding>;
}

export function openWorkspaceView(state: SurveyState, views: readonly ShardView[]): WorkspaceView {
  const count = state.seriesIds.length;
  const peers = membersOf(state.peersOf, count, state.peers.keys.length);
  const view: WorkspaceView = {
    state,
    series: Array.from({ length: count }, (_, index) => seriesWords(state, index)),
    all: Array.from({ length: count }, (_, index) => index),
    services: membersOf(state.serviceOf, count, state.services.keys.length),
    peers,
    shapes: shapesOf(state, peers),
    instances: membersOf(state.instanceOf, count, state.instances.keys.length),
    lastSampleMs: new Float64Array(count),
    firstSampleMs: new Float64Array(count),
    staleAtMs: new Float64Array(count),
    values: new Float64Array(count),
    deviations: new Float64Array(count),
    findings: new Map(state.findings.map((finding) => [findingKey(finding), finding])),
    news: new Map(),
  };
  for (const { seriesIds, words } of views) {
    for (const [slot, seriesId] of seriesIds.entries()) {
      const index = state.indexById.get(seriesId);
      if (index === undefined) continue;
      const at = slot * SLOT.words;
      view.lastSampleMs[index] = words[at + SLOT.lastTimestampMs]!;
      view.firstSampleMs[index] = words[at + SLOT.firstTimestampMs]!;
      view.staleAtMs[index] = words[at + SLOT.staleAtMs]!;
    }
  }
  return view;
}

function seriesWords(state: SurveyState, index: number): SeriesWords {
  const at = index * state.layout.seriesWords;
  const part = (from: number, to: number): Float64Array => state.words.subarray(at + from, at + to);
  const residual = part(SERIES_AT.residual, SERIES_AT.absence);
  return {
    residual,
    profiles: bucketProfiles(residual),
    absence: part(SERIES_AT.absence, SERIES_AT.peer),
    peer: part(SERIES_AT.peer, SERIES_AT.end),
  };
}

function shapesOf(state: SurveyState, peers: Members): (ShapeWords | undefined)[] {
  const places = peers.map((members, group) =>
    members.length < FEWEST_PEERS ? undefined : shapeIndex(state, group) * state.layout.shapeWords,
  );
  // Only now: a table that has grown has other words.
  return places.map((at) => {
    if (at === undefined) return undefined;
    const residual = state.shapes.words.subarray(at, at + state.layout.shapeWords);
    return { residual, profiles: bucketProfiles(residual) };
  });
}

function membersOf(groupOf: Uint32Array, series: number, groups: number): Members {
  const members: number[][] = Array.from({ length: groups }, () => []);
  for (let index = 0; index < series; index++) {
    const group = groupOf[index]!;
    if (group !== NO_GROUP) members[group]!.push(index);
  }
  return members;
}

/** Of each kind and key there is one finding at a time. */
export function findingKey({ kind, key }: Pick<Finding, 'kind' | 'key'>): string {
  return `${kind} ${key}`;
}

/** Keeps a finding as it stands now, forgets it when it is over, and notes it where people are to be told. */
export function keepFinding(view: WorkspaceView, finding: Finding, isNews: boolean): void {
  const key = findingKey(finding);
  if (finding.episode.phase === 'closed') view.findings.delete(key);
  else view.findings.set(key, finding);
  if (isNews) view.news.set(`${key} ${finding.episode.startedAtMs}`, finding);
}

/** Walks through the rollups of a window, bucket by bucket, in one pass over each series. */
export interface RollupCursor {
  /** Mean of the series in this bucket; NaN where it has none. Buckets ascend. */
  meanAt(index: number, bucketMs: number): number;
}

export function createRollupCursor(
  state: SurveyState,
  rollups: readonly ReadonlyMap<string, RollupColumns>[],
): RollupCursor {
  const columns: (RollupColumns | undefined)[] = Array.from({ length: state.seriesIds.length }, () => undefined);
  for (const ofShard of rollups) {
    for (const [seriesId, found] of ofShard) {
      const index = state.indexById.get(seriesId);
      if (index !== undefined) columns[index] = found;
    }
  }
  const rows = new Uint32Array(columns.length);
  return {
    meanAt(index, bucketMs) {
      const found = columns[index];
      if (found === undefined) return Number.NaN;
      let row = rows[index]!;
      while (row < found.startsMs.length && found.startsMs[row]! < bucketMs) row++;
      rows[index] = row;
      if (row === found.startsMs.length || found.startsMs[row] !== bucketMs) return Number.NaN;
      const mean = found.sums[row]! / found.counts[row]!;
      return Number.isFinite(mean) ? mean : Number.NaN;
    },
  };
}

export const STEP_MS = FIVE_MINUTES_MS;
