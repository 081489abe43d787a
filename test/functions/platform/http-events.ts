import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { type RequestHead, toEvent } from '../../../local/http-event.ts';

/** An event as API Gateway would send it. */
export function httpEvent(
  method: string,
  path: string,
  over: { readonly headers?: RequestHead['headers']; readonly query?: string; readonly body?: string } = {},
): APIGatewayProxyEventV2 {
  const { headers = {}, query = '', body = '' } = over;
  const head = { rawPath: path, rawQuery: query, headers, cookies: [] };
  return toEvent(head, Buffer.from(body), { method, sourceIp: '127.0.0.1', requestId: 'request-1', nowMs: 0 });
}

/** A context without a time limit, as nothing here depends on it. */
export const LAMBDA_CONTEXT = {} as Context;
