import type { ShapeStore } from '../../data/state/shape-store.ts';
import type { ShardView } from '../../data/state/shard-state.ts';
import { createSurveyState, keepSeries, type SurveyState } from '../../data/state/survey-state.ts';
import type { SurveyStore } from '../../data/state/survey-store.ts';
import { putWhatIsTaken } from '../../data/tables/put-what-is-taken.ts';
import type { PolicyBook } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Finding } from '../../models/domain/finding.ts';
import { FIVE_MINUTES_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';
import { ServiceError } from '../platform/errors.ts';
import { findingRecord } from './finding-record.ts';
import { makeShapes } from './make-shapes.ts';
import { type GetSeries, registerSeries } from './register-series.ts';
import { advanceClock, bucketsToDo, HISTORY_MS } from './survey-clock.ts';
import { SURVEY_LAYOUT } from './survey-layout.ts';
import { createSurveyWindow } from './survey-window.ts';
import { createRollupCursor, openWorkspaceView, STEP_MS, type WorkspaceView } from './workspace-view.ts';

export interface SurveyDeps {
  readonly surveys: SurveyStore;
  readonly shardCount: number;
  readonly readShard: (workspace: string, shard: number) => Promise<ShardView | undefined>;
  /** Five-minute rollups of every series of the shard in [fromMs, toMs). */
  readonly readRollups: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly getSeries: GetSeries;
  /** What people have said of the series of a workspace; may be half a minute old. */
  readonly readPolicies: (workspace: string) => Promise<PolicyBook>;
  /** What newcomers are judged by, once a day. Repeating it changes nothing. */
  readonly addShapes: ShapeStore['add'];
  /** Repeating it changes nothing. */
  readonly putAnomalies: (workspace: string, anomalies: readonly Anomaly[]) => Promise<void>;
  /** Keeps a finding that the table cannot hold, for people to look at. Twice the same changes nothing. */
  readonly putAside: (
    workspace: string,
    refused: { readonly kind: 'anomaly'; readonly id: string; readonly record: Anomaly; readonly why: string },
  ) => Promise<void>;
  /** So many findings were put aside. */
  readonly countRefused: (workspace: string, findings: number) => void;
  readonly timeZone: string;
}

const MAX_TRIES = 3;
/** Rows read at once, and looked at in one run: history is caught up with in several. */
const WINDOW_ROWS = 200_000;
const RUN_ROWS = 3_000_000;
const LONGEST_WINDOW_BUCKETS = 288;

/**
 * Looks at all series of a workspace together, up to now: groups that move together, members unlike their peers, and
 * who has stayed away. Returns the number of buckets it looked at.
 *
 * Twice at the same time changes nothing: what is done is noted in the state, which is replaced only where nobody else
 * has done so; ids of findings come from what they are about and their onset.
 */
export function createSurveyWorkspace(deps: SurveyDeps) {
  const surveyWindow = createSurveyWindow(createUtcOffset(deps.timeZone));
  const survey = async (workspace: string, nowMs: number): Promise<number | undefined> => {
    const { state: stored, etag } = await deps.surveys.load(workspace);
    const views = await readShards(deps, workspace);
    if (views.length === 0) return 0;
    let state = stored ?? createSurveyState(workspace, SURVEY_LAYOUT);
    await handOn(deps, state);
    advanceClock(state, views, nowMs);
    const { fromMs, toMs } = bucketsToDo(state, views);
    await registerSeries(state, views, deps.getSeries);
    const view = openWorkspaceView(state, views);
    const doneToMs = await surveyBuckets(deps, surveyWindow, view, fromMs, toMs);
    state.doneToMs = Math.max(state.doneToMs, doneToMs);
    const snapshot = makeShapes(view);
    if (snapshot !== undefined) {
      await deps.addShapes(workspace, snapshot);
      state.shapesMs = snapshot.dayMs;
    }
    state.findings = [...view.findings.values()];
    state.outbox = await describe(deps, workspace, [...view.news.values()]);
    state = forgetGone(state, view);
    if ((await deps.surveys.save(state, etag)) === 'conflict') return undefined;
    const refused = await handOn(deps, state);
    if (refused > 0) deps.countRefused(workspace, refused);
    return Math.max(0, doneToMs - fromMs) / STEP_MS;
  };
  return async (workspace: string, nowMs: number): Promise<number> => {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      const buckets = await survey(workspace, nowMs);
      if (buckets !== undefined) return buckets;
    }
    throw new ServiceError('store/conflict', `survey: it was replaced ${MAX_TRIES} times meanwhile`, {
      retryable: true,
    });
  };
}

