import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The two measured columns of the application; the others count its alarms. */
const VARIATES = ['Robot-Shop:calls.sum', 'Robot-Shop:latency.mean'] as const;

export interface Variate {
  readonly name: string;
  readonly values: Float64Array;
}

/** The measured columns of `Application.csv`; an empty cell is missing. */
export function readVariates(folder: string): Variate[] {
  const [header = '', ...rows] = readFileSync(join(folder, 'Application.csv'), 'utf8').trim().split('\n');
  const names = header.trim().split(',');
  const cells = rows.map((row) => row.trim().split(','));
  return VARIATES.map((name) => {
    const at = names.indexOf(name);
    if (at < 0) throw new RangeError(`bizitobs: no column ${name} in Application.csv`);
    return { name, values: Float64Array.from(cells, (row) => (row[at] ? Number(row[at]) : Number.NaN)) };
  });
}

const LARGEST_SHARE = 0.1;
const MOST_WINDOWS = 20;

/** Starts of the windows that are forecast: side by side at the end, a tenth of the series, 1 to 20 of them. */
export function windowStarts(points: number, horizonPoints: number): number[] {
  const wanted = Math.ceil((LARGEST_SHARE * points) / horizonPoints);
  const windows = Math.min(MOST_WINDOWS, Math.max(1, wanted));
  return Array.from({ length: windows }, (_, k) => points - (windows - k) * horizonPoints);
}
