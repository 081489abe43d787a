import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';
import { OUTAGE, SLOW_DEPLOY_AGO_MS } from './company.ts';
import { business, instantAt } from './shapes.ts';

export interface SampleChange {
  readonly summary: string;
  readonly source: string;
  readonly kind: 'deploy' | 'config';
  readonly service: string;
  readonly timestamp: string;
  readonly custom_details: Readonly<Record<string, string>>;
}

export interface SampleLogRecord {
  readonly timestamp: string;
  readonly severity: string;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Weekly deploys of two services, the one that made the checkout slower, and a configuration change before the outage. */
export function sampleChanges(endMs: number, lengthMs: number): SampleChange[] {
  const changes: SampleChange[] = [];
  const weeks = Math.floor(lengthMs / (7 * DAY_MS));
  for (let week = weeks; week >= 1; week--) {
    changes.push(deploy('web', `2.${20 - week}.0`, endMs - week * 7 * DAY_MS + 30 * HOUR_MS));
    if (week !== 1) changes.push(deploy('checkout', `5.${14 - week}.1`, endMs - week * 7 * DAY_MS + 52 * HOUR_MS));
  }
  changes.push(deploy('checkout', '5.14.0', endMs - SLOW_DEPLOY_AGO_MS - 2 * 60_000));
  changes.push({
    summary: 'Payment provider: connection pool from 40 to 4',
    source: 'config-repository',
    kind: 'config',
    service: 'checkout',
    timestamp: new Date(endMs - OUTAGE.agoMs - 6 * 60_000).toISOString(),
    custom_details: { key: 'payment.pool.max', from: '40', to: '4' },
  });
  return changes.sort((a, b) => a.timestamp.localeCompare(b.timestamp));
}

function deploy(service: string, version: string, atMs: number): SampleChange {
  return {
    summary: `Deploy ${service} ${version}`,
    source: 'pipeline',
    kind: 'deploy',
    service,
    timestamp: new Date(atMs).toISOString(),
    custom_details: { version },
  };
}

/** What web and checkout wrote in [fromMs, toMs): a few lines in five minutes, many errors while payment is down. */
export function sampleLogs(fromMs: number, toMs: number, endMs: number, seed: number): SampleLogRecord[] {
  const random = createRandom(seed);
  const records: SampleLogRecord[] = [];
  for (let timestampMs = fromMs; timestampMs < toMs; timestampMs += FIVE_MINUTES_MS) {
    const at = instantAt(timestampMs, endMs);
    const down = at.agoMs <= OUTAGE.agoMs && at.agoMs > OUTAGE.agoMs - OUTAGE.lengthMs;
    const orders = Math.round((down ? 0.1 : 5) * business(at) + random.uniform());
    const write = (severity: string, message: string, service: string): void => {
      const within = Math.floor(random.uniform() * FIVE_MINUTES_MS);
      records.push({ timestamp: new Date(timestampMs + within).toISOString(), severity, message, labels: { service } });
    };
    for (let i = 0; i < orders; i++)
      write('info', `order ${orderNumber(random)} paid in ${120 + random.below(300)} ms`, 'checkout');
    if (random.uniform() < 0.25) write('warn', `slow query ${300 + random.below(900)} ms on orders`, 'web');
    for (let i = 0; down && i < 14; i++) {
      write('error', `payment provider: no connection from pool after ${5_000 + random.below(40)} ms`, 'checkout');
    }
  }
  return records;
}

function orderNumber(random: Random): string {
  return `B${100_000 + random.below(899_999)}`;
}
