import type { WorkspaceLimits } from '../../data/tables/workspace-limits.ts';
import type { IngestLimits } from './limits.ts';
import type { RateLimits } from './rate-limit.ts';
import type { SeriesLimit } from './series-limit.ts';
import type { StreamLimit } from './stream-limit.ts';

/** What a workspace may send, as it is asked for here. */
export interface Allowance {
  readonly request: IngestLimits;
  readonly rates: RateLimits;
  readonly series: SeriesLimit;
  readonly streams: StreamLimit;
}

export interface Allowances {
  /** Before a request is looked at: what is known is at most a minute old. */
  refresh(workspace: string): Promise<void>;
  of(workspace: string): Allowance;
}

export interface AllowancesDependencies {
  readonly refresh: (workspace: string) => Promise<void>;
  /** The same object until they are read anew. */
  readonly limitsOf: (workspace: string) => WorkspaceLimits;
  /** What holds for all workspaces alike, and the most that the platform takes. */
  readonly common: IngestLimits;
}

export function createAllowances({ refresh, limitsOf, common }: AllowancesDependencies): Allowances {
  const made = new WeakMap<WorkspaceLimits, Allowance>();
  return {
    refresh,
    of(workspace) {
      const limits = limitsOf(workspace);
      const known = made.get(limits);
      if (known !== undefined) return known;
      const allowance = toAllowance(limits, common);
      made.set(limits, allowance);
      return allowance;
    },
  };
}

function toAllowance(limits: WorkspaceLimits, common: IngestLimits): Allowance {
  return {
    request: {
      ...common,
      ...limits,
      wireBodyBytes: Math.min(limits.wireBodyBytes, common.wireBodyBytes),
      decodedBodyBytes: Math.min(limits.decodedBodyBytes, common.decodedBodyBytes),
      jsonDepth: Math.min(limits.jsonDepth, common.jsonDepth),
    },
    rates: {
      requests: { perSecond: limits.requestsPerSecond, burst: limits.requestsBurst },
      samples: { perSecond: limits.samplesPerSecond, burst: limits.samplesBurst },
      logRecords: { perSecond: limits.logRecordsPerSecond, burst: limits.logRecordsBurst },
      logBytes: { perSecond: limits.logBytesPerSecond, burst: limits.logBytesBurst },
    },
    series: { active: limits.activeSeries, newPerMinute: limits.newSeriesPerMinute },
    streams: { maxStreams: limits.logStreams },
  };
}
