import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import {
  bounded,
  business,
  busy,
  counted,
  countingUp,
  during,
  growing,
  growingUnevenly,
  nightly,
  officeHours,
  type Shape,
  sawtooth,
  shifted,
  steady,
} from './shapes.ts';

/** One series of the sample company. */
export interface SampleSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly shape: Shape;
}

const GIB = 1024 ** 3;
/** The payment service was down for forty minutes two and a half days before the sample ends. */
export const OUTAGE = { agoMs: 2.5 * DAY_MS, lengthMs: 40 * 60_000 };
/** The deploy after which the checkout answers a third more slowly. */
export const SLOW_DEPLOY_AGO_MS = 5.25 * DAY_MS;

/** Outdoor shop with two web servers, a checkout, a data base with a replica, queues, a log host and a worker. */
export function companySeries(): readonly SampleSeries[] {
  return [
    ...web('web-1'),
    ...web('web-2'),
    ...checkout('checkout-1', 2.1),
    ...checkout('checkout-2', 2.2),
    ...database('db-1', 471, 3.15),
    ...replica('db-2'),
    ...queues(),
    ...others(),
  ];
}

function web(instance: string): SampleSeries[] {
  const labels = { service: 'web', instance };
  return [
    { name: 'cpu_usage_percent', labels, shape: bounded(busy(7, 58, 0.07), 0, 100) },
    { name: 'memory_used_bytes', labels, shape: busy(2.6 * GIB, 3.4 * GIB, 0.01) },
    { name: 'http_requests_per_second', labels, shape: during(busy(14, 240, 0.06), OUTAGE, busy(11, 170, 0.08)) },
    { name: 'http_request_duration_seconds', labels, shape: busy(0.082, 0.165, 0.07) },
    { name: 'http_errors_per_second', labels, shape: during(busy(0.05, 0.5, 0.3), OUTAGE, steady(9, 0.2)) },
  ];
}

function checkout(instance: string, memoryGib: number): SampleSeries[] {
  const labels = { service: 'checkout', instance };
  const duration = shifted(busy(0.21, 0.34, 0.06), SLOW_DEPLOY_AGO_MS, 1.35);
  const leaking = growingUnevenly({
    atEnd: 5.35 * GIB,
    perDay: 0.07 * GIB,
    spread: 0.35,
    noise: 0.02 * GIB,
    seed: 12,
  });
  return [
    { name: 'cpu_usage_percent', labels, shape: bounded(during(busy(5, 44, 0.08), OUTAGE, steady(4, 0.1)), 0, 100) },
    {
      name: 'memory_used_bytes',
      labels,
      shape: instance === 'checkout-1' ? leaking : busy(memoryGib * GIB, (memoryGib + 0.5) * GIB, 0.01),
    },
    { name: 'http_requests_per_second', labels, shape: during(busy(2, 36, 0.08), OUTAGE, steady(0.2, 0.4)) },
    { name: 'http_request_duration_seconds', labels, shape: during(duration, OUTAGE, steady(4.8, 0.1)) },
    { name: 'http_errors_per_second', labels, shape: during(busy(0.01, 0.09, 0.4), OUTAGE, steady(7, 0.2)) },
  ];
}

function database(instance: string, usedGib: number, gibPerDay: number): SampleSeries[] {
  const labels = { service: 'database', instance };
  const disk = { ...labels, mountpoint: '/data' };
  const filling = growingUnevenly({
    atEnd: usedGib * GIB,
    perDay: gibPerDay * GIB,
    spread: 0.45,
    noise: 0.25 * GIB,
    seed: 15,
  });
  return [
    { name: 'cpu_usage_percent', labels, shape: bounded(busy(9, 51, 0.09), 0, 100) },
    { name: 'memory_used_bytes', labels, shape: steady(27.4 * GIB, 0.004) },
    { name: 'disk_used_bytes', labels: disk, shape: filling },
    { name: 'connections', labels, shape: counted(busy(38, 160, 0.05)) },
    { name: 'disk_write_seconds', labels, shape: busy(0.002, 0.006, 0.12) },
  ];
}

/** Its disk was loaded in bulk five weeks ago and is flat since: nothing to warn of. */
function replica(instance: string): SampleSeries[] {
  const labels = { service: 'database', instance };
  const loaded = shifted(steady(205 * GIB, 0.0006), 35 * DAY_MS, 1.7);
  return [
    { name: 'cpu_usage_percent', labels, shape: bounded(busy(6, 32, 0.1), 0, 100) },
    { name: 'memory_used_bytes', labels, shape: steady(26.1 * GIB, 0.004) },
    { name: 'disk_used_bytes', labels: { ...labels, mountpoint: '/data' }, shape: loaded },
    { name: 'connections', labels, shape: counted(busy(12, 55, 0.07)) },
    { name: 'replication_lag_seconds', labels, shape: busy(0.3, 1.4, 0.25) },
  ];
}

function queues(): SampleSeries[] {
  const orders = { service: 'checkout', queue: 'orders' };
  const mail = { service: 'mail', queue: 'mail' };
  const backlog: Shape = (at, random) => 2_400 + 900 * random.uniform() + 40 * business(at);
  return [
    { name: 'queue_depth', labels: orders, shape: counted(during(busy(1, 24, 0.35), OUTAGE, backlog)) },
    { name: 'queue_depth', labels: mail, shape: counted(busy(0, 60, 0.4)) },
    { name: 'queue_oldest_seconds', labels: orders, shape: during(busy(0.6, 4, 0.3), OUTAGE, steady(1_150, 0.2)) },
  ];
}

function others(): SampleSeries[] {
  const logHost = { service: 'logs', instance: 'log-1' };
  const worker = { service: 'worker', instance: 'worker-1' };
  const cache = { service: 'cache', instance: 'cache-1' };
  const edge = { service: 'web', instance: 'edge-1' };
  return [
    { name: 'cpu_usage_percent', labels: logHost, shape: bounded(busy(4, 22, 0.12), 0, 100) },
    { name: 'memory_used_bytes', labels: logHost, shape: steady(3.3 * GIB, 0.01) },
    {
      name: 'disk_used_bytes',
      labels: { ...logHost, mountpoint: '/var/log' },
      shape: sawtooth(118 * GIB, 171 * GIB, DAY_MS, 0.4 * GIB),
    },
    { name: 'cpu_usage_percent', labels: worker, shape: bounded(nightly(6, 83, 1, 4, 0.07), 0, 100) },
    { name: 'memory_used_bytes', labels: worker, shape: nightly(1.1 * GIB, 5.2 * GIB, 1, 4, 0.02) },
    { name: 'jobs_total', labels: worker, shape: countingUp(busy(0.2, 3.1, 0.2), FIVE_MINUTES_MS, 11.4 * DAY_MS) },
    {
      name: 'http_requests_total',
      labels: edge,
      shape: countingUp(busy(30, 480, 0.06), FIVE_MINUTES_MS, 20.2 * DAY_MS),
    },
    { name: 'certificate_days_left', labels: edge, shape: growing(24.5, -1) },
    { name: 'cache_hit_ratio', labels: cache, shape: bounded(busy(0.88, 0.94, 0.008), 0, 1) },
    { name: 'memory_used_bytes', labels: cache, shape: steady(7.2 * GIB, 0.006) },
    {
      name: 'vpn_sessions',
      labels: { service: 'office', instance: 'vpn-1' },
      shape: officeHours(64, 6.5 * DAY_MS, 5 * HOUR_MS),
    },
  ];
}
