import { expect, test } from 'vitest';
import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../../../data/tables/workspace-limits.ts';
import { createAllowances } from '../../../functions/ingest/allowance.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';

const WORKSPACE = 'abcdefghijkl';

test('what is set for a workspace reaches every check, and the rest holds for all alike', () => {
  let limits = DEFAULT_WORKSPACE_LIMITS;
  const allowances = createAllowances({
    refresh: async () => {},
    limitsOf: () => limits,
    common: DEFAULT_INGEST_LIMITS,
  });

  const before = allowances.of(WORKSPACE);
  expect(before.request).toEqual(DEFAULT_INGEST_LIMITS);
  expect(before.rates.samples).toEqual({ perSecond: 10_000, burst: 200_000 });
  expect(before.series).toEqual({ active: 50_000, newPerMinute: 5_000 });
  expect(allowances.of(WORKSPACE)).toBe(before);

  limits = { ...limits, samplesBurst: 7, activeSeries: 8, logStreams: 6, logLineBytes: 9, labelsPerStream: 10 };
  expect(allowances.of(WORKSPACE)).toEqual({
    request: { ...before.request, ...limits },
    rates: { ...before.rates, samples: { perSecond: 10_000, burst: 7 } },
    series: { active: 8, newPerMinute: 5_000 },
    streams: { maxStreams: 6 },
  });
});

test('what the platform takes at most can be lowered and not raised', () => {
  const limitsOf = (change: Partial<WorkspaceLimits>) =>
    createAllowances({
      refresh: async () => {},
      limitsOf: () => ({ ...DEFAULT_WORKSPACE_LIMITS, ...change }),
      common: DEFAULT_INGEST_LIMITS,
    }).of(WORKSPACE).request;
  const { wireBodyBytes, decodedBodyBytes, jsonDepth } = DEFAULT_INGEST_LIMITS;

  const high = { wireBodyBytes: 1e9, decodedBodyBytes: 1e9, jsonDepth: 1e9 };
  expect(limitsOf(high)).toMatchObject({ wireBodyBytes, decodedBodyBytes, jsonDepth });
  const low = { wireBodyBytes: 10, decodedBodyBytes: 20, jsonDepth: 3 };
  expect(limitsOf(low)).toMatchObject(low);
});
