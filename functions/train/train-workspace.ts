import { excludedTimes, withoutTimes } from '../../models/calendar/excluded-times.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { NeuralModel } from '../../models/domain/neural-model.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import type { JudgedValues } from '../../models/forecast/backtest.ts';
import { civilHours } from '../../models/forecast/civil-hours.ts';
import { fillGaps } from '../../models/forecast/gaps.ts';
import { HISTORY_MS, hourlySeries } from '../../models/forecast/hourly-series.ts';
import { NEURAL_DEFAULTS, NEURAL_HOURS, NEURAL_UNLEARNED_HOURS } from '../../models/forecast/neural-use.ts';
import { withoutSpikes } from '../../models/forecast/spikes.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';
import { trainNetwork } from './train-network.ts';

export interface TrainWorkspaceDeps {
  /** Hourly rollups of every series of the shard in [fromMs, toMs). */
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly getSeries: (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;
  readonly listCalendars: (workspace: string) => Promise<readonly Calendar[]>;
  readonly models: {
    readonly trainedAtMs: (workspace: string) => Promise<number | undefined>;
    readonly add: (workspace: string, model: NeuralModel) => Promise<'stored' | 'conflict'>;
  };
  /** Makes TensorFlow ready. */
  readonly startBackend: () => Promise<void>;
  readonly clockMs: () => number;
  readonly shardCount: number;
  readonly timeZone: string;
  readonly maxSteps: number;
}

/** A model was stored; none was due yet; there was too little to learn from; or another run was faster. */
export type TrainOutcome = 'stored' | 'not_due' | 'too_little' | 'conflict';

/** Most series that are learned from: more teach little that is new, and take memory. */
const MOST_SERIES = 2_000;
/** A run finds a model as good as new for so long; runs come once a day, and again after one that failed. */
const FRESH_MS = 20 * HOUR_MS;
/** Time for the steps of one workspace, of the fifteen minutes of a function. */
const LONGEST_TRAINING_MS = 5 * 60_000;

/**
 * Trains the neural model of one workspace on the hours of its series, and stores it.
 *
 * The newest hours are left out, so that backtests of the next day are honest. The same hours on the same day give the
 * same parameters: the seed is the number of the day, and the series that take part are drawn from it.
 */
export function createTrainWorkspace(deps: TrainWorkspaceDeps) {
  return async (workspace: string, nowMs: number): Promise<TrainOutcome> => {
    const trainedAtMs = await deps.models.trainedAtMs(workspace);
    if (trainedAtMs !== undefined && trainedAtMs <= nowMs && nowMs - trainedAtMs < FRESH_MS) return 'not_due';
    const untilMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - NEURAL_UNLEARNED_HOURS * HOUR_MS;
    const fromMs = untilMs - HISTORY_MS;
    const seed = Math.floor(nowMs / DAY_MS);
    const series = await readSeries(deps, { workspace, fromMs, untilMs, random: createRandom(seed) });
    if (series.length === 0) return 'too_little';
    await deps.startBackend();
    const deadlineMs = deps.clockMs() + LONGEST_TRAINING_MS;
    const trained = await trainNetwork(series, {
      hiddenSizes: NEURAL_DEFAULTS.hiddenSizes,
      maxSteps: deps.maxSteps,
      layout: NEURAL_HOURS,
      seed,
      hasTime: () => deps.clockMs() < deadlineMs,
    });
    if (trained === undefined) return 'too_little';
    const training = { ...trained.figures, trainedAtMs: nowMs, fromMs, untilMs };
    return deps.models.add(workspace, { network: trained.network, training });
  };
}

interface Span {
  readonly workspace: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly random: Random;
}

/** Shard by shard, so that the rows of only one shard are in memory beside what is learned from. */
async function readSeries(
  deps: TrainWorkspaceDeps,
  { workspace, fromMs, untilMs, random }: Span,
): Promise<readonly JudgedValues[]> {
  const excluded = excludedTimes(await deps.listCalendars(workspace));
  const mostOfShard = Math.ceil(MOST_SERIES / deps.shardCount);
  const learned: JudgedValues[] = [];
  for (let shard = 0; shard < deps.shardCount; shard++) {
    const rollups = await deps.readHours(workspace, shard, fromMs, untilMs);
    const ids = drawn([...rollups.keys()].sort(), mostOfShard, random);
    const series = await deps.getSeries(workspace, ids);
    for (const { seriesId, labels } of series.toSorted((a, b) => (a.seriesId < b.seriesId ? -1 : 1))) {
      const hours = hourlySeries(rollups.get(seriesId)!, untilMs);
      if (hours === undefined) continue;
      const { startMs, values } = withoutTimes(hours, excluded(labels));
      const filled = asCandidatesSee(startMs, values, deps.timeZone);
      if (filled !== null) learned.push(filled);
    }
  }
  return learned;
}

/** On people's clocks, spikes left out, gaps filled. */
function asCandidatesSee(startMs: number, values: Float64Array, timeZone: string): JudgedValues | null {
  return fillGaps(withoutSpikes(civilHours(startMs, values, timeZone).values), {
    longestGapPoints: NEURAL_HOURS.windowPoints,
    periodPoints: NEURAL_HOURS.seasonPoints,
    maxPoints: values.length,
  });
}

/** So many of the items, each as likely as any other, in their order. */
function drawn(items: readonly string[], most: number, random: Random): readonly string[] {
  let wanted = Math.min(most, items.length);
  return items.filter((_, k) => {
    const isTaken = random.uniform() * (items.length - k) < wanted;
    if (isTaken) wanted--;
    return isTaken;
  });
}
