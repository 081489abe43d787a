import { forecastSteps } from '../models/forecast/forecast-steps.ts';
import { allCandidates, seasonalCandidates } from '../models/forecast/registry.ts';
import { augursMstl, startAugurs } from './augurs-peer.ts';
import { readVariates, type Variate, windowStarts } from './bizitobs-data.ts';
import { meanAbsolute, seasonalUnit } from './forecast-scores.ts';
import { countsOption, folderOption } from './options.ts';

/** Steps of ten seconds: ten minutes, 100 minutes, two and a half hours. */
const HORIZONS = { short: 60, medium: 600, long: 900 } as const;
/** An hour. */
const SEASON_POINTS = 360;

type Method = (context: Float64Array, horizonPoints: number) => Float64Array | null;

export const bizitobsBench = {
  name: 'bizitobs',
  describe: 'MASE on one application in steps of ten seconds, three horizons --data DIR [--season M] [--back POINTS]',
  run: (args: string[]): Promise<Record<string, unknown>> => {
    const seasons = countsOption(args, '--season', [SEASON_POINTS]);
    const backPoints = countsOption(args, '--back', [0])[0]!;
    const variates = readVariates(folderOption(args, 'bizitobs')).map(({ name, values }) => ({
      name,
      values: values.subarray(0, values.length - backPoints),
    }));
    process.stdout.write(
      `${'method'.padEnd(34)}${['short', 'medium', 'long', 'CPU s'].map((name) => name.padStart(10)).join('')}\n`,
    );
    const before = process.cpuUsage();
    const ours = measure(variates, 'combination', seasons[0]!, (context, horizonPoints) => {
      return forecastSteps(context, { seasons, horizonPoints })?.centre ?? null;
    });
    const { user, system } = process.cpuUsage(before);
    const windows = Object.values(HORIZONS).reduce(
      (sum, h) => sum + windowStarts(variates[0]!.values.length, h).length,
      0,
    );
    const candidates = allCandidates(seasonalCandidates(seasons)).flatMap((forecaster) => {
      const figures = measure(variates, forecaster.name, seasons[0]!, (context, horizonPoints) => {
        const fit = forecaster.fit(context);
        return fit.kind === 'fitted' ? fit.model.predict(horizonPoints) : null;
      });
      return figures === null ? [] : [[forecaster.name, figures] as const];
    });
    startAugurs();
    const peer = measure(variates, 'augurs MSTL', seasons[0]!, (context, horizonPoints) => {
      return augursMstl(context, seasons, horizonPoints)?.centre ?? null;
    });
    return Promise.resolve({
      ...ours,
      cpuMsPerForecast: Math.round((user + system) / 1000 / windows / variates.length),
      candidates: Object.fromEntries(candidates),
      peers: { augursMstl: peer },
      protocol: `windows side by side at the end, everything before as context, every parameter fixed in advance; MASE with the seasonal error of the context at ${seasons[0]}, mean over windows, horizon and two variates${backPoints > 0 ? `; the newest ${backPoints} points left out` : ''}`,
    });
  },
};

function measure(
  variates: readonly Variate[],
  name: string,
  seasonPoints: number,
  method: Method,
): Record<keyof typeof HORIZONS, number> | null {
  process.stderr.write(`bizitobs: ${name}\n`);
  const before = process.cpuUsage();
  const mase = (horizonPoints: number): number => {
    const scores = variates.flatMap(({ values }) =>
      windowStarts(values.length, horizonPoints).map((start) => {
        const context = values.subarray(0, start);
        const path = method(context, horizonPoints);
        if (path === null) return Number.NaN;
        return meanAbsolute(values.subarray(start, start + horizonPoints), path) / seasonalUnit(context, seasonPoints);
      }),
    );
    return Number((scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(4));
  };
  const { short, medium, long } = HORIZONS;
  const figures = { short: mase(short), medium: mase(medium), long: mase(long) };
  // A candidate that is not for such series has nothing to tell.
  if (Object.values(figures).some(Number.isNaN)) return null;
  const { user, system } = process.cpuUsage(before);
  const cells = [...Object.values(figures).map((figure) => figure.toFixed(3)), ((user + system) / 1e6).toFixed(1)];
  process.stdout.write(`${name.padEnd(34)}${cells.map((cell) => cell.padStart(10)).join('')}\n`);
  return figures;
}
