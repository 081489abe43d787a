import { SLOT } from '../../data/state/shard-state.ts';
import { type Discarded, joined } from '../../data/tables/discards.ts';
import type { MailUse } from '../../data/tables/mail-use.ts';
import type { RecentUse } from '../../data/tables/usage-rates.ts';
import type { WorkspaceLimits } from '../../data/tables/workspace-limits.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import type { Health, Usage } from './dependencies.ts';

/** The part of a shard's state that status is told from. */
interface ShardSummary {
  readonly watermarkMs: number;
  readonly seriesIds: readonly string[];
  /** SLOT.words for each series. */
  readonly words: Float64Array;
  readonly counters: {
    readonly samples: number;
    readonly logRecords: number;
    readonly discarded: Readonly<Record<string, Discarded>>;
    readonly muted?: Readonly<Record<string, number>>;
  };
}

export interface StatusSources {
  readonly version: string;
  readonly shardCount: number;
  readonly listWorkspaces: () => Promise<readonly { readonly workspace: string; readonly createdAtMs: number }[]>;
  readonly readShard: (workspace: string, shard: number) => Promise<ShardSummary | undefined>;
  /** What ingest refused, by reason. */
  readonly readDiscards: (workspace: string) => Promise<ReadonlyMap<string, Discarded>>;
  readonly readLimits: (workspace: string) => Promise<WorkspaceLimits>;
  readonly readMinute: (workspace: string) => Promise<RecentUse>;
  /** Keys that are neither revoked nor expired. */
  readonly countKeys: (workspace: string) => Promise<number>;
  readonly readMailUse: (workspace: string) => Promise<MailUse>;
  /** Where it can be told: on AWS the queue is watched by alarms instead. */
  readonly queueDepth?: () => Promise<{ readonly waiting: number; readonly inFlight: number; readonly dead: number }>;
  readonly nowMs: () => number;
}

/** Anybody may ask for health, so it is worked out at most this often. */
const HEALTH_KEPT_MS = 2_000;
const MINUTE_SECONDS = 60;

/** Degraded where messages have been given up: their data waits for somebody to look. */
export function createReadHealth(sources: StatusSources): () => Promise<Health> {
  let kept: { readonly health: Promise<Health>; readonly untilMs: number } | undefined;
  return () => {
    const nowMs = sources.nowMs();
    if (kept !== undefined && nowMs < kept.untilMs) return kept.health;
    const health = readHealth(sources);
    kept = { health, untilMs: nowMs + HEALTH_KEPT_MS };
    health.catch(() => {
      kept = undefined;
    });
    return health;
  };
}

async function readHealth(sources: StatusSources): Promise<Health> {
  let watermarkMs = 0;
  let series = 0;
  for (const { workspace } of await sources.listWorkspaces()) {
    for (const shard of await readShards(sources, workspace)) {
      watermarkMs = Math.max(watermarkMs, shard.watermarkMs);
      series += shard.seriesIds.length;
    }
  }
  const depth = await sources.queueDepth?.();
  return {
    status: (depth?.dead ?? 0) > 0 ? 'degraded' : 'ok',
    version: sources.version,
    watermarkMs: watermarkMs === 0 ? null : watermarkMs,
    counts: {
      series,
      ...(depth && { queue_waiting: depth.waiting, queue_in_flight: depth.inFlight, queue_dead: depth.dead }),
    },
  };
}

async function readShards(sources: StatusSources, workspace: string): Promise<readonly ShardSummary[]> {
  const shards = Array.from({ length: sources.shardCount }, (_, shard) => sources.readShard(workspace, shard));
  return (await Promise.all(shards)).filter((shard) => shard !== undefined);
}

/** Accepted is what the shards have applied; discarded joins what ingest refused with what the shards left out. */
export function createReadUsage(sources: StatusSources): (workspace: string) => Promise<Usage> {
  return async (workspace) => {
    const [workspaces, shards, refused, limits, minute, apiKeys, mail] = await Promise.all([
      sources.listWorkspaces(),
      readShards(sources, workspace),
      sources.readDiscards(workspace),
      sources.readLimits(workspace),
      sources.readMinute(workspace),
      sources.countKeys(workspace),
      sources.readMailUse(workspace),
    ]);
    const discarded = new Map(refused);
    const accepted = { samples: 0, log_records: 0 };
    const muted = new Map<string, number>();
    for (const { counters } of shards) {
      accepted.samples += counters.samples;
      accepted.log_records += counters.logRecords;
      for (const [reason, items] of Object.entries(counters.discarded)) {
        discarded.set(reason, joined(discarded.get(reason), items));
      }
      for (const [gate, points] of Object.entries(counters.muted ?? {}))
        muted.set(gate, (muted.get(gate) ?? 0) + points);
    }
    return {
      sinceMs: workspaces.find((one) => one.workspace === workspace)?.createdAtMs ?? null,
      accepted,
      discarded,
      muted,
      limits,
      current: {
        requestsPerSecond: minute.requests / MINUTE_SECONDS,
        samplesPerSecond: minute.samples / MINUTE_SECONDS,
        logRecordsPerSecond: minute.logRecords / MINUTE_SECONDS,
        logBytesPerSecond: minute.logBytes / MINUTE_SECONDS,
        activeSeries: countActive(shards),
        newSeriesPerMinute: minute.newSeries,
        logStreams: minute.logStreams,
        apiKeys,
        mailRecipients: mail.recipients,
        mailsPerDay: mail.sentToday,
      },
    };
  };
}

/** Series with a sample in the hour before the newest of all. */
function countActive(shards: readonly ShardSummary[]): number {
  const newestMs = shards.reduce((newest, { watermarkMs }) => Math.max(newest, watermarkMs), 0);
  let active = 0;
  for (const { seriesIds, words } of shards) {
    for (let index = 0; index < seriesIds.length; index++) {
      if (words[index * SLOT.words + SLOT.lastTimestampMs]! > newestMs - HOUR_MS) active++;
    }
  }
  return active;
}
