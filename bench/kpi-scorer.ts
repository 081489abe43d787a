/** A segment counts as found when a row is flagged at most so many rows after its first. */
export const LATEST_ROWS = 7;

/** Scores of one series, one for each row, its labels and how long it is. */
export interface KpiSeries {
  readonly scores: Float64Array;
  /** 1 in a labelled segment, 0 elsewhere. */
  readonly labels: Uint8Array;
  readonly weeks: number;
}

/** How a threshold does: a row is flagged whose score is at least that. */
export interface KpiResult {
  readonly threshold: number;
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  /** Share of the labelled segments that are found in time. */
  readonly segmentsFound: number;
  /** Runs of flagged rows, for each series and week; and those of them that touch no labelled row. */
  readonly alertsPerSeriesWeek: number;
  readonly outsidePerSeriesWeek: number;
}

interface Segment {
  readonly first: number;
  readonly last: number;
}

/** Runs of ones, both ends inside. */
export function segmentsOf(labels: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== 1) continue;
    const first = row;
    while (row + 1 < labels.length && labels[row + 1] === 1) row++;
    segments.push({ first, last: row });
  }
  return segments;
}

/** Score of all series together at one threshold. */
export function scoreKpi(series: readonly KpiSeries[], threshold: number): KpiResult {
  let found = 0;
  let segments = 0;
  let truePositives = 0;
  let positives = 0;
  let falsePositives = 0;
  for (const { scores, labels } of series) {
    for (const { first, last } of segmentsOf(labels)) {
      segments++;
      positives += last - first + 1;
      if (!(earlyScore(scores, first, last) >= threshold)) continue;
      found++;
      truePositives += last - first + 1;
    }
    for (let row = 0; row < scores.length; row++) if (labels[row] === 0 && scores[row]! >= threshold) falsePositives++;
  }
  const weeks = series.reduce((sum, one) => sum + one.weeks, 0);
  const { all, outside } = countRuns(series, threshold);
  const precision = truePositives === 0 ? 0 : truePositives / (truePositives + falsePositives);
  const recall = positives === 0 ? 0 : truePositives / positives;
  return {
    threshold,
    f1: f1Of(truePositives, falsePositives, positives),
    precision,
    recall,
    segmentsFound: segments === 0 ? 0 : found / segments,
    alertsPerSeriesWeek: all / weeks,
    outsidePerSeriesWeek: outside / weeks,
  };
}

/** The threshold, one for all series, with the best F1. */
export function sweepKpi(series: readonly KpiSeries[]): KpiResult {
  const steps: { score: number; truePositives: number; falsePositives: number }[] = [];
  let positives = 0;
  for (const { scores, labels } of series) {
    for (const { first, last } of segmentsOf(labels)) {
      const rows = last - first + 1;
      positives += rows;
      steps.push({ score: earlyScore(scores, first, last), truePositives: rows, falsePositives: 0 });
    }
    for (let row = 0; row < scores.length; row++)
      if (labels[row] === 0) steps.push({ score: scores[row]!, truePositives: 0, falsePositives: 1 });
  }
  steps.sort((a, b) => b.score - a.score);
  let truePositives = 0;
  let falsePositives = 0;
  let best = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  for (let at = 0; at < steps.length; ) {
    const threshold = steps[at]!.score;
    for (; at < steps.length && steps[at]!.score === threshold; at++) {
      truePositives += steps[at]!.truePositives;
      falsePositives += steps[at]!.falsePositives;
    }
    const f1 = f1Of(truePositives, falsePositives, positives);
    if (f1 > best.f1) best = { f1, threshold };
  }
  return scoreKpi(series, best.threshold);
}

function f1Of(truePositives: number, falsePositives: number, positives: number): number {
  const flaggedAndLabelled = truePositives + falsePositives + positives;
  return flaggedAndLabelled === 0 ? 0 : (2 * truePositives) / flaggedAndLabelled;
}

/** The highest threshold at which a segment is found. */
function earlyScore(scores: Float64Array, first: number, last: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let row = first; row <= Math.min(last, first + LATEST_ROWS); row++)
    if (scores[row]! > highest) highest = scores[row]!;
  return highest;
}

function countRuns(series: readonly KpiSeries[], threshold: number): { all: number; outside: number } {
  let all = 0;
  let outside = 0;
  for (const { scores, labels } of series) {
    for (let row = 0; row < scores.length; row++) {
      if (!(scores[row]! >= threshold)) continue;
      let touches = labels[row] === 1;
      for (; row + 1 < scores.length && scores[row + 1]! >= threshold; row++) touches ||= labels[row + 1] === 1;
      all++;
      if (!touches) outside++;
    }
  }
  return { all, outside };
}
