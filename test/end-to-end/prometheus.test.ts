import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPrometheus, startPrometheus } from '../support/prometheus.ts';
import { type ReadyService, startService } from '../support/service.ts';
import { type Named, type Points, readJson, readList, until } from '../support/service-api.ts';

const program = findPrometheus();
if (program === undefined) {
  process.stderr.write('skipped: a real Prometheus writes here; to have it: apt-get install prometheus\n');
}
/** Prometheus sends what it has at least every five seconds, and needs a scrape before. */
const ARRIVAL_TIMEOUT_MS = 60_000;
const ENOUGH_SAMPLES = 3;

test.skipIf(program === undefined)(
  'S01 a real Prometheus writes with the block that is shown to paste, and its series appear',
  { timeout: 150_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'forewarn-prometheus-'));
    const child = startService(join(directory, 'forewarn'));
    onTestFinished(async () => {
      await child.kill();
      await rm(directory, { recursive: true });
    });
    const service = await child.ready();
    const [, block = ''] = await child.says(/^(remote_write:\n(?: .*\n)+)/m);
    const prometheus = await startPrometheus(program!, directory, block);
    onTestFinished(prometheus.stop);

    const up = await until('samples of `up`', ARRIVAL_TIMEOUT_MS, () => samplesOf(service, 'up', prometheus.address));
    const build = await samplesOf(service, 'prometheus_build_info', prometheus.address);
    const counters = await readList<Named & { kind: string }>(
      service,
      '/v1/series?metric=prometheus_http_requests_total',
    );

    expect(up.points.every(({ value }) => value === 0 || value === 1)).toBe(true);
    expect(up.points.at(-1)?.value).toBe(1);
    expect(build?.points.at(-1)?.value).toBe(1);
    expect(new Set(counters.map(({ kind }) => kind))).toEqual(new Set(['counter']));
    expect(prometheus.output()).not.toMatch(/level=(warn|error).*component=remote/);
  },
);

/** Undefined until there are a few. */
async function samplesOf(service: ReadyService, metric: string, instance: string): Promise<Points | undefined> {
  const filter = new URLSearchParams([
    ['metric', metric],
    ['label', `instance:${instance}`],
    ['label', 'job:prometheus'],
  ]);
  const [found] = await readList<Named>(service, `/v1/series?${filter.toString()}`);
  if (found === undefined) return undefined;
  const samples = await readJson<Points>(service, `/v1/series/${found.series_id}/samples`);
  return samples.points.length < ENOUGH_SAMPLES ? undefined : samples;
}
