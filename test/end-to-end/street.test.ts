import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credentialsPath } from '../../local/credentials.ts';
import { type ReadyService, type ServiceProcess, startService } from '../support/service.ts';
import {
  type HealthAnswer,
  type Named,
  type Points,
  type Rollups,
  readJson,
  readList,
} from '../support/service-api.ts';

interface AnomalyItem extends Named {
  readonly anomaly_id: string;
  readonly type: string;
  readonly started_at: string;
}

interface PredictionItem extends Named {
  readonly prediction_id: string;
  readonly probability: number;
  readonly window: { readonly p10: string; readonly p50: string; readonly p90: string | null };
}

interface CapacityItem extends Named {
  readonly slack_days: number | null;
  readonly dates: { readonly p50: string | null };
  readonly frees: { readonly add: number | null };
}

interface SimulationAnswer {
  readonly limits: readonly Readonly<Record<'before' | 'after', Omit<CapacityItem, 'slack_days'>>>[];
}

interface IssueItem {
  readonly issue_id: string;
  readonly anomaly_ids: readonly string[];
  readonly suspect_change_ids: readonly string[];
}

interface ChangeItem {
  readonly change_id: string;
  readonly summary: string;
  readonly at: string;
}

interface ForecastItem extends Named {
  readonly abstain: { readonly reason: string } | null;
}

interface UsageAnswer {
  readonly accepted: { readonly samples: number; readonly log_records: number };
  readonly discarded: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Of the company alone: the service's own machine and the counts of log records come besides. */
const COMPANY_SERIES = 44;
const LOADED = /^Stop: Ctrl-C$/m;

let directory: string;
let child: ServiceProcess;
let service: ReadyService;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-street-'));
  child = startService(directory, { FOREWARN_SAMPLE: 'on' });
  service = await child.ready();
  await child.says(LOADED);
}, 240_000);

afterAll(async () => {
  await child.kill();
  await rm(directory, { recursive: true });
});

test('the terminal tells what went in, what will happen, where the mail lies and how to go on', () => {
  expect(child.output()).toMatch(/^Sample data: [\d,]+ samples in 44 series, [\d,]+ log records, 17 changes$/m);
  expect(child.output()).toMatch(/^1\. Data disk of the data bases: disk_used_bytes db-1 \/data$/m);
  expect(child.output()).toMatch(/^Digest e-mail: \S+\.eml /m);
  expect(child.output()).toContain(`credentials: ${service.credentials.keys.ingest}`);
});

test('only the owner may read the credentials', async () => {
  expect((await stat(credentialsPath(directory))).mode & 0o777).toBe(0o600);
});

test('health and usage tell of the whole sample, with nothing left out', async () => {
  const health = await readJson<HealthAnswer>(service, '/v1/health');
  const usage = await readJson<UsageAnswer>(service, '/v1/usage');

  expect(health).toMatchObject({ status: 'ok', counts: { queue_dead: 0 } });
  expect(health.counts.series).toBeGreaterThan(COMPANY_SERIES);
  expect(ageMs(health.watermark)).toBeLessThan(10 * MINUTE_MS);
  expect(usage.accepted.samples).toBeGreaterThan(700_000);
  expect(usage.accepted.log_records).toBeGreaterThan(10_000);
  expect(usage.discarded).toEqual({});
});

test('every series of the company has its samples, raw and rolled up', async () => {
  const all = await readList<Named>(service, '/v1/series');
  const disk = all.find(({ metric, labels }) => metric === 'disk_used_bytes' && labels.instance === 'db-1');
  const samples = await readJson<Points>(service, `/v1/series/${disk?.series_id}/samples`);
  const rollups = await readJson<Rollups>(service, `/v1/series/${disk?.series_id}/samples?step=1h`);

  const company = ofCompany(all).filter(({ metric }) => metric !== 'log_records');
  expect(company).toHaveLength(COMPANY_SERIES);
  expect(samples.points.length).toBeGreaterThan(280); // a day in five-minute steps, of which the last may be to come
  expect(rollups.points.slice(1, -1).map(({ count }) => count)).toEqual(
    Array.from({ length: rollups.points.length - 2 }, () => 12),
  );
  expect(rollups.points.at(-1)?.last).toBe(samples.points.at(-1)?.value);
});

