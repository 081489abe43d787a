import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { createKeys } from '../../data/tables/keys.ts';
import { createStores, type Stores } from '../../data/tables/stores.ts';
import { createTopology } from '../../data/tables/topology.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';
import { assembleQuery, createBackend } from '../../functions/assemble.ts';
import { assembleIngest } from '../../functions/assemble-ingest.ts';
import { httpEdge, type Route } from '../../functions/platform/edge.ts';
import {
  DISK_LABELS,
  DISK_LIMIT,
  NOW_MS,
  sampleAnomaly,
  sampleChange,
  sampleForecast,
  sampleIssue,
  samplePrediction,
} from '../support/decide-samples.ts';
import { eventOf } from '../support/query-service.ts';

const OWNER = 'ownerworkspace';
const STRANGER = 'strangerworkspace';
const PEPPER = 'pepper';
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What only the owner may read, in names of things that are stored for it. */
const MARKS = [OWNER, 'orders-db', 'secret of the owner'];
/** By the name in the path: a thing of the owner. A route with another name in its path needs its thing here. */
const things: Record<string, string> = {
  seriesId: 'series-disk',
  predictionId: samplePrediction().predictionId,
  anomalyId: sampleAnomaly().anomalyId,
  issueId: sampleIssue().issueId,
  limitId: DISK_LIMIT.limitId,
  calendarId: 'calendar-holidays',
  policyId: 'policy-disks',
  baselineId: 'baseline-disk',
  feedbackId: 'feedback-disk',
};
/** Bodies that the route would take, naming the owner where it can be named. Others are sent an empty object. */
const BODIES: Readonly<Record<string, unknown>> = {
  'PUT /v1/limits': { title: 'mine', selector: { __name__: 'disk_used_bytes' }, max: 1, lead_time: '1d' },
  'POST /v1/keys': { title: 'mine', scopes: ['read'] },
  'PUT /v1/topology': { edges: [{ from: 'a', to: 'b' }] },
  'POST /v1/changes': { summary: 'a', timestamp: NOW_MS },
  'POST /v1/ingest/metrics': [{ name: 'a', labels: { tenant: OWNER, workspace: OWNER }, timestamp: NOW_MS, value: 1 }],
  'POST /v1/ingest/logs': [{ line: 'a', labels: { tenant: OWNER }, timestamp: NOW_MS }],
};

let directory = '';
let embedded: EmbeddedBackend;
let ask: (method: string, path: string, key: string, body?: unknown) => Promise<{ status: number; text: string }>;
let ownersKey = '';
let strangersKey = '';

