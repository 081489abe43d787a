import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type FakeServer,
  startBusy,
  startFakeIngest,
  startFakePrometheus,
  startRedirect,
} from '../../support/backfill-servers.ts';
import { findPrometheus, startPrometheus } from '../../support/prometheus.ts';
import { startService } from '../../support/service.ts';
import { type Named, type Points, queueToEmpty, readJson, readList } from '../../support/service-api.ts';

const MAIN = fileURLToPath(new URL('../../../local/backfill/main.ts', import.meta.url));
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 1);
const DRAIN_MS = 30_000;

let directory = '';
const open: FakeServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-backfill-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

function opened<T extends FakeServer>(server: T): T {
  open.push(server);
  return server;
}

/** The tool as a person starts it. */
function start(parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    env: { PATH: process.env.PATH ?? '', FOREWARN_DATA: directory, FOREWARN_INGEST_KEY: 'the-key', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }));
  return { ended, kill: () => child.kill('SIGKILL') };
}

const minutes = (count: number): number[] => Array.from({ length: count }, (_, i) => START_MS + i * MINUTE_MS);
const timeOf = (timestampMs: number): string => new Date(timestampMs).toISOString();
const SERIES: readonly Readonly<Record<string, string>>[] = [
  { __name__: 'requests', job: 'a' },
  { __name__: 'requests', job: 'b' },
  { __name__: 'temperature', room: 'ü' },
];

describe('S13 a Prometheus', () => {
  test('is loaded as a whole and in order, through hiccups on both sides', async () => {
    const prometheus = opened(await startFakePrometheus({ series: SERIES, sinceMs: START_MS, failAt: 3 }));
    const ingest = opened(await startFakeIngest());
    ingest.control.refuseFirst = 2;
    const url = prometheus.url.replace('http://', 'http://me:secret@');

    const { code, text } = await start([
      'prometheus',
      `${url}/prom`,
      '--from',
      timeOf(START_MS),
      '--to',
      timeOf(START_MS + 499 * MINUTE_MS),
      '--match',
      'x',
      '--target',
      ingest.url,
    ]).ended;

    expect([code, text]).toEqual([0, expect.stringContaining('1500 samples are stored, 0 were refused')]);
    expect([...ingest.received.keys()]).toEqual([
      'requests{"job":"a"}',
      'requests{"job":"b"}',
      'temperature{"room":"ü"}',
    ]);
    for (const times of ingest.received.values()) expect(times).toEqual(minutes(500));
    expect([...ingest.keys]).toEqual(['Bearer the-key']);
    expect(prometheus.requests[0]?.authorization).toBe(`Basic ${btoa('me:secret')}`);
    expect(await readdir(directory)).toEqual([]);
  });

  test('goes on after a kill where it was, and nothing is missing', async () => {
    const prometheus = opened(await startFakePrometheus({ series: SERIES, sinceMs: START_MS }));
    const ingest = opened(await startFakeIngest());
    const parameters = [
      'prometheus',
      `${prometheus.url}/prom`,
      '--from',
      timeOf(START_MS),
      '--to',
      timeOf(START_MS + 999 * MINUTE_MS),
      '--target',
      ingest.url,
    ];
    ingest.control.hangAfter = 3;
    const first = start(parameters);
    await ingest.hangs;
    first.kill();
    await first.ended;
    const before = ingest.received.get('requests{"job":"a"}')?.length ?? 0;
    ingest.control.hangAfter = Number.POSITIVE_INFINITY;

    const { code, text } = await start(parameters).ended;

    expect([code, text]).toEqual([0, expect.stringContaining('Going on where it was broken off')]);
    expect(before).toBe(20 + 80 + 320);
    for (const times of ingest.received.values()) expect(times).toEqual(minutes(1_000));
    expect(text).toContain('3000 samples are stored');
  });

  test('is not asked without a key, and that is said in one line', async () => {
    const keyless = await start(['prometheus', 'http://127.0.0.1:1', '--from', '1h'], { FOREWARN_INGEST_KEY: '' })
      .ended;

    expect(keyless).toEqual({ code: 1, text: expect.stringMatching(/^backfill: there is no key: .*\n$/) });
  });

  const program = findPrometheus();
  test.skipIf(program === undefined)('may be a real one', async () => {
    const real = program ?? '';
    const lines = minutes(300).map((timestampMs, i) => `disk_used_bytes{host="a"} ${i} ${timestampMs / 1_000}`);
    const metrics = join(directory, 'past.txt');
    await writeFile(metrics, `# TYPE disk_used_bytes gauge\n${lines.join('\n')}\n# EOF\n`);
    await mkdir(join(directory, 'prometheus'));
    await promisify(execFile)(join(dirname(real), 'promtool'), [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      metrics,
      join(directory, 'prometheus'),
    ]);
    const prometheus = await startPrometheus(real, directory, '');
    const service = startService(join(directory, 'data'));
    try {
      const ready = await service.ready();
      const { code, text } = await start(
        [
          'prometheus',
          `http://${prometheus.address}`,
          '--from',
          timeOf(START_MS),
          '--to',
          timeOf(START_MS + 299 * MINUTE_MS),
          '--match',
          'disk_used_bytes',
          '--target',
          ready.baseUrl,
        ],
        { FOREWARN_DATA: join(directory, 'data'), FOREWARN_INGEST_KEY: '' },
      ).ended;
      expect([code, text]).toEqual([0, expect.stringContaining('300 samples are stored, 0 were refused')]);
      await queueToEmpty(ready, DRAIN_MS);
      const [series] = await readList<Named>(ready, '/v1/series?metric=disk_used_bytes');
      expect(series?.labels).toEqual({ host: 'a' });
      const range = `from=${timeOf(START_MS)}&to=${timeOf(START_MS + 300 * MINUTE_MS)}`;
      const { points } = await readJson<Points>(ready, `/v1/series/${series?.series_id ?? ''}/samples?${range}`);
      expect(points).toEqual(minutes(300).map((timestampMs, i) => ({ time: timeOf(timestampMs), value: i })));
    } finally {
      await prometheus.stop();
      await service.stop();
    }
  });
});

