import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPrometheus, startPrometheus } from '../support/prometheus.ts';
import { type ReadyService, type ServiceProcess, startService } from '../support/service.ts';
import { type Named, readJson, readList, until } from '../support/service-api.ts';

/*
 * What the pages of the protocols show, pasted as it stands: only address and key are those of the service of this test.
 */

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
const PAGES = globSync('docs/protocols/*.md', { cwd: ROOT }).toSorted();
const DRAIN_MS = 60_000;
/** Of the pages of JSON, CSV and logs. */
const METRICS = ['disk_used_bytes', 'requests_total', 'temperature', 'log_records'];

const programOf = (...names: readonly string[]): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
const curl = programOf('curl');
const browser = programOf('chromium', 'google-chrome');
const prometheus = findPrometheus();

interface Usage {
  readonly accepted: Readonly<Record<string, number>>;
  readonly discarded: object;
}

let directory = '';
let child: ServiceProcess;
let service: ReadyService;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-pasted-'));
  child = startService(join(directory, 'forewarn'));
  service = await child.ready();
});

afterAll(async () => {
  await child.kill();
  await rm(directory, { recursive: true });
});

async function blocksOf(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  return found.map(([, block]) =>
    block!.replaceAll(/https?:\/\/(127\.0\.0\.1:8788|forewarn\.example)/g, service.baseUrl),
  );
}

describe.skipIf(curl === undefined)('S07 commands of the docs, pasted into a shell', () => {
  test.each(PAGES.filter((page) => basename(page) !== 'firehose.md'))(
    '%s: each curl stores what it sends',
    async (page) => {
      const commands = (await blocksOf(page, 'sh')).filter((block) => block.startsWith('curl'));
      if (!['otlp.md', 'remote-write.md'].includes(basename(page))) expect(commands.length).toBeGreaterThan(0);
      const env = { ...process.env, FOREWARN_INGEST_KEY: service.credentials.keys.ingest };
      for (const command of commands) {
        const asked = command.replace('curl', `curl -s -w '\\n%{http_code}'`);
        const { stdout } = await run('sh', ['-c', asked], { env });
        expect(stdout).toMatch(/\n20[04]$/);
        if (stdout.endsWith('200')) expect(stdout).toMatch(/"accepted":[1-9]\d*,"rejected":0/);
      }
    },
  );

  test('what they sent can be asked for', async () => {
    const usage = await until('all that was sent', DRAIN_MS, async () => {
      const metrics = (await readList<Named>(service, '/v1/series')).map(({ metric }) => metric);
      const found = await readJson<Usage>(service, '/v1/usage');
      return METRICS.every((metric) => metrics.includes(metric)) && found.accepted.log_records === 2
        ? found
        : undefined;
    });
    const changes = await readList<{ summary: string }>(service, '/v1/changes');

    expect(changes.length).toBeGreaterThanOrEqual(2);
    expect(usage.discarded).toEqual({});
  });

  test('S12 the topology of the API page is declared, and read back', async () => {
    const [put] = (await blocksOf('docs/api.md', 'sh')).filter((block) => block.includes('/v1/topology" \\'));
    const env = { ...process.env, FOREWARN: service.baseUrl, ADMIN_KEY: service.credentials.keys.admin };
    await run('sh', ['-c', put!], { env });
    const { edges } = await readJson<{ edges: unknown[] }>(service, '/v1/topology');
    expect(edges).toEqual([{ from: 'orders', to: 'orders-db', origins: ['declared'] }]);
  });
});

test.skipIf(prometheus === undefined)(
  'S01 the block of the docs, pasted into prometheus.yml',
  { timeout: 150_000 },
  async () => {
    const [block] = await blocksOf('docs/protocols/remote-write.md', 'yaml');
    const settings = block!.replace('YOUR_INGEST_KEY', service.credentials.keys.ingest);
    const running = await startPrometheus(prometheus!, directory, settings);
    try {
      const label = encodeURIComponent(`instance:${running.address}`);
      await until('a series of Prometheus', DRAIN_MS, async () => {
        const [up] = await readList<Named>(service, `/v1/series?metric=up&label=${label}`);
        return up;
      });
      expect(running.output()).not.toMatch(/level=(warn|error).*component=remote/);
    } finally {
      await running.stop();
    }
  },
);

test.skipIf(browser === undefined)('S08 a page in a browser sends by fetch', async () => {
  const opened = await chromium.launch({ executablePath: browser!, args: ['--no-sandbox'] });
  try {
    const page = await opened.newPage();
    await page.goto(`${service.baseUrl}/v1/health`);
    const { key, items } = {
      key: service.credentials.keys.ingest,
      items: [{ name: 'page_load_seconds', labels: { page: '/', ü: '😀' }, timestamp: Date.now(), value: 1.25 }],
    };
    const answer = await page.evaluate(
      async (sent) => {
        const response = await fetch('/v1/ingest/metrics', {
          method: 'POST',
          headers: { authorization: `Bearer ${sent.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(sent.items),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      },
      { key, items },
    );

    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: 0 } });
    const series = await until('the series of the page', DRAIN_MS, async () => {
      const [found] = await readList<Named>(service, '/v1/series?metric=page_load_seconds');
      return found;
    });
    expect(series.labels).toMatchObject({ page: '/', ü: '😀' });
  } finally {
    await opened.close();
  }
});
