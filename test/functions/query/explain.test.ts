import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anomalyRecord } from '../../../functions/detect/anomaly-record.ts';
import { PLAIN_POLICY, type Policy } from '../../../models/detect/policy.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../../models/detect/registry.ts';
import { createReplay } from '../../../models/detect/replay.ts';
import type { Anomaly } from '../../../models/domain/anomaly.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { DISK_LABELS, NOW_MS, sampleIssue } from '../../support/decide-samples.ts';
import { generateSeries, WELL_BEHAVED } from '../../support/generated-series.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const STEP_MS = 300_000;
const START_MS = NOW_MS - 12 * DAY_MS;
const SPIKE_MS = START_MS + 10 * DAY_MS;
const SERIES_ID = 'series-disk';

interface Explained {
  readonly reason: string;
  readonly anomalous: boolean;
  readonly gates: readonly { readonly gate: string; readonly passed: boolean; readonly detail: string }[];
  readonly [field: string]: unknown;
}

let service: QueryService;

beforeEach(async () => {
  service = await openQueryService();
  await service.stores.series.put(WORKSPACE, {
    seriesId: SERIES_ID,
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 3,
    firstSampleMs: START_MS,
  });
  service.past.samples = columns();
});

afterEach(() => service.close());

/** Twelve days without a sample between 11 d 6 h and 11 d 12 h; at ten days a spike of two samples. */
function columns(spike = 800) {
  const shape = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
  const points = generateSeries({ shape, seed: 5, stepMs: STEP_MS, days: 12 });
  const shiftMs = START_MS - points[0]!.timestampMs;
  const kept = points
    .map(({ timestampMs, value }) => ({ timestampMs: timestampMs + shiftMs, value }))
    .filter(({ timestampMs }) => Math.abs(timestampMs - START_MS - 11 * DAY_MS - 9 * HOUR_MS) > 3 * HOUR_MS);
  return {
    timestampsMs: Float64Array.from(kept, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(kept, ({ timestampMs, value }) => {
      return timestampMs >= SPIKE_MS && timestampMs < SPIKE_MS + 2 * STEP_MS ? value + spike : value;
    }),
  };
}

async function explain(atMs: number): Promise<Explained> {
  const { status, json } = await service.ask(`/v1/explain?series=${SERIES_ID}&at=${new Date(atMs).toISOString()}`, {
    key: `${WORKSPACE}:read`,
  });
  expect(status).toBe(200);
  return json as Explained;
}

const passed = ({ gates }: Explained) => gates.map((gate) => `${gate.gate} ${gate.passed ? 'yes' : 'no'}`);

function withPolicy(said: Partial<Policy>): void {
  service.past.policies = { resolve: () => ({ ...PLAIN_POLICY, ...said }), baselines: [] };
}

/** What the service would have stored of the spike. */
async function storeSpike(): Promise<string> {
  const detector = createDetector(DEFAULT_DETECTOR);
  const replay = createReplay(detector);
  const { timestampsMs, values } = columns();
  for (const [i, timestampMs] of timestampsMs.entries()) replay.take(timestampMs, values[i]!);
  const episode = replay.anomalies().find(({ startedAtMs }) => startedAtMs === SPIKE_MS)!;
  const subject = { workspace: WORKSPACE, detector, seriesId: SERIES_ID, labels: DISK_LABELS, policy: PLAIN_POLICY };
  const record = anomalyRecord(subject, episode, { ...episode.evidence, peers: 0, past: [] });
  await service.stores.anomalies.put(WORKSPACE, record);
  return record.anomalyId;
}

describe('why was I not warned', () => {
  it('of a usual value: all gates up to its score', async () => {
    const answer = await explain(SPIKE_MS - HOUR_MS);

    expect(passed(answer)).toEqual([
      'data yes',
      'trained yes',
      'score no',
      'direction yes',
      'impact yes',
      'calendar yes',
      'watch yes',
      'feedback yes',
      'anomaly no',
    ]);
    expect(answer.anomalous).toBe(false);
    expect(answer.reason).toMatch(/^Nothing was raised: score [\d.]+, which must exceed 1$/);
    expect(answer.anomaly_id).toBeNull();
    expect(answer).toMatchObject({ sample: { time: new Date(SPIKE_MS - HOUR_MS).toISOString() } });
    const { lower, expected, upper } = answer.band as Record<'lower' | 'expected' | 'upper', number>;
    expect(lower).toBeLessThan(expected);
    expect(expected).toBeLessThan(upper);
  });

  it('while it was still learning', async () => {
    const answer = await explain(START_MS + 4 * STEP_MS);

    expect(passed(answer)).toEqual(['data yes', 'trained no']);
    expect(answer.reason).toBe('Nothing was raised: still learning: 4 of 288 points');
    expect(answer).not.toHaveProperty('band');
  });

  it('where there are no data', async () => {
    const answer = await explain(START_MS + 11 * DAY_MS + 9 * HOUR_MS);

    expect(passed(answer)).toEqual(['data no']);
    expect(answer.reason).toContain('there is no sample at this time: the last one before it is of');
    expect(answer.sample).toBeNull();
  });

  it('where there never were any', async () => {
    service.past.samples = { timestampsMs: new Float64Array(0), values: new Float64Array(0) };

    expect(passed(await explain(SPIKE_MS))).toEqual(['data no']);
  });

  it('of a sample that is no number', async () => {
    service.past.samples.values[service.past.samples.timestampsMs.indexOf(SPIKE_MS)] = Number.NaN;

    const answer = await explain(SPIKE_MS);

    expect(passed(answer)).toEqual(['data no']);
    expect(answer.sample).toEqual({ time: new Date(SPIKE_MS).toISOString(), value: null });
  });

  it.each([
    ['direction', { direction: 'below' }, 'the value is above the expectation, and only below it matters'],
    ['impact', { minImpact: 1e6 }, 'away from the expectation, at least'],
    ['score', { threshold: 50 }, 'which must exceed 50'],
  ] as const)('of a spike that the gate "%s" holds back', async (gate, said, detail) => {
    withPolicy(said);

    const answer = await explain(SPIKE_MS);

    expect(answer.gates.find(({ passed: yes }) => !yes)?.gate).toBe(gate);
    expect(answer.reason).toContain(detail);
    expect(answer.anomalous).toBe(false);
  });

  it('of a spike whose shape was called not useful', async () => {
    const shape = { type: 'spike', side: 'above', deviation: 900, durationMs: HOUR_MS, startedAtMs: 0 } as const;
    withPolicy({ mutedShapes: [{ feedbackId: 'f1', shape, when: 'always' }] });

    const answer = await explain(SPIKE_MS);

    expect(passed(answer)).toContain('feedback no');
    expect(answer.reason).toContain('but this shape was called not useful (f1)');
  });
});

describe('why was I warned', () => {
  it('of a spike: with the anomaly, its issue and the mail that told of it', async () => {
    const anomalyId = await storeSpike();
    const issue = { ...sampleIssue(), issueId: `${new Date(SPIKE_MS).toISOString()}_00`, openedAtMs: SPIKE_MS };
    await service.stores.issues.put(WORKSPACE, { ...issue, title: 'db: disk', anomalyIds: [anomalyId] });
    const sentAtMs = SPIKE_MS + 5 * HOUR_MS;
    const mail = { kind: 'digest', recipient: 'ops@example.com', subject: 'Week 44', createdAtMs: sentAtMs } as const;
    const rest = { attempts: 1, nextAttemptMs: null, receipt: null, error: null, messageKey: 'm' };
    await service.stores.deliveries.put(WORKSPACE, { ...mail, ...rest, deliveryId: 'd1', status: 'sent', sentAtMs });
    const before = { ...mail, ...rest, createdAtMs: SPIKE_MS - 1, sentAtMs: null };
    await service.stores.deliveries.put(WORKSPACE, { ...before, deliveryId: 'd0', status: 'failed' });

    const answer = await explain(SPIKE_MS);

    expect(answer.gates.every(({ passed: yes }) => yes)).toBe(true);
    expect(passed(answer).slice(-3)).toEqual(['anomaly yes', 'issue yes', 'delivery yes']);
    expect(answer).toMatchObject({ anomaly_id: anomalyId, issue_id: issue.issueId, delivery_ids: ['d1'] });
    expect(answer.reason).toMatch(/^Rose to [\d,.]+ where [\d,.]+ was expected/);
    expect(answer.gates.at(-1)?.detail).toBe(`"Week 44" to ops@example.com: sent, ${new Date(sentAtMs).toISOString()}`);
  });

  it('of a spike that is in no issue yet', async () => {
    await storeSpike();

    const answer = await explain(SPIKE_MS);

    expect(passed(answer).at(-1)).toBe('issue no');
    expect(answer.reason).toMatch(/; but in no issue \(yet\)$/);
  });

  it('within the watch window of a change, which is named', async () => {
    withPolicy({ watches: [{ changeId: 'c9', fromMs: SPIKE_MS - 1, toMs: SPIKE_MS + HOUR_MS, threshold: 1 }] });

    const answer = await explain(SPIKE_MS);

    expect(answer.gates.find(({ gate }) => gate === 'watch')?.detail).toBe('Within the watch window of c9');
    expect(answer.anomalous).toBe(true);
  });
});

describe('of a newcomer', () => {
  it('is said by whose shape it was judged', async () => {
    const season = new Float32Array(216);
    const shape = { peers: 12, level: 100, spread: 0.5, noise: 0.5, season };
    withPolicy({ peers: { versions: [{ validFromMs: 0, shape }] } });

    const answer = await explain(START_MS + 40 * STEP_MS);

    const detail = 'New: judged by the shape of 12 peers until its own history is better';
    expect(answer.gates[1]).toEqual({ gate: 'trained', passed: true, detail });
    expect(answer.band).toBeDefined();
    expect((await explain(SPIKE_MS)).gates[1]).toMatchObject({ gate: 'trained', detail: 'Trained' });
  });
});

describe('of a finding on several series', () => {
  const finding: Anomaly = {
    anomalyId: `${new Date(SPIKE_MS - 2 * HOUR_MS).toISOString()}_f0`,
    seriesId: 'another',
    labels: [DISK_LABELS.find(([name]) => name !== '__name__')!],
    detector: 'group-anomaly',
    type: 'group',
    status: 'closed',
    startedAtMs: SPIKE_MS - 2 * HOUR_MS,
    lastAtMs: SPIKE_MS - HOUR_MS,
    endedAtMs: SPIKE_MS - HOUR_MS / 2,
    points: 9,
    initialScore: 1.5,
    score: 2,
    actual: 2,
    expected: 0,
    lower: -1,
    upper: 1,
    members: [{ seriesId: 'another', labels: [], deviation: 3, share: 1 }],
    reason: '9 of 12 series of db moved up together',
  };
  const during = SPIKE_MS - HOUR_MS;

  it('its sentence, and its course, where the series itself did nothing', async () => {
    await service.stores.anomalies.put(WORKSPACE, finding);

    const answer = await explain(during);

    expect(answer).toMatchObject({ anomalous: false, reason: finding.reason, anomaly_id: finding.anomalyId });
    expect(answer.findings).toMatchObject([{ anomaly_id: finding.anomalyId, type: 'group', status: 'closed' }]);
    expect(passed(answer).at(-1)).toBe('issue no');
  });

  it.each([
    [
      'the series is named in it',
      { labels: [['host', 'x']], members: [{ ...finding.members![0]!, seriesId: SERIES_ID }] },
      1,
    ],
    ['everything has gone silent', { type: 'missing', labels: [['service', 'every service']] }, 1],
    ['it is about the series alone', { type: 'missing', seriesId: SERIES_ID, alone: true }, 1],
    ['it is about others', { labels: [['host', 'x']] }, 0],
    ['it is about one other', { type: 'missing', alone: true }, 0],
    ['it was over', { endedAtMs: during }, 0],
    ['it is of one series by itself', { type: 'spike' }, 0],
  ] as const)('where %s', async (_where, replaced, count) => {
    const { members, ...ofOne } = finding;
    const base = 'alone' in replaced ? ofOne : { ...ofOne, members };
    await service.stores.anomalies.put(WORKSPACE, { ...base, ...replaced } as Anomaly);

    expect((await explain(during)).findings).toHaveLength(count);
  });
});

describe('the answer', () => {
  it('judges a counter by its rate', async () => {
    const rates = columns();
    let total = 0;
    const values = rates.values.map((rate) => (total += Math.max(0, rate) * (STEP_MS / 1_000)));
    service.past.samples = { timestampsMs: rates.timestampsMs, values };
    const record = (await service.stores.series.get(WORKSPACE, SERIES_ID))!.record;
    await service.stores.series.put(WORKSPACE, { ...record, kind: 'counter' });

    const answer = await explain(SPIKE_MS);

    expect(answer.anomalous).toBe(true);
    expect((answer.band as { expected: number }).expected).toBeLessThan(1_000);
  });

  it('says how much was learned anew, and where that is not all', async () => {
    const whole = await explain(SPIKE_MS);
    const record = (await service.stores.series.get(WORKSPACE, SERIES_ID))!.record;
    await service.stores.series.put(WORKSPACE, { ...record, firstSampleMs: START_MS - 400 * DAY_MS });

    const part = await explain(SPIKE_MS);

    expect(whole.replayed).toEqual({ from: new Date(START_MS).toISOString(), samples: 2_881, complete: true });
    expect(part.replayed).toMatchObject({ complete: false });
  });

  it.each([
    ['/v1/explain?at=2026-10-30T00:00:00Z', 400],
    ['/v1/explain?series=other&at=2026-10-30T00:00:00Z', 404],
    ['/v1/explain?series=series-disk&at=yesterday', 400],
    ['/v1/explain?series=series-disk&when=2026-10-30T00:00:00Z', 400],
  ])('fails for %s', async (path, status) => {
    expect((await service.ask(path, { key: `${WORKSPACE}:read` })).status).toBe(status);
  });

  it('is for keys that may read, and of their own workspace', async () => {
    const path = `/v1/explain?series=${SERIES_ID}`;

    expect((await service.ask(path, { key: `${WORKSPACE}:ingest` })).status).toBe(403);
    expect((await service.ask(path, { key: 'bbbbbbbbbbbb:read' })).status).toBe(404);
  });
});
