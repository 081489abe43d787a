import { createDetector, DEFAULT_DETECTOR } from '../models/detect/registry.ts';
import { WEEK_MS } from '../models/detect/seasonal-predict.ts';
import { DEFAULT_THRESHOLD, scoreSeries } from './detect-scores.ts';
import { type KpiResult, type KpiSeries, scoreKpi, sweepKpi } from './kpi-scorer.ts';
import { folderOption, textOption } from './options.ts';
import { readCsvFolder } from './series-csv.ts';

/** Where the trade-off between found segments and alerts is shown, in units of the default threshold. */
const CURVE = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, DEFAULT_THRESHOLD, 1.1, 1.2, 1.3, 1.5, 1.75, 2, 2.5, 3];

export const kpiBench = {
  name: 'kpi',
  describe: 'a detector on labelled KPIs: segments found against alerts, and the best F1 --data DIR [--detector]',
  run: async (args: string[]): Promise<Record<string, unknown>> => {
    const detector = createDetector(textOption(args, '--detector', DEFAULT_DETECTOR));
    const series = readCsvFolder(folderOption(args, 'kpi')).map(({ name, columns, labels }) => {
      process.stderr.write(`kpi: ${name}\n`);
      return { name, labels, ...scoreSeries(detector, columns), weeks: weeksOf(columns.timestampsMs) };
    });
    process.stdout.write(header('series'));
    for (const one of series) process.stdout.write(tableRow(one.name, scoreKpi([one], DEFAULT_THRESHOLD)));
    process.stdout.write(tableRow('all', scoreKpi(series, DEFAULT_THRESHOLD)));
    process.stdout.write(`\n${header('threshold')}`);
    const curve = CURVE.map((threshold) => scoreKpi(series, threshold));
    for (const point of curve) process.stdout.write(tableRow(point.threshold.toFixed(2), point));
    const best = sweepKpi(series);
    return {
      f1: rounded(best.f1),
      fixed: figures(scoreKpi(series, DEFAULT_THRESHOLD)),
      told: figures(scoreKpi(toldSeries(series), DEFAULT_THRESHOLD)),
      fixedHalves: halves(series).map((own) => figures(scoreKpi(own, DEFAULT_THRESHOLD))),
      curve: curve.map((point) => ({ threshold: rounded(point.threshold), ...figures(point) })),
      protocol: `${detector.name} version ${detector.version} at its defaults, fixed in advance; every row of every series seen once, in order, scored before it is learned; f1 at the one threshold swept on the labels (${best.threshold.toFixed(2)}), fixed where the score is above 1, told at the rows at which the tracker opens an anomaly; a run of flagged rows is one alert; halves are the series at even and at odd places in order of name`,
    };
  },
};

/** The same series, flagged where an anomaly is told of. */
function toldSeries(series: readonly (KpiSeries & { readonly told: Float64Array })[]): KpiSeries[] {
  return series.map(({ labels, weeks, told }) => ({ labels, weeks, scores: told }));
}

function weeksOf(timestampsMs: Float64Array): number {
  return timestampsMs.length === 0 ? 0 : (timestampsMs.at(-1)! - timestampsMs[0]!) / WEEK_MS;
}

function halves(series: readonly KpiSeries[]): KpiSeries[][] {
  return [0, 1].map((half) => series.filter((_, place) => place % 2 === half));
}

function figures(result: KpiResult): Record<string, number> {
  const { f1, segmentsFound, alertsPerSeriesWeek, outsidePerSeriesWeek } = result;
  return {
    f1: rounded(f1),
    segmentsFound: rounded(segmentsFound),
    alertsPerSeriesWeek: rounded(alertsPerSeriesWeek),
    outsidePerSeriesWeek: rounded(outsidePerSeriesWeek),
  };
}

function header(first: string): string {
  const names = ['F1', 'precision', 'recall', 'segments', 'alerts/wk', 'outside/wk'];
  return `${first.padEnd(20)}${names.map((name) => name.padStart(11)).join('')}\n`;
}

function tableRow(first: string, result: KpiResult): string {
  const { f1, precision, recall, segmentsFound, alertsPerSeriesWeek, outsidePerSeriesWeek } = result;
  const cells = [f1, precision, recall, segmentsFound, alertsPerSeriesWeek, outsidePerSeriesWeek];
  return `${first.padEnd(20)}${cells.map((cell) => cell.toFixed(3).padStart(11)).join('')}\n`;
}

function rounded(figure: number): number {
  return Number(figure.toFixed(3));
}
