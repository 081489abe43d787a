import { describe, expect, it } from 'vitest';
import { companySeries } from '../../../local/sample/company.ts';
import { asReported } from '../../../local/sample/precision.ts';

describe('a value as an agent reports it', () => {
  it.each([
    ['memory_used_bytes', 2_791_728_742.4, 2_791_727_104],
    ['disk_used_bytes', 505_732_399_104, 505_732_399_104],
    ['cpu_usage_percent', 17.123456, 17.12],
    ['cache_hit_ratio', 0.91234567, 0.9123],
    ['http_request_duration_seconds', 0.123456789, 0.1235],
    ['disk_write_seconds', 0.0023456789, 0.00235],
    ['connections', 41.7, 42],
    ['queue_oldest_seconds', 1_150.04, 1_150],
    ['http_errors_per_second', -0.0001, 0],
  ])('%s: %d becomes %d', (metric, measured, reported) => {
    expect(asReported(metric, measured)).toBe(reported);
  });

  it('stays as it is when it is reported again, for every metric of the company', () => {
    for (const { name } of companySeries()) {
      const once = asReported(name, 1_234.567890123);
      expect(asReported(name, once)).toBe(once);
    }
  });

  it('fails for a metric that nobody has thought of', () => {
    expect(() => asReported('unheard_of', 1)).toThrow(RangeError);
  });
});
