import * as z from 'zod';
import type { DetectionPolicy, WatchRule } from '../../models/domain/detection-policy.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseBody, parseJson, plainText } from './json-body.ts';
import { selectorJson, selectorOf } from './selector-wire.ts';
import { timeJson } from './wire.ts';

const MAX_ITEMS = 100;
const MAX_WATCHES = 10;
const DEFAULT_WINDOW_MS = 3_600_000;

/** A tenth to a hundred: beyond, all is an anomaly or nothing. */
const threshold = z.number().min(0.1).max(100);

const window = z.union([z.string(), z.number()]).transform((given, context) => {
  const durationMs = parseDuration(given);
  if (durationMs === undefined || durationMs <= 0 || durationMs > DAY_MS) {
    context.addIssue({ code: 'custom', message: 'must be like 90m, 2h or a number of seconds, at most a day' });
    return z.NEVER;
  }
  return durationMs;
});

const watch = z.strictObject({
  kinds: z
    .array(z.enum(['deploy', 'config', 'flag', 'other']))
    .max(4)
    .default([]),
  window: window.default(DEFAULT_WINDOW_MS),
  threshold: threshold.default(1),
});

const policy = z
  .strictObject({
    title: plainText(200).default(''),
    selector: selectorOf(0),
    direction: z.enum(['above', 'below', 'both']).nullish(),
    min_impact: z.number().min(0).nullish(),
    min_impact_relative: z.number().min(0).max(1_000).nullish(),
    threshold: threshold.nullish(),
    watch: z.array(watch).max(MAX_WATCHES).nullish(),
    // As a policy is read, so may it be put back.
    policy_id: z.unknown().optional(),
    updated_at: z.unknown().optional(),
  })
  .refine(
    ({ direction, min_impact, min_impact_relative, threshold: said, watch: watches }) =>
      [direction, min_impact, min_impact_relative, said, watches].some(
        (value) => value !== undefined && value !== null,
      ),
    { message: 'must say direction, min_impact, min_impact_relative, threshold or watch' },
  );

const body = z.strictObject({ items: z.array(policy).min(1).max(MAX_ITEMS) });

/** What people ask for: a policy before it has a name and a time. */
export type PolicyRequest = Omit<DetectionPolicy, 'policyId' | 'updatedAtMs'>;

export interface PoliciesBody {
  readonly items: readonly PolicyRequest[];
  /** True where one policy came alone, without `items`. */
  readonly isSingle: boolean;
}

/** Throws `platform/request-invalid`, with a pointer to each mistake. */
export function parsePoliciesBody(bytes: Uint8Array): PoliciesBody {
  const given = parseJson(bytes);
  const isSingle = typeof given !== 'object' || given === null || !Object.hasOwn(given, 'items');
  const found = isSingle ? [parseBody(policy, given, 'the policy')] : parseBody(body, given, 'the policies').items;
  return { isSingle, items: found.map(toRequest) };
}

function toRequest(given: z.infer<typeof policy>): PolicyRequest {
  return {
    title: given.title,
    selector: given.selector,
    direction: given.direction ?? null,
    minImpact: given.min_impact ?? null,
    minImpactRelative: given.min_impact_relative ?? null,
    threshold: given.threshold ?? null,
    watches:
      given.watch?.map(({ kinds, window: durationMs, threshold: at }) => ({ kinds, durationMs, threshold: at })) ??
      null,
  };
}

/** In the form in which it is put, so that it can be read, edited and put again. */
export function policyJson(stored: DetectionPolicy) {
  return {
    policy_id: stored.policyId,
    title: stored.title,
    selector: selectorJson(stored.selector),
    direction: stored.direction,
    min_impact: stored.minImpact,
    min_impact_relative: stored.minImpactRelative,
    threshold: stored.threshold,
    watch: stored.watches?.map(watchJson) ?? null,
    updated_at: timeJson(stored.updatedAtMs),
  };
}

function watchJson({ kinds, durationMs, threshold: at }: WatchRule) {
  return { kinds, window: formatDuration(durationMs), threshold: at };
}
