import * as z from 'zod';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseBody, parseJson, plainText } from './json-body.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { selectorJson, selectorOf } from './selector-wire.ts';
import { timeJson } from './wire.ts';

const MAX_ITEMS = 100;
const MAX_CHANGES = 100;
const MAX_NAME_CHARACTERS = 1_024;
/** Little beyond it is foreseen: the horizon is 400 days. */
const MAX_LEAD_TIME_DAYS = 365;
/** The earliest date that a forecast tells is its p10: a smaller probability has no date. */
const LEAST_PROBABILITY = 0.1;

const LEAD_TIME_WORDS = `must be like 14d, 36h, 90m or a number of seconds, at most ${MAX_LEAD_TIME_DAYS} days`;
const leadTime = z
  .union([z.string(), z.number()], {
    error: ({ input }) => (input === undefined ? `is missing; ${LEAD_TIME_WORDS}` : LEAD_TIME_WORDS),
  })
  .transform((given, context) => {
    const leadTimeMs = parseDuration(given);
    if (leadTimeMs !== undefined && leadTimeMs >= 0 && leadTimeMs <= MAX_LEAD_TIME_DAYS * DAY_MS) return leadTimeMs;
    context.addIssue({ code: 'custom', message: `${LEAD_TIME_WORDS}, got ${JSON.stringify(given).slice(0, 40)}` });
    return z.NEVER;
  });

/** A number, or a share of what another series tells: `{"metric": "node_filesystem_size_bytes", "share": 0.9}`. */
const value = z.union(
  [
    z.number(),
    z.strictObject({ metric: z.string().min(1).max(MAX_NAME_CHARACTERS), share: z.number().positive().default(1) }),
  ],
  { error: 'must be a number, or {"metric": "node_filesystem_size_bytes", "share": 0.9}' },
);

const change = z.strictObject({
  from: z.string().transform((given, context) => {
    const fromMs = parseRfc3339(given);
    if (fromMs !== undefined) return fromMs;
    context.addIssue({ code: 'custom', message: 'must be an RFC 3339 time with an offset, like 2026-12-01T00:00:00Z' });
    return z.NEVER;
  }),
  value: z.number(),
});

const changes = z
  .array(change)
  .max(MAX_CHANGES)
  .transform((given) => given.toSorted((a, b) => a.from - b.from))
  .refine((given) => given.every(({ from }, i) => from !== given[i + 1]?.from), {
    message: 'must have different times',
  });

const limit = z
  .strictObject({
    title: plainText(200).min(1),
    selector: selectorOf(1),
    max: value.optional(),
    min: value.optional(),
    changes: changes.optional(),
    unit: plainText(32).default(''),
    lead_time: leadTime,
    probability: z.number().min(LEAST_PROBABILITY).max(1).default(0.5),
    action: plainText(1_000).default(''),
    // As a limit is read, so may it be put back.
    limit_id: z.unknown().optional(),
    updated_at: z.unknown().optional(),
  })
  .refine(({ max, min }) => (max === undefined) !== (min === undefined), {
    message: 'must have exactly one of max and min',
  })
  .refine(({ max = 0, min = 0, changes: dated }) => dated === undefined || (isNumber(max) && isNumber(min)), {
    path: ['changes'],
    message: 'are for limits that are a number; another series tells its changes itself',
  });

function isNumber(given: z.infer<typeof value>): given is number {
  return typeof given === 'number';
}

const body = z.strictObject({ items: z.array(limit).min(1).max(MAX_ITEMS) });

/** What people ask for: a limit before it has a name and a time. */
export type LimitRequest = Omit<Limit, 'limitId' | 'updatedAtMs'>;

export interface LimitsBody {
  readonly items: readonly LimitRequest[];
  /** True where one limit came alone, without `items`. */
  readonly isSingle: boolean;
}

/** Throws `platform/request-invalid`, with a pointer to each mistake. */
export function parseLimitsBody(bytes: Uint8Array): LimitsBody {
  const given = parseJson(bytes);
  const isSingle = typeof given !== 'object' || given === null || !Object.hasOwn(given, 'items');
  const found = isSingle ? [parseBody(limit, given, 'the limit')] : parseBody(body, given, 'the limits').items;
  return { isSingle, items: found.map(toRequest) };
}

function toRequest(given: z.infer<typeof limit>): LimitRequest {
  const { title, selector, max, min, changes: dated = [], unit, lead_time: leadTimeMs, probability, action } = given;
  const said = max ?? min ?? 0;
  return {
    title,
    selector,
    bound: max === undefined ? 'min' : 'max',
    ...(isNumber(said) ? { value: said } : { value: said.share, metric: said.metric }),
    ...(dated.length > 0 && { changes: dated.map(({ from, value: then }) => ({ fromMs: from, value: then })) }),
    unit,
    leadTimeMs,
    probability,
    action,
  };
}

/** In the form in which it is put, so that it can be read, edited and put again. */
export function limitJson(stored: Limit) {
  const { metric, value: share, changes: dated } = stored;
  return {
    limit_id: stored.limitId,
    title: stored.title,
    selector: selectorJson(stored.selector),
    [stored.bound]: metric === undefined ? share : { metric, share },
    ...(dated && { changes: dated.map(({ fromMs, value: then }) => ({ from: timeJson(fromMs), value: then })) }),
    unit: stored.unit,
    lead_time: formatDuration(stored.leadTimeMs),
    probability: stored.probability,
    action: stored.action,
    updated_at: timeJson(stored.updatedAtMs),
  };
}
