import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Finding } from '../../models/domain/finding.ts';
import { enlarged } from './row-buffer.ts';

/** How many words there are of each thing. Another layout, or version of their meaning, is learned anew from history. */
export interface SurveyLayout {
  readonly version: number;
  readonly seriesWords: number;
  readonly groupWords: number;
  readonly peerWords: number;
  readonly shapeWords: number;
}

/** How far the event time of one shard had come, and when by the clock it was last seen to move. */
export interface ShardMark {
  readonly shard: number;
  readonly watermarkMs: number;
  readonly movedAtMs: number;
}

/** Names of groups of series, in order of appearance, and words of each. */
export interface KeyTable {
  readonly keys: string[];
  readonly indexByKey: Map<string, number>;
  readonly wordsEach: number;
  words: Float64Array;
}

/** Place of a series in no group. */
export const NO_GROUP = 0xffff_ffff;
/** Of the flags of a series: its silence says nothing; it ended as it should, and is waited for no longer. */
export const SERIES_FLAG = { unwatched: 1, letGo: 2 } as const;

/** What is known of a workspace's series together: one object, replaced with one conditional put. */
export interface SurveyState {
  readonly workspace: string;
  readonly layout: SurveyLayout;
  /** Start of the first bucket that is not looked at yet; 0 before the first run. */
  doneToMs: number;
  /** Event time as far as it is known or has gone on by the clock, and when that was looked at. */
  clockMs: number;
  lastRunMs: number;
  /** Data was coming in as it was made; only then does silence mean anything. */
  isLive: boolean;
  shards: ShardMark[];
  findings: Finding[];
  /** Decided and not yet handed on. */
  outbox: Anomaly[];
  seriesIds: string[];
  indexById: Map<string, number>;
  /** Index of each series' group in the tables below, or NO_GROUP. */
  serviceOf: Uint32Array;
  peersOf: Uint32Array;
  instanceOf: Uint32Array;
  flags: Uint8Array;
  /** layout.seriesWords for each series. */
  words: Float64Array;
  services: KeyTable;
  peers: KeyTable;
  instances: KeyTable;
  /** Of peer groups with enough members: how their median moves. */
  shapes: KeyTable;
  /** Start of the day whose shapes newcomers were given last; 0 = none yet. */
  shapesMs: number;
}

export function createKeyTable(wordsEach: number): KeyTable {
  return { keys: [], indexByKey: new Map(), wordsEach, words: new Float64Array(0) };
}

export function createSurveyState(workspace: string, layout: SurveyLayout): SurveyState {
  return {
    workspace,
    layout,
    doneToMs: 0,
    clockMs: 0,
    lastRunMs: 0,
    isLive: false,
    shards: [],
    findings: [],
    outbox: [],
    seriesIds: [],
    indexById: new Map(),
    serviceOf: new Uint32Array(0),
    peersOf: new Uint32Array(0),
    instanceOf: new Uint32Array(0),
    flags: new Uint8Array(0),
    words: new Float64Array(0),
    services: createKeyTable(layout.groupWords),
    peers: createKeyTable(layout.peerWords),
    instances: createKeyTable(0),
    shapes: createKeyTable(layout.shapeWords),
    shapesMs: 0,
  };
}

/** Names of the groups that a series belongs to. */
export interface SeriesGroups {
  readonly service: string | undefined;
  readonly peers: string | undefined;
  readonly instance: string | undefined;
}

/** Gives a new series its row; its words are zero. */
export function addSurveySeries(state: SurveyState, seriesId: string, groups: SeriesGroups, flags: number): number {
  const index = state.seriesIds.length;
  state.seriesIds.push(seriesId);
  state.indexById.set(seriesId, index);
  state.words = withRoom(state.words, (index + 1) * state.layout.seriesWords);
  state.serviceOf = withIndexes(state.serviceOf, index + 1);
  state.peersOf = withIndexes(state.peersOf, index + 1);
  state.instanceOf = withIndexes(state.instanceOf, index + 1);
  if (index >= state.flags.length) {
    const flagsOfMore = new Uint8Array(roomFor(index + 1));
    flagsOfMore.set(state.flags);
    state.flags = flagsOfMore;
  }
  state.serviceOf[index] = keyIndex(state.services, groups.service);
  state.peersOf[index] = keyIndex(state.peers, groups.peers);
  state.instanceOf[index] = keyIndex(state.instances, groups.instance);
  state.flags[index] = flags;
  return index;
}

/** Place of the shape of a peer group, made on first sight. */
export function shapeIndex({ shapes, peers }: SurveyState, group: number): number {
  return keyIndex(shapes, peers.keys[group]);
}

function keyIndex(table: KeyTable, key: string | undefined): number {
  if (key === undefined) return NO_GROUP;
  const known = table.indexByKey.get(key);
  if (known !== undefined) return known;
  const index = table.keys.length;
  table.keys.push(key);
  table.indexByKey.set(key, index);
  table.words = withRoom(table.words, (index + 1) * table.wordsEach);
  return index;
}

function roomFor(length: number): number {
  return Math.max(length, Math.ceil(length * 1.5));
}

function withRoom(values: Float64Array, length: number): Float64Array {
  return length <= values.length ? values : enlarged(values, roomFor(length));
}

function withIndexes(values: Uint32Array, length: number): Uint32Array {
  if (length <= values.length) return values;
  const larger = new Uint32Array(roomFor(length));
  larger.set(values);
  return larger;
}

/** A state without the series that are not kept, and without groups that nobody is in any more. */
export function keepSeries(state: SurveyState, isKept: (index: number) => boolean): SurveyState {
  const next: SurveyState = { ...createSurveyState(state.workspace, state.layout), ...progressOf(state) };
  const { seriesWords } = state.layout;
  for (const [index, seriesId] of state.seriesIds.entries()) {
    if (!isKept(index)) continue;
    const groups = {
      service: state.services.keys[state.serviceOf[index]!],
      peers: state.peers.keys[state.peersOf[index]!],
      instance: state.instances.keys[state.instanceOf[index]!],
    };
    const to = addSurveySeries(next, seriesId, groups, state.flags[index]!);
    next.words.set(state.words.subarray(index * seriesWords, (index + 1) * seriesWords), to * seriesWords);
  }
  for (const key of state.shapes.keys) if (next.peers.indexByKey.has(key)) keyIndex(next.shapes, key);
  for (const name of ['services', 'peers', 'shapes'] as const) copyKeyWords(state[name], next[name]);
  return next;
}

function progressOf({ doneToMs, clockMs, lastRunMs, isLive, shards, findings, outbox, shapesMs }: SurveyState) {
  return { doneToMs, clockMs, lastRunMs, isLive, shards, findings, outbox, shapesMs };
}

function copyKeyWords(from: KeyTable, to: KeyTable): void {
  for (const [index, key] of to.keys.entries()) {
    const at = from.indexByKey.get(key)! * from.wordsEach;
    to.words.set(from.words.subarray(at, at + from.wordsEach), index * to.wordsEach);
  }
}

export function surveyKey(workspace: string): string {
  return `survey/${workspace}`;
}
