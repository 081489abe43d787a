import { createHash } from 'node:crypto';
import { forecastSteps, type StepsOptions, stepsHistory, withWeek } from '../models/forecast/forecast-steps.ts';
import { allCandidates } from '../models/forecast/registry.ts';
import { commonSeason } from '../models/forecast/season-test.ts';
import { seasonedCandidates } from '../models/forecast/steps-candidates.ts';
import { augursBest, startAugurs } from './augurs-peer.ts';
import { type IntervalForecast, type MethodScores, type ScoredSeries, scoreMethod } from './forecast-scores.ts';
import { cutBack, type HeldOutSeries, readCompetition } from './m4-data.ts';
import { naive2, naiveInterval } from './naive2.ts';
import { countOption, countsOption, folderOption } from './options.ts';
import { trainNeural } from './train-neural.ts';

const LOWER = 0.025;
const UPPER = 0.975;
const WARM_UP_SERIES = 10;

type Method = (train: Float64Array) => IntervalForecast | null;

interface MethodFigures extends MethodScores {
  readonly owa: number;
  readonly series: number;
  readonly cpuMsPerSeries: number;
}

/** Everything that scores need to know of the data, beside the series. */
interface Field {
  readonly series: readonly HeldOutSeries[];
  readonly seasonPoints: number;
  /** sMAPE and MASE of the reference by which OWA divides. */
  readonly reference: MethodScores;
}

export const m4Bench = {
  name: 'm4',
  describe:
    'accuracy, intervals and CPU time on a folder of series with train.csv and test.csv --data DIR --season M[,M] (1: none) --horizon H [--back POINTS]',
  run: async (args: string[]): Promise<Record<string, unknown>> => {
    const folder = folderOption(args, 'm4');
    const given = [...new Set(countsOption(args, '--season', [24]))].sort((a, b) => a - b);
    const horizonPoints = countOption(args, '--horizon', 48);
    const backPoints = args.includes('--back') ? countOption(args, '--back', horizonPoints) : 0;
    const all = readCompetition(folder, horizonPoints);
    const series = backPoints > 0 ? cutBack(all, backPoints, horizonPoints) : all;
    if (series.length === 0) throw new RangeError(`m4: no series is long enough for --back ${backPoints}`);
    const seasonPoints = given[0]!;
    const seasons = withWeek(given.filter((season) => season > 1));
    const foundSeason = seasons.length > 0 ? null : commonSeason(series.map(({ train }) => finiteOf(train)));
    const reference = scoreMethod(
      pointScored(series, ({ train }) => naive2(train, seasonPoints, horizonPoints)),
      seasonPoints,
    );
    const options = { seasons: foundSeason === null ? seasons : [foundSeason], horizonPoints };
    const figures = await runAll({ series, seasonPoints, reference }, options);
    return { ...figures, foundSeason, protocol: protocolOf(horizonPoints, backPoints) };
  },
};

/** For the search of a season missing values are left out: a few of them shift it little. */
function finiteOf(values: Float64Array): Float64Array {
  return values.filter(Number.isFinite);
}

async function runAll(field: Field, options: StepsOptions): Promise<Record<string, unknown>> {
  process.stdout.write(`${'method'.padEnd(34)}${HEADINGS.map((name) => name.padStart(10)).join('')}\n`);
  const digest = createHash('sha256');
  const neural = await trainNeural(
    field.series.map(({ train }) => train),
    options,
  );
  const withNeural = neural === null ? options : { ...options, challengers: [neural.forecaster] };
  const ours = measure(field, 'combination', (train) => {
    const forecast = combination(train, withNeural);
    if (forecast !== null) for (const path of Object.values(forecast)) digest.update(new Uint8Array(path.buffer));
    return forecast;
  });
  const withoutNeural = measure(field, 'combination without neural', (train) => combination(train, options));
  const candidates = candidateFigures(field, withNeural);
  startAugurs();
  const peer = measure(field, 'augurs', (train) => augursBest(train, options.seasons, options.horizonPoints));
  return {
    ...rounded(ours),
    series: field.series.length,
    fallbacks: field.series.length - ours.series,
    seasons: options.seasons,
    reference: { smape: figure(field.reference.smape), mase: figure(field.reference.mase) },
    withoutNeural: rounded(withoutNeural),
    neural: neural?.figures,
    candidates,
    peers: { augurs: rounded(peer) },
    forecastDigest: digest.digest('hex').slice(0, 16),
  };
}

