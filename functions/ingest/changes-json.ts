import * as z from 'zod';
import type { Change } from '../../models/domain/change.ts';
import { ServiceError } from '../platform/errors.ts';
import { hashId, timeId } from '../platform/ids.ts';
import { recogniseChange } from './change-shapes.ts';
import type { DecodeContext } from './validate.ts';
import { readJsonValue } from './validate-json.ts';
import { readTime } from './validate-time.ts';

const MAX_DETAILS = 50;
/** A change is kept as JSON, of at most 400 KB; control characters take six bytes there. */
const MAX_JSON_BYTES = 200_000;

const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed(), 'holds half a surrogate pair');

const link = z.object({
  href: text(2048).refine(isWebAddress, 'must be an http or https address'),
  text: text(256).default(''),
});

/** PagerDuty's change event without its envelope, with what kind of change it is and to what. */
const changeEvent = z.object({
  summary: text(1024).min(1),
  source: text(256).default(''),
  timestamp: z.union([z.string(), z.number()], 'must be RFC 3339 with a zone, or whole milliseconds').nullish(),
  kind: z.enum(['deploy', 'config', 'flag', 'other']).default('other'),
  service: text(256).min(1).nullable().default(null),
  custom_details: z.unknown().optional(),
  links: z.array(link).max(20).default([]),
});

/** A change; or why there is none in a body of a shape that we know. */
export type DecodedChange = { readonly change: Change } | { readonly ignored: string };

/**
 * Decodes one change event: ours, PagerDuty's, or GitHub's of a deployment.
 *
 * Throws `ingest/payload-invalid` with every problem in `details.errors`. The identifier is made of the content, so the
 * same change sent twice is one change.
 */
export function decodeChange(body: Uint8Array, context: DecodeContext): DecodedChange {
  const recognised = recogniseChange(readJsonValue(body, context.limits));
  if ('ignored' in recognised) return recognised;
  const parsed = changeEvent.safeParse(recognised.event);
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.map(String).join('/')}`, detail: message })),
    );
  }
  const { summary, source, kind, service, links, timestamp, custom_details } = parsed.data;
  const time = readTime(timestamp, context);
  if ('refusal' in time) throw refuse([{ pointer: '/timestamp', detail: time.refusal.detail }]);
  const content = {
    kind,
    summary,
    source,
    service,
    atMs: time.timestampMs,
    details: readDetails(custom_details),
    links,
  };
  const json = JSON.stringify(content);
  const sizeBytes = Buffer.byteLength(json);
  if (sizeBytes > MAX_JSON_BYTES) {
    throw refuse([{ pointer: '', detail: `the change has ${sizeBytes} bytes as JSON, at most ${MAX_JSON_BYTES}` }]);
  }
  const hash = hashId(context.workspace, json);
  return { change: { changeId: timeId(time.timestampMs, hash), ...content } };
}

/** Sorted by name, so that the order in which a sender writes them makes no other change. */
function readDetails(raw: unknown): Readonly<Record<string, string>> {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'object' || Array.isArray(raw)) throw refuseDetail('', 'must be an object');
  const entries = Object.entries(raw).filter(([, value]) => value !== null);
  if (entries.length > MAX_DETAILS) throw refuseDetail('', `${entries.length} entries, at most ${MAX_DETAILS}`);
  const details = entries.map(([name, value]): [string, string] => {
    if (name === '') throw refuseDetail('', 'holds an entry without a name');
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    if (name.length > 128 || shown.length > 2048) throw refuseDetail(`/${name.slice(0, 64)}`, 'is too long');
    if (!name.isWellFormed() || !shown.isWellFormed()) throw refuseDetail('', 'holds half a surrogate pair');
    return [name, shown];
  });
  // fromEntries defines properties of its own, whatever their name: `__proto__` is data like any other.
  return Object.fromEntries(details.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isWebAddress(href: string): boolean {
  const protocol = URL.parse(href)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}

function refuseDetail(place: string, detail: string): ServiceError {
  return refuse([{ pointer: `/custom_details${place}`, detail }]);
}

function refuse(errors: readonly { readonly pointer: string; readonly detail: string }[]): ServiceError {
  const [first] = errors;
  return new ServiceError('ingest/payload-invalid', `change: ${first?.pointer ?? ''} ${first?.detail ?? ''}`.trim(), {
    details: { errors },
  });
}
