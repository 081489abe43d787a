import * as z from 'zod';
import { LIMIT_HORIZON_DAYS, type TimeToLimit } from '../../models/domain/forecast.ts';
import type { LimitChange } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import type { Scenario } from '../../models/forecast/scenario.ts';
import { freesJson } from './capacity-wire.ts';
import { timeToLimitJson } from './forecast-wire.ts';
import { parseBody, parseJson } from './json-body.ts';
import { parseRfc3339 } from './rfc3339.ts';
import type { Replay, SimulatedLimit, Simulation } from './simulate-series.ts';
import { timeJson } from './wire.ts';

const MAX_REPLAY_DAYS = 31;
const MAX_GROWTH_PCT = 10_000;
const DEFAULT_SAFE_DAYS = 90;

const time = z.string().transform((given, context) => {
  const atMs = parseRfc3339(given);
  if (atMs !== undefined) return atMs;
  context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time with an offset, like 2026-12-01T00:00:00Z' });
  return z.NEVER;
});

/** What must hold of the times depends on now. */
const bodyAt = (nowMs: number) =>
  z
    .strictObject({
      series_id: z.string().min(1).max(128),
      limit_id: z.string().min(1).max(128).optional(),
      growth_pct: z.number().gt(-100).max(MAX_GROWTH_PCT).optional(),
      step_at: time
        .refine((atMs) => atMs >= nowMs && atMs <= nowMs + LIMIT_HORIZON_DAYS * DAY_MS, {
          message: `must lie between now and ${LIMIT_HORIZON_DAYS} days from now`,
        })
        .optional(),
      add_capacity: z.number().optional(),
      safe_days: z.int().min(1).max(LIMIT_HORIZON_DAYS).default(DEFAULT_SAFE_DAYS),
      remove_capacity_pct: z.number().min(0).max(100).optional(),
      replay: z
        .strictObject({ from: time, to: time, scale: z.number().positive().default(1) })
        .refine(({ from, to }) => from < to && to <= nowMs, {
          message: 'must have from before to, and to not after now',
        })
        .refine(({ from, to }) => to - from <= MAX_REPLAY_DAYS * DAY_MS, {
          message: `must have from and to at most ${MAX_REPLAY_DAYS} days apart`,
        })
        .optional(),
    })
    .refine(
      ({ growth_pct, add_capacity, remove_capacity_pct, replay }) =>
        [growth_pct, add_capacity, remove_capacity_pct, replay].some((part) => part !== undefined),
      { message: 'must say growth_pct, add_capacity, remove_capacity_pct or replay' },
    );

export interface SimulationBody {
  readonly seriesId: string;
  readonly limitId: string | undefined;
  readonly scenario: Scenario;
  readonly replay: Replay | null;
  readonly safeDays: number;
}

/** Throws `platform/request-invalid`, with a pointer to each mistake. */
export function parseSimulationBody(bytes: Uint8Array, nowMs: number): SimulationBody {
  const given = parseBody(bodyAt(nowMs), parseJson(bytes), 'the simulation');
  const { series_id, limit_id, growth_pct, step_at, add_capacity, remove_capacity_pct, replay, safe_days } = given;
  return {
    seriesId: series_id,
    limitId: limit_id,
    scenario: {
      growthPct: growth_pct ?? 0,
      addCapacity: add_capacity ?? 0,
      removeCapacityPct: remove_capacity_pct ?? 0,
      fromMs: step_at ?? nowMs,
    },
    safeDays: safe_days,
    replay: replay === undefined ? null : { fromMs: replay.from, toMs: replay.to, scale: replay.scale },
  };
}

export interface SimulationAsk {
  readonly scenario: Scenario;
  readonly safeDays: number;
  readonly nowMs: number;
}

/** The new dates beside the old ones, for each limit. */
export function simulationJson(simulation: Simulation, { scenario, safeDays, nowMs }: SimulationAsk) {
  const forecast = { madeAtMs: nowMs, watermarkMs: simulation.watermarkMs, abstain: simulation.abstain };
  const sideOf = (time: TimeToLimit, changes: readonly LimitChange[]) => ({
    ...timeToLimitJson(time, forecast),
    frees: freesJson({ ...time, limitChanges: changes }, nowMs, safeDays),
  });
  const limitOf = ({ limit, before, after }: SimulatedLimit) => {
    const { limitChanges = [] } = before;
    // The scenario begins with a step, be it of the load.
    const changed = [...limitChanges, { fromMs: scenario.fromMs, value: after.limitValue }];
    return {
      limit_id: limit.limitId,
      title: limit.title,
      unit: limit.unit,
      before: sideOf(before, limitChanges),
      after: sideOf(after, changed),
    };
  };
  return {
    as_of: timeJson(nowMs),
    watermark: timeJson(simulation.watermarkMs),
    step_at: timeJson(scenario.fromMs),
    abstain: simulation.abstain,
    replayed_hours: simulation.replayedHours,
    limits: simulation.limits.map(limitOf),
    left_out: simulation.leftOut.map(({ limit: { limitId, title }, detail }) => ({ limit_id: limitId, title, detail })),
  };
}
