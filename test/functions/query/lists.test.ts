import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleAnomaly, sampleChange, sampleIssue, samplePrediction } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const KEY = `${WORKSPACE}:read`;
const COUNT = 450;

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  await service.stores.anomalies.putMany(
    WORKSPACE,
    Array.from({ length: COUNT }, (_, i) =>
      sampleAnomaly({
        startedAtMs: NOW_MS - (i + 1) * HOUR_MS,
        labels: [
          ['host', `host-${i % 7}`],
          ['service', 'api'],
        ],
        status: i % 2 === 0 ? 'open' : 'closed',
      }),
    ),
  );
  await service.stores.series.putMany(
    WORKSPACE,
    Array.from({ length: 5 }, (_, i) => ({
      seriesId: `series-${i}`,
      labels: [
        ['__name__', i < 3 ? 'cpu' : 'disk'],
        ['host', `h${i % 2}`],
      ] as const,
      kind: 'gauge' as const,
      shard: 0,
      firstSampleMs: NOW_MS,
    })),
  );
  await service.stores.issues.put(WORKSPACE, sampleIssue());
  await service.stores.predictions.put(WORKSPACE, samplePrediction());
  await service.stores.changes.put(WORKSPACE, sampleChange());
});

afterAll(() => service.close());

const get = (path: string): Promise<Answer> => service.ask(path, { key: KEY });

interface Row {
  readonly anomaly_id: string;
  readonly status: string;
  readonly started_at: string;
  readonly labels: Record<string, string>;
}

/** Follows `Link` to the end. */
async function everything(path: string): Promise<{ rows: Row[]; pages: number }> {
  const rows: Row[] = [];
  let next: string | undefined = path;
  let pages = 0;
  while (next !== undefined) {
    const answer: Answer = await get(next);
    rows.push(...(answer.json.items as Row[]));
    next = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1];
    pages++;
  }
  return { rows, pages };
}

describe('lists', () => {
  it.each([
    ['', COUNT, 5],
    ['&status=open', COUNT / 2, 3],
    ['&label=host:host-3', 64, 1],
    ['&status=closed&label=host:host-3', 32, 1],
    ['&series_id=series-latency', COUNT, 5],
  ])('come page by page, each item once, newest first, with the filter "%s"', async (filter, count, pages) => {
    const found = await everything(`/v1/anomalies?limit=100${filter}`);

    const ids = found.rows.map(({ anomaly_id }) => anomaly_id);
    expect([found.rows.length, found.pages]).toEqual([count, pages]);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  });

  it('hold 100 items where no limit is given', async () => {
    const { json } = await get('/v1/anomalies');

    expect(json.items).toHaveLength(100);
  });

  it('go on after a filtered item in the middle of a page of the store', async () => {
    const { rows } = await everything('/v1/anomalies?limit=7&label=host:host-3');

    expect(rows).toHaveLength(64);
    expect(new Set(rows.map(({ labels }) => labels.host))).toEqual(new Set(['host-3']));
  });

  it('keep to a range of time, from included, to excluded, in any offset', async () => {
    const { rows } = await everything(
      '/v1/anomalies?from=2026-10-31T20:00:00%2B01:00&to=2026-10-31T22:00:00Z&status=closed',
    );

    expect(rows.map(({ started_at }) => started_at)).toEqual(['2026-10-31T20:00:00.000Z']);
  });

  it('find series by metric and labels', async () => {
    expect((await get('/v1/series?metric=cpu')).json.items).toHaveLength(3);
    expect((await get('/v1/series?metric=cpu&label=host:h0')).json.items).toHaveLength(2);
    expect((await get('/v1/series?label=host:h0')).json.items).toHaveLength(3);
    expect((await get('/v1/series?metric=none')).json.items).toEqual([]);
  });

  it.each([
    ['/v1/issues?severity=warning&kind=anomaly&service=api&status=open', 1],
    ['/v1/issues?severity=critical', 0],
    ['/v1/issues?service=shop', 0],
    ['/v1/predictions?status=open&limit_id=limit-disk&series_id=series-disk', 1],
    ['/v1/predictions?status=hit', 0],
    ['/v1/predictions?limit_id=other', 0],
    ['/v1/changes?kind=deploy&service=api', 1],
    ['/v1/changes?kind=config', 0],
  ])('filter: %s gives %i', async (path, count) => {
    expect((await get(path)).json.items).toHaveLength(count);
  });
});