test('the limits of the sample are those that were put', async () => {
  const limits = await readList<{ title: string; lead_time: string }>(service, '/v1/limits');

  expect(limits.map(({ title }) => title).sort()).toEqual([
    'Certificate of the shop',
    'Connections of the data base',
    'Data disk of the data bases',
    'Log disk',
    'Memory of the checkout',
  ]);
  expect(limits.find(({ title }) => title.startsWith('Data disk'))?.lead_time).toBe('14d');
});

test('every company series has a forecast or the reason why it has none', async () => {
  const forecasts = await readList<ForecastItem>(service, '/v1/forecasts');

  expect(forecasts.length).toBeGreaterThanOrEqual(COMPANY_SERIES);
  expect(forecasts.filter(({ abstain }) => abstain === null).length).toBeGreaterThan(COMPANY_SERIES / 2);
  for (const { abstain } of forecasts) if (abstain !== null) expect(abstain.reason).toMatch(/^[a-z_]+$/);
});

test('the disk that fills is predicted, the one that is cleaned up and the one that is flat are not', async () => {
  const predictions = await readList<PredictionItem>(service, '/v1/predictions?status=open');

  const disks = predictions.filter(({ metric }) => metric === 'disk_used_bytes');
  expect(disks.map(({ labels }) => labels.instance)).toEqual(['db-1']);
  const { window, probability } = disks[0]!;
  const days = -ageMs(window.p50) / DAY_MS;
  expect(days).toBeGreaterThan(5);
  expect(days).toBeLessThan(13);
  expect(Date.parse(window.p10)).toBeLessThanOrEqual(Date.parse(window.p50));
  expect(probability).toBeGreaterThan(0.5);
});

test('the slow leak of the checkout is predicted', async () => {
  const predictions = await readList<PredictionItem>(service, '/v1/predictions?status=open&label=service:checkout');

  expect(predictions.map(({ metric, labels }) => `${metric} ${labels.instance}`)).toEqual([
    'memory_used_bytes checkout-1',
  ]);
});

test('what runs out is a table, what can wait least first, with what frees it and what more disk would change', async () => {
  const resources = await readList<CapacityItem>(service, '/v1/capacity?safe_days=45');
  const table = await fetch(`${service.baseUrl}/v1/capacity?format=csv`, {
    headers: { authorization: `Bearer ${service.credentials.keys.read}` },
  });
  const slacks = resources.flatMap(({ slack_days: days }) => (days === null ? [] : [days]));
  const disk = resources.find(({ metric, labels }) => metric === 'disk_used_bytes' && labels.instance === 'db-1')!;
  const { limits } = await simulate<SimulationAnswer>({
    series_id: disk.series_id,
    add_capacity: disk.frees.add! * 1.01,
    safe_days: 45,
  });

  expect(slacks).toEqual(slacks.toSorted((a, b) => a - b));
  expect(slacks.length).toBeGreaterThanOrEqual(2);
  expect((await table.text()).split('\r\n')).toHaveLength(resources.length + 2);
  expect(disk.frees.add).toBeGreaterThan(0);
  expect(Math.abs(Date.parse(limits[0]!.before.dates.p50!) - Date.parse(disk.dates.p50!))).toBeLessThan(DAY_MS);
  expect(limits[0]!.after.frees.add!).toBeLessThan(disk.frees.add! / 10);
});

test('the outage is one issue of the checkout, with the configuration change before it as suspect', async () => {
  const changes = await readList<ChangeItem>(service, '/v1/changes?kind=config');
  const issues = await readList<IssueItem>(service, '/v1/issues?kind=anomaly&service=checkout');
  const anomalies = await readList<AnomalyItem>(service, '/v1/anomalies?label=service:checkout');

  expect(changes).toHaveLength(1);
  const outageMs = Date.parse(changes[0]!.at) + 6 * MINUTE_MS;
  const during = anomalies.filter((one) => Math.abs(Date.parse(one.started_at) - outageMs) <= 10 * MINUTE_MS);
  expect(during.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining(['http_errors_per_second', 'http_request_duration_seconds', 'queue_depth']),
  );
  const [issue, ...others] = issues.filter(({ anomaly_ids: ids }) => ids.includes(during[0]!.anomaly_id));
  expect(others).toEqual([]);
  expect(issue?.anomaly_ids).toEqual(expect.arrayContaining(during.map(({ anomaly_id: id }) => id)));
  expect(issue?.suspect_change_ids).toEqual([changes[0]!.change_id]);
});

