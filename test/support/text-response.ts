import type { HttpResponse } from '../../functions/platform/edge.ts';

/** A handler's answer in plain text. */
export function textResponse(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
