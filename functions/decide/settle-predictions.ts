import { serviceOf } from '../../models/decide/service-of.ts';
import { settlePrediction } from '../../models/decide/settle-prediction.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { DecideDependencies } from './dependencies.ts';
import { changeRecord } from './write-record.ts';

/** Older data are read in hours, the last two days to five minutes: a crossing is found soon after it happens. */
const FINE_MS = 2 * DAY_MS;
/** Series without data since then are read in hours only. */
const AT_ONCE = 8;

export interface SettleContext {
  readonly workspace: string;
  /** The limit that a claim is about, as it is now; null where it was removed. */
  readonly limitOf: (prediction: Prediction) => Limit | null;
  readonly changes: readonly Change[];
  readonly nowMs: number;
}

/**
 * Settles those of the open predictions that stored data decide. Returns the ones it settled.
 *
 * Run twice with the same input, the second run finds nothing open that could be settled.
 */
export async function settlePredictions(
  deps: DecideDependencies,
  open: readonly Prediction[],
  context: SettleContext,
): Promise<readonly Prediction[]> {
  const { workspace } = context;
  const series = await deps.series.getMany(workspace, [...new Set(open.map(({ seriesId }) => seriesId))]);
  const shards = new Map(series.map(({ seriesId, shard }) => [seriesId, shard]));
  const settled: Prediction[] = [];
  for (let i = 0; i < open.length; i += AT_ONCE) {
    const written = await Promise.all(
      open.slice(i, i + AT_ONCE).map((prediction) => settleOne(deps, prediction, shards, context)),
    );
    for (const prediction of written) if (prediction !== undefined) settled.push(prediction);
  }
  return settled;
}

async function settleOne(
  deps: DecideDependencies,
  prediction: Prediction,
  shards: ReadonlyMap<string, number>,
  { workspace, limitOf, changes, nowMs }: SettleContext,
): Promise<Prediction | undefined> {
  const { predictionId, seriesId, labels, madeAtMs } = prediction;
  const shard = shards.get(seriesId);
  const { rollups, watermarkMs } =
    shard === undefined ? NOTHING : await readSince(deps, { workspace, shard, seriesId }, madeAtMs, nowMs);
  const service = serviceOf(labels);
  return changeRecord(deps.predictions, workspace, predictionId, async (current) => {
    if (current.status !== 'open') return undefined;
    const outcome = settlePrediction({
      prediction: current,
      limit: limitOf(prediction),
      rollups,
      changes: changes.filter((change) => change.service === service),
      watermarkMs,
      nowMs,
    });
    return outcome.kind === 'settled' ? outcome.prediction : undefined;
  });
}

const NOTHING = { rollups: joinRollups([]), watermarkMs: null };

/** Rollups from a day before the claim, so that a change can be compared with the day before it. */
async function readSince(
  { readRollups }: DecideDependencies,
  ref: { readonly workspace: string; readonly shard: number; readonly seriesId: string },
  madeAtMs: number,
  nowMs: number,
): Promise<{ readonly rollups: RollupColumns; readonly watermarkMs: number | null }> {
  const fromMs = madeAtMs - DAY_MS;
  const fineFromMs = Math.max(fromMs, Math.floor((nowMs - FINE_MS) / HOUR_MS) * HOUR_MS);
  // A little of the future belongs to it: senders' clocks run ahead.
  const toMs = nowMs + HOUR_MS;
  const coarse = fineFromMs > fromMs ? await readRollups(ref, HOUR_MS, fromMs, fineFromMs) : joinRollups([]);
  const fine = await readRollups(ref, FIVE_MINUTES_MS, fineFromMs, toMs);
  const rollups = joinRollups([coarse, fine]);
  const lastStartMs = rollups.startsMs.at(-1);
  return { rollups, watermarkMs: lastStartMs !== undefined && lastStartMs >= madeAtMs ? lastStartMs : null };
}

function joinRollups(parts: readonly RollupColumns[]): RollupColumns {
  const join = (column: keyof RollupColumns): Float64Array => {
    const joined = new Float64Array(parts.reduce((rows, part) => rows + part[column].length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part[column], at);
      at += part[column].length;
    }
    return joined;
  };
  return {
    startsMs: join('startsMs'),
    counts: join('counts'),
    sums: join('sums'),
    mins: join('mins'),
    maxs: join('maxs'),
    lasts: join('lasts'),
  };
}
