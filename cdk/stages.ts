/** Every number that differs between stages. What is the same everywhere is a constant beside the thing it configures. */
export interface Stage {
  readonly name: 'dev' | 'production';
  /** Shards of each workspace: units of order and of parallel work. Fixed once data is in. */
  readonly shardCount: number;
  /** How long accepted batches are kept for recovery; longer than any message that names one, living and then dead. */
  readonly segmentDays: number;
  /** How long a replaced state or a deleted object can be brought back. */
  readonly supersededDays: number;
  readonly logDays: 7 | 30 | 90;
  readonly logLevel: 'debug' | 'info';
  /** Stack and table refuse to be deleted until this is switched off by hand. */
  readonly deletionProtection: boolean;
  /** Requests a second that the gateway lets through; three times what is expected, so that our own limiter acts first. */
  readonly gatewayRatePerSecond: number;
  readonly gatewayBurst: number;
  /** Shards that are worked on at the same time; at least 2. */
  readonly detectConcurrency: number;
  /**
   * One run at a time for each scheduled room, taken from the account's concurrency. New accounts have so little of it
   * that reserving fails, hence not in dev: there a run that takes longer than its period may overlap the next one.
   */
  readonly reserveScheduled: boolean;
}

const STAGES: readonly Stage[] = [
  {
    name: 'dev',
    shardCount: 4,
    segmentDays: 30,
    supersededDays: 3,
    logDays: 7,
    logLevel: 'debug',
    deletionProtection: false,
    gatewayRatePerSecond: 300,
    gatewayBurst: 600,
    detectConcurrency: 4,
    reserveScheduled: false,
  },
  {
    name: 'production',
    shardCount: 4,
    segmentDays: 30,
    supersededDays: 7,
    logDays: 90,
    logLevel: 'info',
    deletionProtection: true,
    gatewayRatePerSecond: 1_000,
    gatewayBurst: 2_000,
    detectConcurrency: 16,
    reserveScheduled: true,
  },
];

export function stageNamed(name: string): Stage {
  const stage = STAGES.find((candidate) => candidate.name === name);
  if (stage === undefined) {
    const known = STAGES.map((candidate) => candidate.name).join(', ');
    throw new RangeError(`stage: must be one of ${known}, got ${name}`);
  }
  return stage;
}
