import type { HttpResponse } from '../platform/edge.ts';
import {
  MAX_PROBLEM_BYTES,
  type Problem,
  type ProblemContext,
  truncateBytes,
  type WordedProblem,
} from '../platform/problem.ts';
import { mediaTypeOf } from './content.ts';
import { bytesField, varintField } from './protobuf-writer.ts';
import type { Rejections } from './validate.ts';

export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';
export type OtlpMediaType = typeof PROTOBUF | typeof JSON_TYPE;

/** The name of the count in a partial success: points and records are told apart. */
export type RejectedField = 'rejectedDataPoints' | 'rejectedLogRecords';

/** The status of gRPC that stands for one of HTTP; senders act on the one of HTTP only. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};
const RPC_UNKNOWN = 2;

const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const MAX_MESSAGE_BYTES = 1_000;
const MAX_DETAIL_BYTES = 400;

/** An Export…ServiceResponse: empty where all is stored without a word. */
export function exportResponse(
  mediaType: OtlpMediaType,
  rejectedField: RejectedField,
  { rejected, warnings }: { readonly rejected: Rejections; readonly warnings: readonly string[] },
): HttpResponse {
  const message = truncateBytes(partialMessage(rejected, warnings), MAX_MESSAGE_BYTES);
  const headers = { 'content-type': mediaType };
  if (mediaType === JSON_TYPE) {
    // 64-bit numbers are digits here.
    const partialSuccess = { [rejectedField]: String(rejected.count), errorMessage: message };
    return { status: 200, headers, body: JSON.stringify(message === '' ? {} : { partialSuccess }) };
  }
  if (message === '') return { status: 200, headers, body: new Uint8Array(0) };
  const count = rejected.count > 0 ? [varintField(1, rejected.count)] : [];
  return { status: 200, headers, body: bytesField(1, Buffer.concat([...count, bytesField(2, message)])) };
}

function partialMessage({ count, byReason, examples }: Rejections, warnings: readonly string[]): string {
  if (count === 0) return warnings.join('; ');
  const reasons = [...byReason].map(([reason, items]) => `${reason} (${items})`).join(', ');
  const shown = examples.map(({ pointer, index, detail }) => `${pointer ?? `#${index}`}: ${detail}`);
  return [`${count} rejected: ${reasons}`, ...shown, ...warnings].join('; ');
}

/** Errors as a google.rpc.Status, in the form of the request; protobuf where that is none of the two. */
export function otlpStatus(problem: Problem, { headers, requestId }: ProblemContext): WordedProblem {
  const { status, code, detail } = problem;
  const message = `${code}: ${truncateBytes(detail, MAX_DETAIL_BYTES)} (request ${requestId.slice(0, 64)})`;
  const violations = problem.examples.map(({ pointer, index, detail: description }) => ({
    field: pointer ?? (index === undefined ? '' : `#${index}`),
    description,
  }));
  const isJson = mediaTypeOf({ headers }) === JSON_TYPE;
  const write = isJson ? jsonStatus : protobufStatus;
  const rpcCode = RPC_CODES[status] ?? RPC_UNKNOWN;
  const contentType = isJson ? JSON_TYPE : PROTOBUF;
  for (let kept = violations.length; kept >= 0; kept--) {
    const body = write(rpcCode, message, violations.slice(0, kept));
    if (body.length <= MAX_PROBLEM_BYTES) return { contentType, body };
  }
  // Quotes and control characters grow sixfold as JSON: leave out what the sender wrote.
  return { contentType, body: write(rpcCode, code, []) };
}

interface Violation {
  readonly field: string;
  readonly description: string;
}

function jsonStatus(code: number, message: string, fieldViolations: readonly Violation[]): Uint8Array {
  const details = fieldViolations.length === 0 ? [] : [{ '@type': BAD_REQUEST, fieldViolations }];
  return Buffer.from(JSON.stringify({ code, message, details }));
}

function protobufStatus(code: number, message: string, violations: readonly Violation[]): Uint8Array {
  const fields = [varintField(1, code), bytesField(2, message)];
  if (violations.length > 0) {
    const badRequest = violations.map(({ field, description }) =>
      bytesField(1, Buffer.concat([bytesField(1, field), bytesField(2, description)])),
    );
    fields.push(bytesField(3, Buffer.concat([bytesField(1, BAD_REQUEST), bytesField(2, Buffer.concat(badRequest))])));
  }
  return Buffer.concat(fields);
}
