import type { ItemKey, Table } from '../contracts.ts';

/** What a workspace may send and ask for. The operator may set other numbers for one workspace. */
export interface WorkspaceLimits {
  readonly requestsPerSecond: number;
  /** At once, after a rest. */
  readonly requestsBurst: number;
  readonly samplesPerSecond: number;
  readonly samplesBurst: number;
  readonly logRecordsPerSecond: number;
  readonly logRecordsBurst: number;
  /** Of the lines of log records, in UTF-8. */
  readonly logBytesPerSecond: number;
  readonly logBytesBurst: number;
  /** Series with a sample within the last hour. */
  readonly activeSeries: number;
  readonly newSeriesPerMinute: number;
  /** Streams of logs with a record within the last hour. */
  readonly logStreams: number;
  /** Of a body as it comes over the wire (a Lambda event holds 6 MB, base64 included), and unpacked; what the platform takes at most cannot be raised. */
  readonly wireBodyBytes: number;
  readonly decodedBodyBytes: number;
  /** All labels of a request of remote write 2.0 together, where each refers to texts that come once. */
  readonly expandedLabelBytes: number;
  /** Levels of arrays and objects in JSON; cannot be raised. */
  readonly jsonDepth: number;
  readonly samplesPerRequest: number;
  readonly logRecordsPerRequest: number;
  readonly labelsPerSeries: number;
  readonly labelsPerStream: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  /** Of a resource, a scope, a point or a record of OpenTelemetry. */
  readonly attributesPerItem: number;
  /** Of one point of a histogram with bounds of its own. */
  readonly explicitBuckets: number;
  /** Of one point of an exponential histogram, on either side of zero. */
  readonly exponentialBuckets: number;
  /** Longer lines are cut, and counted. */
  readonly logLineBytes: number;
  /** How far ahead of the server's clock a sample may lie. */
  readonly aheadMs: number;
  /** Of one answer: points of a series, days of raw samples, items of a list, bytes. The last two cannot be raised. */
  readonly queryPoints: number;
  readonly queryRangeDays: number;
  readonly pageItems: number;
  readonly responseBytes: number;
  /** A question that takes longer is given up; cannot be raised. */
  readonly queryMs: number;
  /** Questions that are being answered at the same time, in one process. */
  readonly concurrentQueries: number;
  /** Keys that are neither revoked nor expired. */
  readonly apiKeys: number;
  /** Of one digest. */
  readonly mailRecipients: number;
  /** Sent within 24 hours; the rest waits. */
  readonly mailsPerDay: number;
}

/** Those of Prometheus, Mimir and Loki, where they have one. */
export const DEFAULT_WORKSPACE_LIMITS: WorkspaceLimits = {
  requestsPerSecond: 100,
  requestsBurst: 200,
  samplesPerSecond: 10_000,
  samplesBurst: 200_000,
  logRecordsPerSecond: 10_000,
  logRecordsBurst: 100_000,
  logBytesPerSecond: 4_000_000,
  logBytesBurst: 6_000_000,
  activeSeries: 50_000,
  newSeriesPerMinute: 5_000,
  logStreams: 5_000,
  wireBodyBytes: 4 * 1_024 * 1_024,
  decodedBodyBytes: 32 * 1_024 * 1_024,
  expandedLabelBytes: 64 * 1_024 * 1_024,
  jsonDepth: 32,
  samplesPerRequest: 20_000,
  logRecordsPerRequest: 10_000,
  labelsPerSeries: 30,
  labelsPerStream: 15,
  labelNameBytes: 1_024,
  labelValueBytes: 2_048,
  attributesPerItem: 128,
  explicitBuckets: 200,
  exponentialBuckets: 160,
  logLineBytes: 64 * 1_024,
  aheadMs: 600_000,
  queryPoints: 11_000,
  queryRangeDays: 35,
  pageItems: 1_000,
  responseBytes: 5_000_000,
  queryMs: 20_000,
  concurrentQueries: 10,
  apiKeys: 50,
  mailRecipients: 50,
  mailsPerDay: 100,
};

export type LimitName = keyof WorkspaceLimits;
export const LIMIT_NAMES = Object.keys(DEFAULT_WORKSPACE_LIMITS) as readonly LimitName[]; // the type has no others

export type LimitOverrides = Partial<WorkspaceLimits>;

/** A change of the operator is in force everywhere after this time. */
const REMEMBER_MS = 60_000;
/** Where they could not be read: soon enough again, and not with every request. */
const RETRY_MS = 5_000;
const GREATEST = 1e9;

export interface LimitsOfWorkspaces {
  /** Reads what is older than a minute. Never throws: where it cannot be read, what was known goes on. */
  refresh(workspace: string): Promise<void>;
  /** As they were last read; the defaults before that. The same object until they are read anew. */
  of(workspace: string): WorkspaceLimits;
  /** Both in one. */
  read(workspace: string): Promise<WorkspaceLimits>;
  /** Replaces what is set for this workspace; what is not named gets its default again. */
  set(workspace: string, overrides: LimitOverrides): Promise<void>;
}

export interface LimitsDependencies {
  readonly table: Pick<Table, 'get' | 'put'>;
  readonly nowMs: () => number;
  readonly defaults: WorkspaceLimits;
  /** Told of what could not be read, or is no limit. */
  readonly onError: (error: unknown) => void;
}

interface Known {
  limits: WorkspaceLimits;
  untilMs: number;
  reading: Promise<void> | undefined;
}

export function createWorkspaceLimits({ table, nowMs, defaults, onError }: LimitsDependencies): LimitsOfWorkspaces {
  const knownByWorkspace = new Map<string, Known>();

  async function read(workspace: string, known: Known): Promise<void> {
    try {
      const item = await table.get(placeOf(workspace));
      known.limits = item === undefined ? defaults : { ...defaults, ...checked(workspace, item.body, onError) };
      known.untilMs = nowMs() + REMEMBER_MS;
    } catch (error) {
      known.untilMs = nowMs() + RETRY_MS;
      onError(error);
    }
    known.reading = undefined;
  }

  async function refresh(workspace: string): Promise<WorkspaceLimits> {
    const known = knownByWorkspace.get(workspace) ?? { limits: defaults, untilMs: 0, reading: undefined };
    knownByWorkspace.set(workspace, known);
    if (nowMs() >= known.untilMs) {
      known.reading ??= read(workspace, known);
      await known.reading;
    }
    return known.limits;
  }

  return {
    async refresh(workspace) {
      await refresh(workspace);
    },
    of: (workspace) => knownByWorkspace.get(workspace)?.limits ?? defaults,
    read: refresh,
    async set(workspace, overrides) {
      await table.put({ ...placeOf(workspace), body: { ...overrides } });
    },
  };
}

function placeOf(workspace: string): ItemKey {
  return { partition: `${workspace}#setting`, sort: 'limits' };
}

/** Written by hand: one wrong number must not take the others with it, nor stop the workspace. */
function checked(
  workspace: string,
  body: Readonly<Record<string, unknown>>,
  onError: (error: unknown) => void,
): LimitOverrides {
  const overrides: Partial<Record<LimitName, number>> = {};
  for (const [name, value] of Object.entries(body)) {
    const known = LIMIT_NAMES.find((one) => one === name);
    if (known !== undefined && typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= GREATEST) {
      overrides[known] = value;
    } else onError(new RangeError(`limits of ${workspace}: ${JSON.stringify(name)} is no limit, or not 1 to 1e9`));
  }
  return overrides;
}