function protocolOf(horizonPoints: number, backPoints: number): string {
  const judged =
    backPoints > 0
      ? `the ${horizonPoints} values after a cut ${backPoints} points before the end of the training part; test.csv is not scored`
      : `the first ${horizonPoints} values of test.csv, seen only by the scorer`;
  return `each series alone but for one network trained on all their training parts before any origin of a backtest, and, where no season is named, one that the training parts have in common; every parameter fixed in advance, nothing swept; scored on ${judged}, over all series: a method that cannot do one says its last value there, and is told how many it could do; OWA against Naive2 computed from the same training parts; CPU time of backtest, weights and intervals, one thread, the training of the network apart`;
}

function combination(train: Float64Array, options: StepsOptions): IntervalForecast | null {
  const forecast = forecastSteps(train, options);
  if (forecast === null) return null;
  return { centre: forecast.centre, lower: forecast.quantile(LOWER), upper: forecast.quantile(UPPER) };
}

/** Each candidate alone; `series` says how many it could do. */
function candidateFigures(
  field: Field,
  { seasons, horizonPoints, challengers = [] }: StepsOptions,
): Record<string, unknown> {
  const figures = [...allCandidates(seasonedCandidates(seasons)), ...challengers].flatMap((forecaster) => {
    const alone: Method = (train) => {
      const history = stepsHistory(train, seasons);
      const fit = history === null ? null : forecaster.fit(history.values);
      return fit?.kind === 'fitted' ? point(fit.model.predict(horizonPoints)) : null;
    };
    const measured = measure(field, forecaster.name, alone, false);
    const { smape, mase, owa, series } = rounded(measured);
    // No series of its kind: nothing to tell.
    return series === 0 ? [] : [[forecaster.name, { smape, mase, owa, series }] as const];
  });
  return Object.fromEntries(figures);
}

/** One method on all series. A candidate alone has no interval of its own. */
function measure(
  { series, seasonPoints, reference }: Field,
  name: string,
  method: Method,
  hasInterval = true,
): MethodFigures {
  process.stderr.write(`m4: ${name}\n`);
  for (const { train } of series.slice(0, WARM_UP_SERIES)) method(train);
  const before = process.cpuUsage();
  const forecasts = series.map(({ train }) => method(train));
  const { user, system } = process.cpuUsage(before);
  const scored = series.map(({ train, test }, i): ScoredSeries => {
    const forecast = forecasts[i] ?? naiveInterval(train, test.length);
    return { train, test, forecast };
  });
  const scores = scoreMethod(scored, seasonPoints);
  const owa = (scores.smape / reference.smape + scores.mase / reference.mase) / 2;
  const done = forecasts.filter((forecast) => forecast !== null).length;
  const figures = { ...scores, owa, series: done, cpuMsPerSeries: (user + system) / 1000 / series.length };
  if (done > 0) process.stdout.write(tableRow(name, figures, hasInterval));
  return figures;
}

function pointScored(
  series: readonly HeldOutSeries[],
  forecast: (one: HeldOutSeries) => Float64Array,
): readonly ScoredSeries[] {
  return series.map((one) => ({ ...one, forecast: point(forecast(one)) }));
}

function point(centre: Float64Array): IntervalForecast {
  return { centre, lower: centre, upper: centre };
}

const HEADINGS = ['sMAPE', 'MASE', 'OWA', 'MSIS', 'cov95', 'CPU ms', 'series'] as const;

function tableRow(name: string, figures: MethodFigures, hasInterval: boolean): string {
  const { smape, mase, owa, msis, coverage95, cpuMsPerSeries, series } = figures;
  const cells = [
    cell(smape, 3),
    cell(mase, 3),
    cell(owa, 3),
    hasInterval ? cell(msis, 2) : '-',
    hasInterval ? cell(coverage95, 3) : '-',
    cell(cpuMsPerSeries, 2),
    String(series),
  ];
  return `${name.padEnd(34)}${cells.map((one) => one.padStart(10)).join('')}\n`;
}

/** Series of huge values that hardly change have huge errors in their unit. */
function cell(value: number, digits: number): string {
  return value < 1e6 ? value.toFixed(digits) : value.toExponential(2);
}

function rounded(figures: MethodFigures): MethodFigures {
  const { smape, mase, owa, msis, coverage95, cpuMsPerSeries, series } = figures;
  return {
    smape: figure(smape),
    mase: figure(mase),
    owa: figure(owa),
    msis: figure(msis),
    coverage95: figure(coverage95),
    cpuMsPerSeries: figure(cpuMsPerSeries),
    series,
  };
}

function figure(value: number): number {
  return Number(value.toFixed(4));
}