async function readShards({ readShard, shardCount }: SurveyDeps, workspace: string): Promise<readonly ShardView[]> {
  const shards = Array.from({ length: shardCount }, (_, shard) => readShard(workspace, shard));
  return (await Promise.all(shards)).filter((view) => view !== undefined);
}

/**
 * Of a run that ended between saving and publishing; where it did not, saying it again changes nothing. Returns how many
 * findings the table refused: these do not keep back the others.
 */
function handOn({ putAnomalies, putAside }: SurveyDeps, { workspace, outbox }: SurveyState): Promise<number> {
  return putWhatIsTaken(
    outbox,
    (findings) => putAnomalies(workspace, findings),
    (record, why) => putAside(workspace, { kind: 'anomaly', id: record.anomalyId, record, why }),
  );
}

/** Window by window, as far as one run goes. Returns the start of the first bucket that is not done. */
async function surveyBuckets(
  deps: SurveyDeps,
  surveyWindow: ReturnType<typeof createSurveyWindow>,
  view: WorkspaceView,
  fromMs: number,
  toMs: number,
): Promise<number> {
  const { workspace, seriesIds, shards } = view.state;
  const series = Math.max(1, seriesIds.length);
  const windowMs = Math.min(LONGEST_WINDOW_BUCKETS, Math.ceil(WINDOW_ROWS / series)) * FIVE_MINUTES_MS;
  const endMs = Math.min(toMs, fromMs + Math.ceil(RUN_ROWS / series) * FIVE_MINUTES_MS);
  let atMs = fromMs;
  while (atMs < endMs) {
    const untilMs = Math.min(endMs, atMs + windowMs);
    const rollups = await Promise.all(shards.map(({ shard }) => deps.readRollups(workspace, shard, atMs, untilMs)));
    surveyWindow(view, createRollupCursor(view.state, rollups), atMs, untilMs);
    atMs = untilMs;
  }
  return atMs;
}

/** Words and names for what was found: labels are asked for only now, and only of those that are named. */
async function describe(deps: SurveyDeps, workspace: string, news: readonly Finding[]): Promise<Anomaly[]> {
  const told = news.filter(({ episode }) => episode.phase !== 'doubt');
  if (told.length === 0) return [];
  const ids = new Set(told.flatMap(({ seriesId, sight }) => [seriesId, ...sight.members.map((one) => one.seriesId)]));
  const series = await deps.getSeries(workspace, [...ids]);
  const labels = new Map(series.map((one: Series) => [one.seriesId, one.labels]));
  const policies = await deps.readPolicies(workspace);
  const context = { workspace, policies, labelsOf: (seriesId: string) => labels.get(seriesId) ?? [] };
  return told.map((finding) => findingRecord(context, finding));
}

/** Series without data for three weeks leave, once in a while: when they are a tenth. */
function forgetGone(state: SurveyState, { lastSampleMs }: WorkspaceView): SurveyState {
  const isKept = (index: number): boolean => lastSampleMs[index]! > state.clockMs - HISTORY_MS;
  const gone = state.seriesIds.filter((_, index) => !isKept(index)).length;
  return gone > 0 && gone * 10 >= state.seriesIds.length ? keepSeries(state, isKept) : state;
}
