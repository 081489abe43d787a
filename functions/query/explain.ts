import type { SeriesRef } from '../../data/history/history.ts';
import { COUNTER_RATE_FLOATS, counterRate } from '../../models/detect/counter-rate.ts';
import { type Detector, MISSING, SCORED, type ScoreOut } from '../../models/detect/detector.ts';
import { type GateWords, gateWords } from '../../models/detect/gate-words.ts';
import { judge } from '../../models/detect/judge.ts';
import type { Policy } from '../../models/detect/policy.ts';
import { createReplay, type ReplayedAnomaly } from '../../models/detect/replay.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { SampleColumns, Series, SeriesKind } from '../../models/domain/series.ts';

/** What a series did at a time, and what became of it on the way to an alert. */
export interface Judged {
  /** The newest sample up to that time; null where there is none near enough. */
  readonly sample: { readonly timestampMs: number; readonly value: number } | null;
  /** What was expected; null where nothing was scored. */
  readonly band: { readonly lower: number; readonly expected: number; readonly upper: number } | null;
  readonly score: number | null;
  readonly gates: readonly GateWords[];
  /** The anomaly that the sample belongs to, as far as the data go. */
  readonly anomaly: ReplayedAnomaly | undefined;
  readonly replayed: { readonly fromMs: number; readonly samples: number; readonly isComplete: boolean };
}

export interface JudgeAtDeps {
  readonly readSamples: (ref: SeriesRef, fromMs: number, toMs: number) => Promise<SampleColumns>;
  readonly detector: Detector;
}

/** So many samples, and so many days, are learned anew for one answer: a second or two of work. */
const MOST_SAMPLES = 120_000;
const MOST_DAYS = 90;
/** What comes soon after may show that a sample was the first of an anomaly. */
const AFTER_MS = 6 * HOUR_MS;
/** Later than so many usual steps after the last sample, and so long, there are no data. */
const GAP_STEPS = 5;
const GAP_MS = 600_000;
const CADENCE_SAMPLES = 200;

/**
 * Judges a series at any time by learning its stored history anew, through the same detector and gates as the service.
 *
 * What is behind a bound is not read; then the answer says that it is not complete. What people have said is taken as it is
 * now, since it holds for all that is learned anew.
 */
export async function judgeAt(
  deps: JudgeAtDeps,
  workspace: string,
  series: Series,
  policy: Policy,
  atMs: number,
): Promise<Judged> {
  const { fromMs, samples } = await readPast(deps, workspace, series, atMs);
  const isComplete = fromMs <= series.firstSampleMs;
  const { timestampsMs } = samples;
  const place = timestampsMs.findLastIndex((timestampMs) => timestampMs <= atMs);
  const replayed = { fromMs: timestampsMs[0] ?? fromMs, samples: place + 1, isComplete };
  const missing = whyMissing(timestampsMs, place, atMs);
  if (missing !== undefined) {
    const gates = [{ gate: 'data', passed: false, detail: missing }];
    return { sample: null, band: null, score: null, gates, anomaly: undefined, replayed };
  }
  const sample = { timestampMs: timestampsMs[place]!, value: samples.values[place]! };
  return { sample, ...judgeSample(deps.detector, series.kind, policy, samples, place), replayed };
}

async function readPast({ readSamples }: JudgeAtDeps, workspace: string, series: Series, atMs: number) {
  const ref = { workspace, shard: series.shard, seriesId: series.seriesId };
  const untilMs = atMs + AFTER_MS;
  const lately = await readSamples(ref, atMs - DAY_MS, atMs + 1);
  const days = Math.floor(Math.min(MOST_DAYS, MOST_SAMPLES / Math.max(1, lately.timestampsMs.length)));
  const fromMs = Math.max(series.firstSampleMs, atMs - Math.max(1, days) * DAY_MS);
  return { fromMs, samples: fromMs < untilMs ? await readSamples(ref, fromMs, untilMs) : lately };
}

/** Undefined where there is a sample near enough. */
function whyMissing(timestampsMs: Float64Array, place: number, atMs: number): string | undefined {
  if (place === -1) return 'There is no sample at this time, nor before it as far as was looked';
  const lastMs = timestampsMs[place]!;
  const first = Math.max(0, place - CADENCE_SAMPLES);
  const cadenceMs = place === first ? 0 : (lastMs - timestampsMs[first]!) / (place - first);
  if (atMs - lastMs <= Math.max(GAP_MS, GAP_STEPS * cadenceMs)) return undefined;
  const nextMs = timestampsMs[place + 1];
  const next = nextMs === undefined ? '' : `, the next one at ${new Date(nextMs).toISOString()}`;
  return `There is no sample at this time: the last one before it is of ${new Date(lastMs).toISOString()}${next}`;
}

function judgeSample(detector: Detector, kind: SeriesKind, policy: Policy, samples: SampleColumns, place: number) {
  const { timestampsMs } = samples;
  const values = kind === 'counter' ? ratesOf(samples) : samples.values;
  const replay = createReplay(detector, policy);
  for (let i = 0; i <= place; i++) replay.take(timestampsMs[i]!, values[i]!);
  const [timestampMs, value] = [timestampsMs[place]!, values[place]!];
  const { verdict } = replay;
  const out: ScoreOut = { ...verdict.out, score: verdict.score };
  const { still, peers } = verdict;
  for (let i = place + 1; i < timestampsMs.length; i++) replay.take(timestampsMs[i]!, values[i]!);
  const anomaly = replay.anomalies().find((one) => one.startedAtMs <= timestampMs && timestampMs <= one.lastAtMs);
  const kindOfOut = Number.isFinite(value) ? out.kind : MISSING;
  const judgement = judge(policy, { timestampMs, value, still, peers, episode: anomaly }, { ...out, kind: kindOfOut });
  const isScored = kindOfOut === SCORED;
  const gates = judgement.gates.map(gateWords);
  if (isScored) gates.push(raisedGate(anomaly));
  const { lower, expected, upper, score } = out;
  return { band: isScored ? { lower, expected, upper } : null, score: isScored ? score : null, gates, anomaly };
}

function raisedGate(anomaly: ReplayedAnomaly | undefined): GateWords {
  if (anomaly === undefined) {
    const detail = 'No anomaly: it takes a score of 1.4, or two above 1 among three samples';
    return { gate: 'anomaly', passed: false, detail };
  }
  return { gate: 'anomaly', passed: true, detail: `An anomaly since ${new Date(anomaly.startedAtMs).toISOString()}` };
}

function ratesOf({ timestampsMs, values }: SampleColumns): Float64Array {
  const state = new Float64Array(COUNTER_RATE_FLOATS);
  return values.map((value, i) => (Number.isFinite(value) ? counterRate(state, timestampsMs[i]!, value) : Number.NaN));
}
