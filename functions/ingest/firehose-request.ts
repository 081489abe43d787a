import { ServiceError } from '../platform/errors.ts';
import type { ErrorForm } from '../platform/problem.ts';
import { type Content, openJsonBody, readJsonMediaType } from './content.ts';
import type { IngestLimits } from './limits.ts';
import { isObject, ownField, readJsonValue } from './validate-json.ts';
import { quote } from './validate-rejections.ts';

export interface FirehoseRequest {
  readonly requestId: string;
  /** As they came: each should be an object with `data` in base64. */
  readonly records: readonly unknown[];
}

const REQUEST_ID_HEADER = 'x-amz-firehose-request-id';
/** Firehose uses UUIDs and calls them opaque. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;
const MAX_RECORDS = 10_000;

/** What Firehose delivers. Throws where the whole cannot be read; the identifier that there is then goes with the error. */
export function readFirehoseRequest(content: Content, limits: IngestLimits): FirehoseRequest {
  readJsonMediaType(content, ['application/json']);
  const whole = readJsonValue(openJsonBody(content, limits), limits);
  if (!isObject(whole)) throw invalid('expected {"requestId", "timestamp", "records"}');
  const requestId = readRequestId(content.headers[REQUEST_ID_HEADER], ownField(whole, 'requestId'));
  const records = ownField(whole, 'records');
  if (!Array.isArray(records)) throw invalid('"records" must be an array');
  if (records.length > MAX_RECORDS) throw invalid(`${records.length} records, at most ${MAX_RECORDS}`);
  return { requestId, records };
}

function readRequestId(ofHeader: string | undefined, ofBody: unknown): string {
  if (typeof ofBody !== 'string') throw invalid('"requestId" is missing in the body');
  if (ofHeader === undefined) throw invalid(`the header ${REQUEST_ID_HEADER} is missing`, { deliveryId: ofBody });
  if (ofHeader !== ofBody) throw invalid(`the header ${REQUEST_ID_HEADER} and "requestId" of the body differ`);
  if (!REQUEST_ID.test(ofBody)) throw invalid(`${quote(ofBody)} is no identifier of a request`);
  return ofBody;
}

function invalid(what: string, details: Readonly<Record<string, unknown>> = {}): ServiceError {
  return new ServiceError('ingest/payload-invalid', `firehose: ${what}`, { details });
}

const LONGEST_ANSWERED_ID = 128;
const LONGEST_MESSAGE = 600;

/**
 * Errors as Firehose reads them. It gives up on 413 at once, without its backup bucket, and repeats 400 first: so what is
 * too large is a 400 here, and so is what has the wrong type.
 */
export const firehoseError: ErrorForm = ({ status, detail, details }, { headers, nowMs }) => {
  const requestId = headers[REQUEST_ID_HEADER] ?? (typeof details.deliveryId === 'string' ? details.deliveryId : '');
  return {
    status: status === 413 || status === 415 ? 400 : status,
    contentType: 'application/json',
    body: JSON.stringify({
      requestId: requestId.slice(0, LONGEST_ANSWERED_ID).toWellFormed(),
      timestamp: nowMs,
      errorMessage: detail.slice(0, LONGEST_MESSAGE).toWellFormed(),
    }),
  };
};

const COMMON_ATTRIBUTES_HEADER = 'x-amz-firehose-common-attributes';
const MAX_ATTRIBUTES = 50;
const MAX_ATTRIBUTE_CHARS = 1_024;

/** What the delivery stream adds to all of its deliveries; undefined where it says something that cannot be read. */
export function readCommonAttributes(
  headers: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] | undefined {
  const header = headers[COMMON_ATTRIBUTES_HEADER];
  if (header === undefined) return [];
  const attributes = parseAttributes(header);
  if (!isObject(attributes)) return undefined;
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' || name.length > MAX_ATTRIBUTE_CHARS || value.length > MAX_ATTRIBUTE_CHARS) {
      return undefined;
    }
    pairs.push([name, value]);
  }
  return pairs.length > MAX_ATTRIBUTES ? undefined : pairs;
}

function parseAttributes(header: string): unknown {
  try {
    const whole: unknown = JSON.parse(header);
    return isObject(whole) ? ownField(whole, 'commonAttributes') : undefined;
  } catch {
    return undefined;
  }
}
