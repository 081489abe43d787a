import type { Prediction, PredictionStatus } from '../../models/domain/prediction.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { PredictedRow } from './digest.ts';
import type { DigestSources } from './digest-sources.ts';
import type { LatestWord } from './gather-forecasts.ts';
import { everyItem } from './pages.ts';

const SETTLED: readonly PredictionStatus[] = ['hit', 'early', 'late', 'missed', 'averted', 'void'];
/** A prediction is settled after it was due; this bounds how long after, for services that stood still. */
const SETTLE_DELAY_MS = 90 * DAY_MS;

/** The open predictions and those settled in the period, as of nowMs: what was settled later was open then. */
export async function gatherPredictions(
  sources: Pick<DigestSources, 'listPredictions'>,
  workspace: string,
  fromMs: number,
  nowMs: number,
): Promise<{ open: readonly Prediction[]; settled: readonly Prediction[] }> {
  const open: Prediction[] = [];
  const settled: Prediction[] = [];
  const read = (status: PredictionStatus, from?: string): AsyncGenerator<Prediction> =>
    everyItem((page) => sources.listPredictions(workspace, status, page), { from });
  for await (const one of read('open')) if (one.madeAtMs <= nowMs) open.push(one);
  const from = new Date(fromMs - SETTLE_DELAY_MS).toISOString();
  for (const status of SETTLED) {
    for await (const one of read(status, from)) {
      const settledAtMs = one.settledAtMs ?? nowMs;
      if (settledAtMs > nowMs && one.madeAtMs <= nowMs) open.push(one);
      else if (settledAtMs > fromMs && settledAtMs <= nowMs) settled.push(one);
    }
  }
  return { open, settled };
}

/** Open predictions as rows, those that can wait least first. The newest forecast, where there is one, knows the value of today. */
export function predictedRows(
  open: readonly Prediction[],
  latest: (prediction: Prediction) => LatestWord | undefined,
  nowMs: number,
): readonly PredictedRow[] {
  return open
    .map((prediction) => toRow(prediction, latest(prediction), nowMs))
    .sort((a, b) => a.slackMs - b.slackMs || a.p50Ms - b.p50Ms || (a.predictionId < b.predictionId ? -1 : 1));
}

function toRow(prediction: Prediction, latest: LatestWord | undefined, nowMs: number): PredictedRow {
  const { claim, window } = prediction;
  return {
    predictionId: prediction.predictionId,
    seriesId: prediction.seriesId,
    labels: prediction.labels,
    title: claim.title,
    bound: claim.bound,
    limitValue: claim.value,
    ...(claim.changes && { limitChanges: claim.changes }),
    unit: claim.unit,
    currentValue: latest?.currentValue ?? prediction.currentValue,
    madeAtMs: prediction.madeAtMs,
    ...window,
    probability: prediction.probability,
    probabilityWithinLeadTime: prediction.probabilityWithinLeadTime,
    leadTimeMs: claim.leadTimeMs,
    actByMs: prediction.actByMs,
    slackMs: prediction.actByMs - nowMs,
    action: claim.action,
    frees: latest?.frees ?? null,
  };
}
