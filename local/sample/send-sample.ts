import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { companySeries } from './company.ts';
import { sampleChanges, sampleLogs } from './events.ts';
import { SAMPLE_LIMITS } from './limits.ts';
import { sampleMetrics } from './metrics.ts';

export interface SampleKeys {
  readonly ingest: string;
  readonly admin: string;
}

export interface SampleResult {
  readonly series: number;
  readonly samples: number;
  readonly logRecords: number;
  readonly changes: number;
}

const LENGTH_MS = 56 * DAY_MS;
const BLOCK_MS = 12 * HOUR_MS;
const SEED = 20_261_121;

/** Sends eight weeks of the sample company through the public API, as anybody would, ending at endMs. */
export async function sendSample(options: {
  readonly baseUrl: string;
  readonly keys: SampleKeys;
  readonly endMs: number;
  readonly onProgress: (ratio: number) => void;
}): Promise<SampleResult> {
  const { baseUrl, keys, onProgress } = options;
  const endMs = Math.floor(options.endMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const startMs = endMs - LENGTH_MS;
  const send = createSender(baseUrl);
  await send('PUT', '/v1/limits', keys.admin, { items: SAMPLE_LIMITS });
  const changes = sampleChanges(endMs, LENGTH_MS);
  for (const change of changes) await send('POST', '/v1/changes', keys.ingest, change);
  let samples = 0;
  let logRecords = 0;
  let fromMs = startMs;
  for (const block of sampleMetrics({ startMs, endMs, blockMs: BLOCK_MS, seed: SEED })) {
    await send('POST', '/v1/ingest/metrics', keys.ingest, { metrics: block.items });
    for (const item of block.items) samples += item.samples.length;
    const logs = sampleLogs(fromMs, block.toMs, endMs, SEED + fromMs / BLOCK_MS);
    await send('POST', '/v1/ingest/logs', keys.ingest, { logs });
    logRecords += logs.length;
    fromMs = block.toMs;
    onProgress((block.toMs - startMs) / LENGTH_MS);
  }
  return { series: companySeries().length, samples, logRecords, changes: changes.length };
}

function createSender(baseUrl: string) {
  return async (method: string, path: string, key: string, body: unknown): Promise<void> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`sample: ${method} ${path} was answered ${response.status}: ${text.slice(0, 500)}`);
  };
}
