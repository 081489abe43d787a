import { expect, it } from 'vitest';
import { DEFAULT_INGEST_LIMITS } from '../../functions/ingest/limits.ts';
import { decodeRemoteWrite } from '../../functions/ingest/remote-write.ts';
import { createSeriesIdentity } from '../../functions/ingest/series-identity.ts';
import type { Log } from '../../functions/platform/log.ts';
import { warmUpIngest } from '../../local/warm-up.ts';
import { warmUpRequest } from '../../local/warm-up-request.ts';
import { seriesOf } from '../support/series-columns.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10);

it('the request that is made up is one that a Prometheus could have sent', () => {
  const context = {
    workspace: 'abcdefghijkl',
    nowMs: NOW_MS,
    limits: DEFAULT_INGEST_LIMITS,
    identity: createSeriesIdentity(),
  };
  const batch = decodeRemoteWrite(warmUpRequest(300, NOW_MS), context);
  const series = seriesOf(batch);

  expect([batch.acceptedSamples, batch.rejected.count, series.length]).toEqual([300, 0, 300]);
  expect(series[3]).toMatchObject({
    kind: 'counter',
    labels: [
      ['__name__', 'warm_up_3_total'],
      ['cluster', 'warm-up'],
      ['instance', '10.0.0.3:9100'],
      ['job', 'warm-up'],
      ['namespace', 'space-3'],
      ['pod', 'pod-7d4f9c-ibx'],
      ['service', 'service-3'],
    ],
    timestampsMs: Float64Array.of(NOW_MS),
    values: Float64Array.of(3.75),
  });
});

it('warming up is answered as real requests are, and says nothing', async () => {
  const said: unknown[] = [];
  const say = (...words: unknown[]): void => void said.push(words);
  const log: Log = { debug: say, info: say, warn: say, error: say };

  expect(await warmUpIngest({ shardCount: 4, nowMs: () => NOW_MS, log })).toBe(24);
  expect(said).toEqual([]);
});
