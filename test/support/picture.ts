import { SCORED, type ScoreOut } from '../../models/detect/detector.ts';
import type { TimedValue } from './generated-series.ts';

/**
 * Values from a line of characters, one a step: a digit is so many tens, `_` a value that is missing (NaN), a blank a
 * step without any point.
 */
export function readPicture(line: string, startMs: number, stepMs: number): TimedValue[] {
  return line
    .split('')
    .map((sign, i) => ({
      timestampMs: startMs + i * stepMs,
      value: sign === '_' ? Number.NaN : 10 * Number(sign),
      sign,
    }))
    .filter(({ sign }) => sign !== ' ')
    .map(({ timestampMs, value }) => ({ timestampMs, value }));
}

/** Answers as a line of characters: `^` anomalous above, `v` below, `.` normal, `_` missing, `w` warming up. */
export function drawScores(points: readonly TimedValue[], scores: readonly Readonly<ScoreOut>[]): string {
  return scores
    .map((out, i) => {
      if (out.kind !== SCORED) return out.kind === 0 ? 'w' : '_';
      if (out.score <= 1) return '.';
      return points[i]!.value > out.expected ? '^' : 'v';
    })
    .join('');
}
