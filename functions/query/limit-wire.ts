import * as z from 'zod';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { parseDuration } from './duration.ts';
import { invalidBody, parseJson, plainText } from './json-body.ts';

const MAX_ITEMS = 100;
const MAX_MATCHERS = 30;
const MAX_NAME_CHARACTERS = 1_024;
const MAX_VALUE_CHARACTERS = 2_048;
/** Forecasts reach no further. */
const MAX_LEAD_TIME_MS = 90 * DAY_MS;
/** The earliest date that a forecast tells is its p10: a smaller probability has no date. */
const LEAST_PROBABILITY = 0.1;

/** A map by hand: in a plain object the name `__proto__` would mean something else. */
const selector = z.unknown().transform((given, context) => {
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
  const pairs: readonly (readonly [string, unknown])[] = isMap ? Object.entries(given) : [];
  const matchers = pairs.flatMap(([name, value]) => (typeof value === 'string' ? [{ name, value }] : []));
  const areAllowed = matchers.every(
    ({ name, value }) =>
      name !== '' && value !== '' && name.length <= MAX_NAME_CHARACTERS && value.length <= MAX_VALUE_CHARACTERS,
  );
  const areText = matchers.every(({ name, value }) => name.isWellFormed() && value.isWellFormed());
  const isEach = matchers.length === pairs.length && areAllowed && areText;
  if (matchers.length < 1 || matchers.length > MAX_MATCHERS || !isEach) {
    context.addIssue({
      code: 'custom',
      message: `must map 1 to ${MAX_MATCHERS} label names to values, all of them text`,
    });
    return z.NEVER;
  }
  return matchers.sort((a, b) => (a.name < b.name ? -1 : 1));
});

const leadTime = z.union([z.string(), z.number()]).transform((given, context) => {
  const leadTimeMs = parseDuration(given);
  if (leadTimeMs === undefined || leadTimeMs < 0 || leadTimeMs > MAX_LEAD_TIME_MS) {
    context.addIssue({ code: 'custom', message: 'must be like 14d, 36h, 90m or a number of seconds, at most 90 days' });
    return z.NEVER;
  }
  return leadTimeMs;
});

const limit = z
  .strictObject({
    title: plainText(200).min(1),
    selector,
    max: z.number().optional(),
    min: z.number().optional(),
    unit: plainText(32).default(''),
    lead_time: leadTime,
    probability: z.number().min(LEAST_PROBABILITY).max(1).default(0.5),
    action: plainText(1_000).default(''),
    // As a limit is read, so may it be put back.
    limit_id: z.unknown().optional(),
    updated_at: z.unknown().optional(),
  })
  .refine(({ max, min }) => (max === undefined) !== (min === undefined), {
    message: 'must have either max or min',
  });

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
  const parsed = isSingle ? limit.safeParse(given) : body.safeParse(given);
  if (!parsed.success) throw invalidBody(parsed.error, 'the limit');
  const found = 'items' in parsed.data ? parsed.data.items : [parsed.data];
  return { isSingle, items: found.map(toRequest) };
}

function toRequest({
  title,
  selector,
  max,
  min,
  unit,
  lead_time,
  probability,
  action,
}: z.infer<typeof limit>): LimitRequest {
  const bound = max === undefined ? 'min' : 'max';
  return { title, selector, bound, value: max ?? min ?? 0, unit, leadTimeMs: lead_time, probability, action };
}
