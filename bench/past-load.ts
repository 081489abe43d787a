import type { CsvSeries } from './series-csv.ts';

/** Bodies for `POST /v1/ingest/metrics`, to be sent one after another. */
export interface PastLoad {
  readonly bodies: readonly string[];
  readonly samples: number;
}

/** As `npm run backfill` sends the past. */
const SAMPLES_PER_REQUEST = 10_000;
const DAY_MS = 86_400_000;

interface Point {
  readonly series: number;
  readonly timestampMs: number;
  readonly value: number;
}

/**
 * Series of a benchmark folder as the past of one installation: each is shifted by whole days so that all end on the same
 * one, and all are sent in order of time, so that a request spans many series. Rows without a value are left out.
 */
export function buildPast(series: readonly CsvSeries[], endMs: number): PastLoad {
  const points = series.flatMap((one, place) => pointsOf(one, place, endMs));
  points.sort((a, b) => a.timestampMs - b.timestampMs);
  const bodies: string[] = [];
  for (let at = 0; at < points.length; at += SAMPLES_PER_REQUEST) {
    const bySeries = Map.groupBy(points.slice(at, at + SAMPLES_PER_REQUEST), (point) => point.series);
    const metrics = [...bySeries].map(([place, group]) => ({
      name: 'value',
      labels: { file: series[place]!.name },
      samples: group.map(({ timestampMs, value }) => [timestampMs, value]),
    }));
    bodies.push(JSON.stringify({ metrics }));
  }
  return { bodies, samples: points.length };
}

function pointsOf({ columns: { timestampsMs, values } }: CsvSeries, series: number, endMs: number): Point[] {
  const lastMs = timestampsMs.reduce((latest, timestampMs) => Math.max(latest, timestampMs), Number.NEGATIVE_INFINITY);
  const shiftMs = Math.floor((endMs - lastMs) / DAY_MS) * DAY_MS;
  return Array.from(values, (value, i) => ({ series, timestampMs: timestampsMs[i]! + shiftMs, value })).filter(
    ({ value }) => Number.isFinite(value),
  );
}
