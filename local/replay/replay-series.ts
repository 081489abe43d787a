import { seriesIdOf } from '../../data/segments/series-id.ts';
import { forecastOne } from '../../functions/forecast/forecast-one.ts';
import { COUNTER_RATE_FLOATS, counterRate } from '../../models/detect/counter-rate.ts';
import { SCORED } from '../../models/detect/detector.ts';
import { type SeriesLacks, seriesLacks } from '../../models/detect/lacks.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import { createReplay, type Replay, type ReplayedAnomaly } from '../../models/detect/replay.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import { HISTORY_MS, hourlySeries } from '../../models/forecast/hourly-series.ts';
import { median } from '../../models/numeric/median.ts';
import type { FileSeries } from './series-columns.ts';

/** What was judged, point by point; the band is NaN where nothing was judged yet. */
export interface JudgedColumns {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly expected: Float64Array;
  readonly upper: Float64Array;
}

/** What the service would have said of one series. */
export interface SeriesReplay {
  readonly labels: Labels;
  readonly samples: number;
  readonly missing: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Usual time between two samples; NaN with fewer than two. */
  readonly cadenceMs: number;
  readonly detector: string;
  readonly learnedPoints: number;
  /** Null while it is still learning. */
  readonly trainedSinceMs: number | null;
  readonly anomalies: readonly ReplayedAnomaly[];
  readonly lacks: SeriesLacks | null;
  /** As of the last sample; null where no hour is complete. */
  readonly forecast: Forecast | null;
  readonly judged: JudgedColumns;
}

export interface ReplayOptions {
  readonly timeZone: string;
  readonly limit: { readonly min: number | null; readonly max: number | null };
  readonly isCounter: boolean;
  readonly onProgress?: (ratio: number) => void;
}

const WORKSPACE = 'replay';
const PROGRESS_POINTS = 50_000;

/** Takes one sample at a time through detector and tracker, and forecasts from the end, as the service does. */
export function replaySeries(series: FileSeries, options: ReplayOptions): SeriesReplay {
  const { timestampsMs } = series;
  const values = options.isCounter ? ratesOf(series) : series.values;
  const detector = createDetector(DEFAULT_DETECTOR, { timeZone: options.timeZone });
  const replay = createReplay(detector);
  const judged = takeAll(replay, timestampsMs, values, options.onProgress);
  const { learnedPoints, neededPoints, trainedSinceMs } = replay.progress();
  const [firstMs, lastMs] = [timestampsMs[0]!, timestampsMs.at(-1)!]; // a series has at least one sample
  return {
    labels: series.labels,
    samples: timestampsMs.length,
    missing: series.missing,
    firstMs,
    lastMs,
    cadenceMs: median(timestampsMs.slice(1).map((timestampMs, i) => timestampMs - timestampsMs[i]!)),
    detector: detector.name,
    learnedPoints,
    trainedSinceMs,
    anomalies: replay.anomalies(),
    lacks: seriesLacks({
      learnedPoints,
      neededPoints: trainedSinceMs === null ? (neededPoints ?? 0) : 0,
      firstSampleMs: firstMs,
      lastSampleMs: lastMs,
      weekKnownMs: detector.weekKnownMs,
    }),
    forecast: forecastFrom(series.labels, judged, options),
    judged,
  };
}

function takeAll(
  replay: Replay,
  timestampsMs: Float64Array,
  values: Float64Array,
  onProgress: ReplayOptions['onProgress'],
): JudgedColumns {
  const band = () => new Float64Array(values.length).fill(Number.NaN);
  const { out } = replay.verdict;
  const judged = { timestampsMs, values, lower: band(), expected: band(), upper: band() };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i % PROGRESS_POINTS === 0) onProgress?.(i / values.length);
    if (!Number.isFinite(value)) continue;
    replay.take(timestampsMs[i]!, value);
    if (out.kind !== SCORED) continue;
    judged.lower[i] = out.lower;
    judged.expected[i] = out.expected;
    judged.upper[i] = out.upper;
  }
  return judged;
}

function ratesOf({ timestampsMs, values }: FileSeries): Float64Array {
  const state = new Float64Array(COUNTER_RATE_FLOATS);
  return values.map((value, i) => (Number.isFinite(value) ? counterRate(state, timestampsMs[i]!, value) : Number.NaN));
}

function forecastFrom(labels: Labels, judged: JudgedColumns, { timeZone, limit }: ReplayOptions): Forecast | null {
  const nowMs = judged.timestampsMs.at(-1)!;
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const rollups = hourlyRollups(judged, endMs - HISTORY_MS);
  const hours = hourlySeries(rollups, endMs);
  if (hours === undefined) return null;
  const seriesId = seriesIdOf(WORKSPACE, labels);
  const series = { seriesId, labels, kind: 'gauge', shard: 0, firstSampleMs: judged.timestampsMs[0]! } as const;
  return forecastOne(series, hours, limitsOf(limit), nowMs, timeZone);
}

function limitsOf(limit: ReplayOptions['limit']): Limit[] {
  const bounds = (['max', 'min'] as const).map((bound) => ({ bound, value: limit[bound] }));
  return bounds.flatMap(({ bound, value }) => {
    if (value === null) return [];
    const words = { limitId: bound, title: 'limit', selector: [], unit: '', action: '' };
    return [{ ...words, bound, value, leadTimeMs: 7 * DAY_MS, probability: 0.5, updatedAtMs: 0 }];
  });
}

function hourlyRollups({ timestampsMs, values }: JudgedColumns, fromMs: number): RollupColumns {
  const rows: { startMs: number; count: number; sum: number; min: number; max: number; last: number }[] = [];
  for (const [i, value] of values.entries()) {
    if (timestampsMs[i]! < fromMs || !Number.isFinite(value)) continue;
    const startMs = Math.floor(timestampsMs[i]! / HOUR_MS) * HOUR_MS;
    const row = rows.at(-1);
    if (row?.startMs !== startMs) rows.push({ startMs, count: 1, sum: value, min: value, max: value, last: value });
    else {
      row.count++;
      row.sum += value;
      row.min = Math.min(row.min, value);
      row.max = Math.max(row.max, value);
      row.last = value;
    }
  }
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
  return {
    startsMs: column('startMs'),
    counts: column('count'),
    sums: column('sum'),
    mins: column('min'),
    maxs: column('max'),
    lasts: column('last'),
  };
}
