/** What an agent makes of a measured value before it sends it. */
type Precision = (value: number) => number;

const decimals =
  (digits: number): Precision =>
  (value) =>
    Number(value.toFixed(digits)) + 0; // no agent reports negative zero

const whole = decimals(0);
/** Memory is given out, and file systems are filled, in pages and blocks of this size. */
const blocks: Precision = (value) => Math.round(value / 4_096) * 4_096;

/** By metric: agents report what their source counts in, and not the digits of a floating-point number. */
const PRECISION: Readonly<Record<string, Precision>> = {
  cache_hit_ratio: decimals(4),
  certificate_days_left: decimals(3),
  connections: whole,
  cpu_usage_percent: decimals(2),
  disk_used_bytes: blocks,
  disk_write_seconds: decimals(5),
  http_errors_per_second: decimals(3),
  http_request_duration_seconds: decimals(4),
  http_requests_per_second: decimals(2),
  http_requests_total: whole,
  jobs_total: whole,
  memory_used_bytes: blocks,
  queue_depth: whole,
  queue_oldest_seconds: decimals(1),
  replication_lag_seconds: decimals(3),
  vpn_sessions: whole,
};

/** The value as this metric's agent reports it. */
export function asReported(metric: string, value: number): number {
  const precision = PRECISION[metric];
  if (precision === undefined) throw new RangeError(`sample: nobody has said how precisely ${metric} is reported`);
  return precision(value);
}
