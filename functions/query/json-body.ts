import * as z from 'zod';
import type { HttpRequest } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { bodyWords } from './body-words.ts';

/** What people set by hand is small; the store takes items of up to 400 KB. */
const MAX_BODY_BYTES = 262_144;
const CONTROL = /\p{Cc}/u;

/** One line of text that may stand in a mail or a page as it is. */
export const plainText = (maxCharacters: number) =>
  z
    .string()
    .max(maxCharacters)
    .refine((value) => value.isWellFormed() && !CONTROL.test(value), 'must be plain text without control characters');

/** Throws `ingest/media-type-unsupported`; `what` says what is done here: "limits are put". */
export function requireJson({ headers }: HttpRequest, what: string): void {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return;
  throw new ServiceError('ingest/media-type-unsupported', `${what} as application/json`);
}

function requireSize(bytes: Uint8Array): void {
  if (bytes.length <= MAX_BODY_BYTES) return;
  throw new ServiceError(
    'ingest/payload-too-large',
    `the body has ${bytes.length} bytes, at most ${MAX_BODY_BYTES} are allowed`,
  );
}

/** A body that is no JSON but a file of text. */
export function readText(bytes: Uint8Array): string {
  requireSize(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ServiceError('platform/request-invalid', 'the body is not text in UTF-8', { cause });
  }
}

export function parseJson(bytes: Uint8Array): unknown {
  requireSize(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new ServiceError('platform/request-invalid', 'the body is not JSON in UTF-8', { cause });
  }
}

/** Reads a body; throws `platform/request-invalid` with a pointer to each mistake. `what` names the whole, for mistakes of it. */
export function parseBody<T>(schema: z.ZodType<T>, given: unknown, what: string): T {
  const parsed = schema.safeParse(given, { error: bodyWords });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message,
  }));
  const [first] = errors;
  const place = first === undefined || first.pointer === '' ? what : first.pointer;
  throw new ServiceError('platform/request-invalid', `${place}: ${first?.detail ?? 'not valid'}`, {
    details: { errors },
  });
}
