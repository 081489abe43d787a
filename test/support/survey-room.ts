import { createHistory } from '../../data/history/history.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { encodeShardState } from '../../data/state/codec.ts';
import { createShapeStore } from '../../data/state/shape-store.ts';
import { addSeries, createShardState, type ShardState, SLOT, stateKey } from '../../data/state/shard-state.ts';
import { createSurveyStore } from '../../data/state/survey-store.ts';
import { addToBuckets } from '../../functions/detect/buckets.ts';
import { SURVEY_LAYOUT } from '../../functions/survey/survey-layout.ts';
import { createSurveyWorkspace, type SurveyDeps } from '../../functions/survey/survey-workspace.ts';
import { EMPTY_BOOK, type PolicyBook } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import { FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';
import type { Labels, Series } from '../../models/domain/series.ts';
import { createMemoryObjects, type MemoryObjects } from './memory-objects.ts';
import { bookOf, type Said } from './pain-street.ts';

export const WORKSPACE = 'abcdefghijkl';
const SHARDS = 3;
const LAYOUT = { detector: 'none', detectorVersion: 1, counterWords: 0, detectorWords: 0, trackerWords: 0 };

/** A workspace of three shards as the detect room leaves them, and a survey of it. */
export interface SurveyRoom {
  readonly objects: MemoryObjects;
  readonly anomalies: Map<string, Anomaly>;
  /** What the table refused, and how many of them each run counted. */
  readonly aside: readonly { readonly id: string; readonly why: string }[];
  readonly refusals: readonly number[];
  /** Adds a sample; times of a series ascend. `null` ends the series with a stale marker. */
  add(labels: Readonly<Record<string, string>>, timestampMs: number, value: number | null): void;
  /** From now on this is what people have said. */
  say(said: Said): void;
  /** Stores what was added, then runs the survey; its dependencies can be replaced. */
  run(nowMs: number, replaced?: Partial<SurveyDeps>): Promise<number>;
  /** Open ones and closed ones, by onset, of one type where it is given. */
  found(type?: Anomaly['type']): Anomaly[];
}

export function openSurveyRoom(timeZone = 'UTC'): SurveyRoom {
  const objects = createMemoryObjects();
  const history = createHistory(objects);
  const shards: ShardState[] = Array.from({ length: SHARDS }, (_, shard) => createShardState(WORKSPACE, shard, LAYOUT));
  const registry = new Map<string, Series>();
  const anomalies = new Map<string, Anomaly>();
  const aside: { readonly id: string; readonly why: string }[] = [];
  const refusals: number[] = [];
  const deps: SurveyDeps = {
    surveys: createSurveyStore(objects, SURVEY_LAYOUT),
    shardCount: SHARDS,
    readShard: history.readShard,
    readRollups: (workspace, shard, fromMs, toMs) =>
      history.readShardRollups(workspace, shard, FIVE_MINUTES_MS, fromMs, toMs),
    getSeries: async (_workspace, ids) => ids.flatMap((id) => registry.get(id) ?? []),
    addShapes: createShapeStore(objects).add,
    readPolicies: async () => book,
    putAnomalies: async (_workspace, found) => {
      for (const one of found) anomalies.set(one.anomalyId, one);
    },
    putAside: async (_workspace, refused) => void aside.push(refused),
    countRefused: (_workspace, findings) => {
      refusals.push(findings);
    },
    timeZone,
  };
  let book: PolicyBook = EMPTY_BOOK;
  const known = new Map<string, { state: ShardState; index: number }>();

  function place(
    labels: Readonly<Record<string, string>>,
    firstSampleMs: number,
  ): { state: ShardState; index: number } {
    const name = JSON.stringify(labels);
    const found = known.get(name);
    if (found !== undefined) return found;
    const sorted: Labels = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const seriesId = seriesIdOf(WORKSPACE, sorted);
    const state = shards[known.size % SHARDS]!;
    const index = addSeries(state, seriesId, 'gauge', sorted);
    state.words[index * SLOT.words + SLOT.firstTimestampMs] = firstSampleMs;
    registry.set(seriesId, { seriesId, labels: sorted, kind: 'gauge', shard: state.shard, firstSampleMs });
    const made = { state, index };
    known.set(name, made);
    return made;
  }

  return {
    objects,
    anomalies,
    aside,
    refusals,
    add(labels, timestampMs, value) {
      const { state, index } = place(labels, timestampMs);
      const at = index * SLOT.words;
      state.words[at + SLOT.lastTimestampMs] = timestampMs;
      state.words[at + SLOT.staleAtMs] = value === null ? timestampMs : 0;
      state.watermarkMs = Math.max(state.watermarkMs, timestampMs);
      if (value !== null) addToBuckets(state, index, timestampMs, value);
    },
    say(said) {
      book = bookOf(said, timeZone);
    },
    async run(nowMs, replaced = {}) {
      for (const state of shards) await objects.put(stateKey(WORKSPACE, state.shard), encodeShardState(state));
      return createSurveyWorkspace({ ...deps, ...replaced })(WORKSPACE, nowMs);
    },
    found: (type) =>
      [...anomalies.values()]
        .filter((anomaly) => type === undefined || anomaly.type === type)
        .sort((a, b) => (a.anomalyId < b.anomalyId ? -1 : 1)),
  };
}
