import { createShardState, type ShardView } from '../data/state/shard-state.ts';
import { addSurveySeries, createSurveyState, type SurveyState } from '../data/state/survey-state.ts';
import { SURVEY_LAYOUT } from '../functions/survey/survey-layout.ts';
import { createSurveyWindow } from '../functions/survey/survey-window.ts';
import { openWorkspaceView, type WorkspaceView } from '../functions/survey/workspace-view.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { createRandom, type Random } from '../models/numeric/random.ts';
import { createUtcOffset } from '../models/numeric/utc-offset.ts';
import { countOption, countsOption } from './options.ts';

const SIZES = [400, 4_000, 40_000];
const COST_BUCKETS = 288;
const FLEETS = 20;
const HOSTS = 40;
const DAYS = 35;
/** A Monday. */
const START_MS = Date.UTC(2025, 0, 6);
/** In the last days of a fleet, for two hours each: one host does half as much again, and later all do a quarter more. */
const ODD_MS = START_MS + 30.4 * DAY_MS;
const TOGETHER_MS = START_MS + 32.6 * DAY_MS;
const EVENT_MS = 2 * HOUR_MS;
/** Hosts find their end an hour or two after it began: what is looked at is the mean of an hour. */
const BELONGS_MS = 6 * HOUR_MS;

type MeanAt = (index: number, bucketMs: number) => number;

export const surveyBench = {
  name: 'survey',
  describe:
    'findings on several series: cost for each series and bucket, and findings of fleets [--series N,N] [--fleets N]',
  run: async (args: string[]): Promise<Record<string, unknown>> => {
    const sizes = countsOption(args, '--series', SIZES);
    const costs = sizes.map((series) => ({ series, nanosecondsPerSeriesBucket: measureCost(series) }));
    process.stdout.write(`${'series'.padStart(10)}${'ns of CPU for each series and bucket'.padStart(40)}\n`);
    for (const { series, nanosecondsPerSeriesBucket } of costs) {
      process.stdout.write(`${String(series).padStart(10)}${String(nanosecondsPerSeriesBucket).padStart(40)}\n`);
    }
    const fleets = countOption(args, '--fleets', FLEETS);
    const found = { outliers: 0, groups: 0, others: 0 };
    for (let seed = 1; seed <= fleets; seed++) {
      process.stderr.write(`survey: fleet ${seed} of ${fleets}\n`);
      countFindings(seed, found);
    }
    process.stdout.write(`${fleets} fleets of ${HOSTS} hosts, ${DAYS} days each\n`);
    process.stdout.write(`  one host that did half as much again for two hours: found in ${found.outliers}\n`);
    process.stdout.write(`  all that did a quarter more for two hours: found in ${found.groups}\n`);
    process.stdout.write(`  other findings: ${found.others}\n`);
    return { costs, fleets, found };
  },
};

/** Hosts in groups of forty, all of one service for each group, with one metric each. */
function workspaceOf(series: number): WorkspaceView {
  const state: SurveyState = createSurveyState('abcdefghijkl', SURVEY_LAYOUT);
  const shard: ShardView = createShardState('abcdefghijkl', 0, {
    detector: 'none',
    detectorVersion: 1,
    counterWords: 0,
    detectorWords: 0,
    trackerWords: 0,
  });
  for (let i = 0; i < series; i++) {
    const group = String(Math.floor(i / HOSTS));
    const groups = { service: group, peers: group, instance: String(i) };
    addSurveySeries(state, i.toString(16).padStart(32, '0'), groups, 0);
  }
  return openWorkspaceView(state, [shard]);
}

function measureCost(series: number): number {
  const view = workspaceOf(series);
  const survey = createSurveyWindow(createUtcOffset('UTC'));
  const random = createRandom(1);
  const meanAt: MeanAt = () => 100 + random.normal();
  survey(view, { meanAt }, START_MS, START_MS + COST_BUCKETS * FIVE_MINUTES_MS);
  const fromMs = START_MS + COST_BUCKETS * FIVE_MINUTES_MS;
  const started = process.cpuUsage();
  survey(view, { meanAt }, fromMs, fromMs + COST_BUCKETS * FIVE_MINUTES_MS);
  const { user, system } = process.cpuUsage(started);
  return Math.round(((user + system) * 1_000) / (series * COST_BUCKETS));
}

/** Demand that all hosts share: a day, a quieter week-end, and ups and downs of half an hour, or in every other fleet of a day. */
function demandOf(random: Random, seed: number): (bucketMs: number) => number {
  const persistence = seed % 2 === 0 ? 0.95 : 0.5;
  let demand = 0;
  return (bucketMs) => {
    demand = persistence * demand + 4 * Math.sqrt(1 - persistence * persistence) * random.normal();
    const wave = Math.sin((bucketMs / DAY_MS - 1 / 3) * 2 * Math.PI);
    const isWeekend = Math.floor((bucketMs - START_MS) / DAY_MS) % 7 >= 5;
    return 100 + 40 * (isWeekend ? 0.4 * wave - 0.5 : wave) + demand;
  };
}

function countFindings(seed: number, found: { outliers: number; groups: number; others: number }): void {
  const view = workspaceOf(HOSTS);
  const random = createRandom(seed);
  const demandAt = demandOf(random, seed);
  const survey = createSurveyWindow(createUtcOffset('UTC'));
  const [odd, others] = [random.below(HOSTS), new Set<string>()];
  const events = { outlier: false, group: false };
  for (let bucketMs = START_MS; bucketMs < START_MS + DAYS * DAY_MS; bucketMs += FIVE_MINUTES_MS) {
    const common = demandAt(bucketMs) * (isDuring(bucketMs, TOGETHER_MS, EVENT_MS) ? 1.25 : 1);
    const meanAt: MeanAt = (host) => {
      const happening = host === odd && isDuring(bucketMs, ODD_MS, EVENT_MS) ? 1.5 : 1;
      return common * (0.7 + (0.6 * host) / HOSTS) * happening * (1 + 0.05 * random.normal());
    };
    view.lastSampleMs.fill(bucketMs);
    survey(view, { meanAt }, bucketMs, bucketMs + FIVE_MINUTES_MS);
    for (const [name, { kind, key, episode }] of view.news) {
      if (episode.phase === 'doubt') continue;
      const isOdd = kind === 'outlier' && key === view.state.seriesIds[odd];
      if (isOdd && isDuring(episode.startedAtMs, ODD_MS, BELONGS_MS)) events.outlier = true;
      else if (kind === 'group' && isDuring(episode.startedAtMs, TOGETHER_MS, BELONGS_MS)) events.group = true;
      else others.add(name);
    }
    view.news.clear();
  }
  found.outliers += events.outlier ? 1 : 0;
  found.groups += events.group ? 1 : 0;
  found.others += others.size;
}

function isDuring(atMs: number, fromMs: number, lastsMs: number): boolean {
  return atMs >= fromMs && atMs < fromMs + lastsMs;
}
