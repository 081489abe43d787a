import type { Limit } from '../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import { timeToLimit } from '../models/forecast/time-to-limit.ts';
import { createRandom } from '../models/numeric/random.ts';
import { FAMILIES, type KnownResource, knownResource } from './calibration-resources.ts';
import { type Answer, formatScores, scoreAnswers } from './calibration-scores.ts';
import { countOption } from './options.ts';

const SEED = 20260705;
const HORIZON_DAYS = 400;

/** What the service says of a resource, and what became of it. */
function askOf(resource: KnownResource, seed: number): Answer {
  const { family, pastHours, values, limit: value, leadTimeDays } = resource;
  const nowMs = pastHours * HOUR_MS;
  const limit: Limit = {
    limitId: 'limit',
    title: 'limit',
    selector: [],
    bound: 'max',
    value,
    unit: '',
    leadTimeMs: leadTimeDays * DAY_MS,
    probability: 0.5,
    action: '',
    updatedAtMs: 0,
  };
  const past = values.subarray(0, pastHours);
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values: past, nowMs });
  const time = timeToLimit({ outcome, limit, nowMs, currentValue: past.at(-1)!, seed });
  const crossing = values.subarray(pastHours).findIndex((reached) => reached >= value);
  const daysTo = (dateMs: number | null): number | null => (dateMs === null ? null : (dateMs - nowMs) / DAY_MS);
  return {
    family,
    abstained: outcome.kind === 'abstain' ? outcome.reason : null,
    alreadyCrossed: time.alreadyCrossed,
    leadTimeDays,
    crossedDays: crossing < 0 ? null : crossing / 24,
    p10Days: daysTo(time.p10Ms),
    p50Days: daysTo(time.p50Ms),
    p90Days: daysTo(time.p90Ms),
    probabilityWithinLeadTime: time.probabilityWithinLeadTime,
    probabilityWithinHorizon: time.probabilityWithinHorizon,
  };
}

/** Whether the dates and the probabilities of crossings can be believed: seeded resources whose future is known. */
export const calibrationBench = {
  name: 'calibration',
  describe:
    'whether dates and probabilities of time to limit come true, on seeded resources [--resources N] [--seed N]',
  run(args: readonly string[]): Promise<Record<string, unknown>> {
    const count = countOption(args, '--resources', 2000);
    const seed = countOption(args, '--seed', SEED);
    const families = Object.keys(FAMILIES);
    const answers: Answer[] = [];
    let cpuMicros = 0;
    for (let k = 0; k < count; k++) {
      const resource = knownResource(families[k % families.length]!, createRandom(seed + k), HORIZON_DAYS);
      const before = process.cpuUsage();
      answers.push(askOf(resource, k));
      const { user, system } = process.cpuUsage(before);
      cpuMicros += user + system;
      if ((k + 1) % 200 === 0) process.stderr.write(`calibration: ${k + 1} of ${count} resources\n`);
    }
    const scores = scoreAnswers(answers, families, HORIZON_DAYS);
    process.stdout.write(formatScores(scores));
    return Promise.resolve({
      protocol: `fixed: seed ${seed}, ${families.length} families in turn, 28, 56, 180 or 400 days of hourly past, ${HORIZON_DAYS} days of future, limits chosen without knowing the future; brier and bins are of a crossing within the lead time, insideP10P90 of resources with all three dates`,
      cpuMsPerResource: Math.round(cpuMicros / count / 10) / 100,
      brier: scores.leadTime.brier,
      insideP10P90: scores.all.inside,
      bins: scores.leadTime.bins,
      abstained: scores.all.abstained,
      ...scores,
    });
  },
};