describe('S14 a file', () => {
  test('is loaded into the service, in order of time, and what is wrong in it is said', async () => {
    const rows = minutes(400).map((timestampMs, i) => `${timeOf(timestampMs)},${i},"room, north"`);
    const path = join(directory, 'past.csv');
    await writeFile(path, `timestamp,value,place\n${rows.toReversed().join('\n')}\n${timeOf(START_MS)},warm,x\n`);
    const data = join(directory, 'data');
    const service = startService(data);
    try {
      const ready = await service.ready();
      const parameters = ['csv', path, '--name', 'temperature', '--target', ready.baseUrl];
      const env = { FOREWARN_DATA: data, FOREWARN_INGEST_KEY: '' };
      const { code, text } = await start(parameters, env).ended;

      expect([code, text]).toEqual([0, expect.stringContaining('400 samples are stored, 1 were refused')]);
      expect(text).toContain('value_invalid: expected a finite number, got "warm"');
      await queueToEmpty(ready, DRAIN_MS);
      const [series] = await readList<Named>(ready, '/v1/series?metric=temperature');
      expect(series?.labels).toEqual({ place: 'room, north' });
      const range = `from=${timeOf(START_MS)}&to=${timeOf(START_MS + 400 * MINUTE_MS)}`;
      const { points } = await readJson<Points>(ready, `/v1/series/${series?.series_id ?? ''}/samples?${range}`);
      expect(points.map(({ value }) => value)).toEqual(rows.map((_, i) => i));

      await start(parameters, env).ended;
      await queueToEmpty(ready, DRAIN_MS);
      const usage = await readJson<{ discarded: Record<string, unknown> }>(ready, '/v1/usage');
      expect(Object.keys(usage.discarded).toSorted()).not.toContain('late');
    } finally {
      await service.stop();
    }
    await expect(stat(path)).resolves.toBeDefined();
  });
});

describe('T18 B03 a redirect is not followed: no key and no password reaches', () => {
  const SECRETS = { FOREWARN_INGEST_KEY: 'the-key' };

  test('another service', async () => {
    const elsewhere = opened(await startFakeIngest());
    const redirecting = opened(await startRedirect(elsewhere.url));
    const file = join(directory, 'one.csv');
    await writeFile(file, 'timestamp,value,name\n1763712000000,1,a\n');

    const { code, text } = await start(['csv', file, '--target', redirecting.url], SECRETS).ended;

    expect([code, text]).toEqual([1, expect.stringContaining(`redirects to ${elsewhere.url}`)]);
    expect(redirecting.asked).toHaveLength(1);
    expect(elsewhere.received.size).toBe(0);
  });

  test('another Prometheus', async () => {
    const elsewhere = opened(await startFakePrometheus({ series: SERIES, sinceMs: START_MS }));
    const redirecting = opened(await startRedirect(elsewhere.url));
    const address = redirecting.url.replace('http://', 'http://me:secret@');

    const { code, text } = await start(['prometheus', address, '--from', timeOf(START_MS)], SECRETS).ended;

    expect([code, text]).toEqual([1, expect.stringContaining(`redirects to ${elsewhere.url}`)]);
    expect(text).not.toContain('secret');
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('where there is nothing', () => {
  const DAY = ['--from', timeOf(START_MS), '--to', timeOf(START_MS + 86_400_000)];

  test('no service: it says so after seconds, and how to name another', async () => {
    const prometheus = opened(await startFakePrometheus({ series: SERIES, sinceMs: START_MS }));
    const source = ['prometheus', `${prometheus.url}/prom`, ...DAY];

    const { code, text } = await start([...source, '--target', 'http://127.0.0.1:1']).ended;

    expect([code, text]).toEqual([1, expect.stringContaining('is Forewarn running there? --target says where it is')]);
  });

  test('no Prometheus: it says so after seconds, and why', async () => {
    const { code, text } = await start(['prometheus', 'http://127.0.0.1:1', ...DAY]).ended;

    expect([code, text]).toEqual([1, expect.stringMatching(/127\.0\.0\.1:1 does not answer: (?!fetch failed).+/)]);
  });

  test('no samples: it says where to look', async () => {
    const prometheus = opened(await startFakePrometheus({ series: [], sinceMs: START_MS }));
    const ingest = opened(await startFakeIngest());

    const { code, text } = await start(['prometheus', `${prometheus.url}/prom`, ...DAY, '--target', ingest.url]).ended;

    expect([code, text]).toEqual([0, expect.stringContaining('Nothing was found')]);
  });

  test('no room: it says that it waits', async () => {
    const file = join(directory, 'one.csv');
    await writeFile(file, 'timestamp,value,name\n1763712000000,1,a\n');
    const busy = opened(await startBusy());
    const { ended, kill } = start(['csv', file, '--target', busy.url]);
    await busy.askedTwice;
    kill();

    expect((await ended).text).toContain('answers 503: later; trying again for some minutes');
  });
});

test('without anything it says how it is used', async () => {
  expect(await start([]).ended).toEqual({
    code: 0,
    text: expect.stringContaining('npm run backfill -- prometheus URL'),
  });
});