const nowMs = (): number => NOW_MS;
const routes: Route[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-isolation-'));
  embedded = await openEmbedded({ directory, nowMs });
  await fillOwner();
  const keys = createKeys({ table: embedded.table, pepper: PEPPER, nowMs });
  const scopes = ['ingest', 'read', 'admin'] as const;
  const owners = await keys.create({ workspace: OWNER, env: 'test', title: 'secret of the owner', scopes });
  const strangers = await keys.create({ workspace: STRANGER, env: 'test', title: 'stranger', scopes });
  ownersKey = owners.text;
  strangersKey = strangers.text;
  things.keyId = owners.key.keyId;
  const backend = createBackend(embedded);
  const settings = { pepper: PEPPER, nowMs, shardCount: 4, limits: DEFAULT_WORKSPACE_LIMITS, log: SILENT };
  const ingest = assembleIngest(embedded, settings);
  const query = assembleQuery(backend, { ...settings, version: '0', timeZone: 'UTC', cursorSecret: PEPPER });
  routes.push(...ingest.routes, ...query.routes);
  const handler = httpEdge({ ...query, room: 'query', routes, log: SILENT });
  ask = async (method, path, key, body) => {
    const event = eventOf(path, {
      method,
      key,
      headers: { 'content-type': 'application/json', 'x-scope-orgid': OWNER },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { statusCode = 0, body: text = '' } = await handler(event, {} as Context);
    return { status: statusCode, text };
  };
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

async function fillOwner(): Promise<void> {
  const stores = createStores(embedded.table);
  const series = {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 1,
    firstSampleMs: NOW_MS,
  } as const;
  await stores.series.put(OWNER, series);
  await stores.forecasts.put(OWNER, sampleForecast());
  await stores.predictions.put(OWNER, samplePrediction());
  await stores.anomalies.put(OWNER, sampleAnomaly());
  await stores.issues.put(OWNER, { ...sampleIssue(), title: 'secret of the owner' });
  await stores.changes.put(OWNER, { ...sampleChange(), summary: 'secret of the owner' });
  await stores.limits.put(OWNER, DISK_LIMIT);
  await fillWords(stores);
  const dependency = { from: 'checkout', to: 'orders-db' };
  await createTopology(embedded.table, stores.series).declare(OWNER, [dependency], NOW_MS);
}

/** What the owner has said about the detection of its series. */
async function fillWords({ calendars, policies, baselines, feedback }: Stores): Promise<void> {
  const note = 'secret of the owner';
  await calendars.put(OWNER, {
    calendarId: 'calendar-holidays',
    title: note,
    timeZone: 'UTC',
    selector: [],
    muteAlerts: true,
    excludeFromTraining: false,
    shiftMs: 0,
    events: [],
    updatedAtMs: NOW_MS,
  });
  await policies.put(OWNER, {
    policyId: 'policy-disks',
    title: note,
    selector: [],
    direction: 'above',
    minImpact: null,
    minImpactRelative: null,
    threshold: null,
    watches: null,
    updatedAtMs: NOW_MS,
  });
  const said = { seriesId: 'series-disk', note, createdAtMs: NOW_MS };
  await baselines.put(OWNER, { ...said, baselineId: 'baseline-disk', selector: [], fromMs: NOW_MS });
  await feedback.put(OWNER, {
    ...said,
    feedbackId: 'feedback-disk',
    anomalyId: sampleAnomaly().anomalyId,
    verdict: 'not_useful',
    when: 'always',
    shape: { type: 'spike', side: 'above', deviation: 1, durationMs: 0, startedAtMs: NOW_MS },
  });
}

/** What a path without a thing of its own asks for. */
const QUERIES: Readonly<Record<string, string>> = { '/v1/explain': '?series={seriesId}' };

const isGet = ({ method, scope }: Route): boolean => method === 'GET' && scope !== null;
/** Not what a PUT names: that makes a thing of the asker's own under this name, whoever else has one. */
const hasThing = ({ method, path }: Route): boolean => method !== 'PUT' && path.includes('{');

/** The path of a route, with the owner's things or with those of nobody. */
function pathOf({ path }: Route, owned: boolean): string {
  const asked = `${path}${QUERIES[path] ?? ''}`;
  return asked.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = things[name];
    if (id === undefined) throw new Error(`${path}: name a thing of the owner for {${name}} in this test`);
    return owned ? id : 'nobodys-thing';
  });
}

/** Everything that the owner can see. */
async function ownersView(): Promise<Map<string, string>> {
  const view = new Map<string, string>();
  for (const route of routes.filter(isGet)) {
    const path = pathOf(route, true);
    const { status, text } = await ask('GET', path, ownersKey);
    view.set(`${path} ${status}`, text);
  }
  return view;
}

describe('A07 routes of all rooms', () => {
  it('show its things to their owner', async () => {
    const view = await ownersView();

    expect(view.size).toBeGreaterThan(10);
    expect([...view.keys()].filter((name) => !name.endsWith(' 200'))).toEqual([]);
    const together = [...view.values()].join();
    for (const mark of MARKS.slice(1)) expect(together).toContain(mark);
  });

  it('tell a stranger nothing of it, and let a stranger change nothing, whatever is asked', async () => {
    const before = await ownersView();
    for (const route of routes) {
      const name = `${route.method} ${route.path}`;
      const body = route.method === 'GET' ? undefined : (BODIES[name] ?? {});
      const { text } = await ask(route.method, pathOf(route, true), strangersKey, body);

      for (const mark of MARKS) expect(text, name).not.toContain(mark);
    }
    expect(await ownersView()).toEqual(before);
  });

  it('answer for a thing of the owner as for one that is not there', async () => {
    const withThings = routes.filter(hasThing);
    expect(withThings.length).toBeGreaterThan(7);
    for (const route of withThings) {
      const owned = await ask(route.method, pathOf(route, true), strangersKey);
      const absent = await ask(route.method, pathOf(route, false), strangersKey);

      const name = `${route.method} ${route.path}`;
      expect([name, owned.status]).toEqual([name, 404]);
      expect({ ...JSON.parse(owned.text), instance: '' }, name).toEqual({ ...JSON.parse(absent.text), instance: '' });
    }
  });

  it('B04 show no secret, whatever is asked', async () => {
    const { items } = await embedded.table.query({ partition: `${OWNER}#key`, byIndex: true, limit: 10 });
    const secrets = [ownersKey, ownersKey.slice(-20), ...items.map(({ body }) => String(body.secretHmac))];
    const view = [...(await ownersView()).entries()].join();
    expect(items.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(view).not.toContain(secret);
  });

  it('ask for a key, every one but health', () => {
    expect(routes.filter(({ scope }) => scope === null).map(({ path }) => path)).toEqual(['/v1/health']);
  });
});