test('the slow deploy shows as a level shift of both checkouts, and is its suspect', async () => {
  const deploys = await readList<ChangeItem>(service, '/v1/changes?kind=deploy&service=checkout');
  const slow = deploys.find(({ summary }) => summary === 'Deploy checkout 5.14.0');
  const anomalies = await readList<AnomalyItem>(service, '/v1/anomalies?label=service:checkout');
  const issues = await readList<IssueItem>(service, '/v1/issues?kind=anomaly&service=checkout');

  const shifts = anomalies.filter(({ type, metric }) => type === 'level_shift' && metric.endsWith('duration_seconds'));
  expect(new Set(shifts.map(({ labels }) => labels.instance))).toEqual(new Set(['checkout-1', 'checkout-2']));
  for (const { started_at: at } of shifts) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(slow!.at));
    expect(Date.parse(at)).toBeLessThan(Date.parse(slow!.at) + DAY_MS);
  }
  expect(issues.flatMap(({ suspect_change_ids: ids }) => ids)).toContain(slow!.change_id);
});

test('the digest in the outbox is a sound mail that names the data disk', async () => {
  const outbox = join(directory, 'outbox');
  const [name, ...others] = (await readdir(outbox)).filter((file) => file.endsWith('.eml'));
  expect(others).toEqual([]);

  const mail = await PostalMime.parse(await readFile(join(outbox, name!)));

  expect(mail.subject).toMatch(/^\[forewarn\] \d predicted issues, week \d+$/);
  expect(mail.text).toContain('Data disk of the data bases: database · db-1 · /data');
  expect(mail.html).toContain('Data disk of the data bases');
  expect(mail.attachments.map(({ mimeType }) => mimeType)).toEqual(['image/png']);
  expect(Buffer.byteLength(mail.html ?? '')).toBeLessThan(102_000);
});

test('a second process on the same directory refuses to start and says why', async () => {
  const second = startService(directory);

  expect(await second.exitCode).toBe(1);
  expect(second.output()).toContain(`${directory} is in use by process ${child.pid}: stop it first`);
});

test('it stops when it is told to, and a restart keeps everything and loads nothing again', async () => {
  const before = await summary();

  expect(await child.stop()).toBe(0);
  child = startService(directory, { FOREWARN_SAMPLE: 'on' });
  service = await child.ready();
  await child.says(LOADED);

  expect(await summary()).toEqual(before);
  expect(child.output()).not.toContain('Sending');
  expect(child.output()).toMatch(/^1\. Data disk of the data bases/m);
});

/** What must be the same before and after a restart. What is judged by the minute may change meanwhile: only ids count. */
async function summary() {
  const samples: (readonly [string, number])[] = [];
  for (const { series_id: id } of ofCompany(await readList<Named>(service, '/v1/series'))) {
    const rollups = await readJson<Rollups>(service, `/v1/series/${id}/samples?step=1h&from=${longAgo()}`);
    samples.push([id, rollups.points.reduce((sum, { count }) => sum + count, 0)]);
  }
  const anomalies = ofCompany(await readList<AnomalyItem>(service, '/v1/anomalies'));
  const predictions = await readList<PredictionItem>(service, '/v1/predictions');
  const issues = await readList<IssueItem>(service, '/v1/issues?kind=prediction');
  return {
    credentials: service.credentials,
    samples,
    anomalies: anomalies.map(({ anomaly_id: id }) => id),
    predictions: predictions.map(({ prediction_id: id }) => id),
    issues: issues.map(({ issue_id: id }) => id),
    mails: await readdir(join(directory, 'outbox')),
  };
}

/** The service reports its own machine all the while. */
function ofCompany<T extends Named>(items: readonly T[]): readonly T[] {
  return items.filter(({ labels }) => labels.service !== 'forewarn');
}

/** Before the sample began. */
function longAgo(): string {
  return new Date(Date.now() - 60 * DAY_MS).toISOString();
}

async function simulate<T>(body: unknown): Promise<T> {
  const answer = await fetch(`${service.baseUrl}/v1/simulations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.credentials.keys.read}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as T;
}

function ageMs(time: string | null): number {
  return Date.now() - Date.parse(time ?? '');
}
