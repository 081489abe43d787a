import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What an API Gateway event of format 2.0 says, without its body. */
export interface EventHead {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
}

export function readEventHead(event: APIGatewayProxyEventV2): EventHead {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(event.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return {
    method: event.requestContext.http.method.toUpperCase(),
    path: event.rawPath,
    query: new URLSearchParams(event.rawQueryString),
    headers,
    requestId: event.requestContext.requestId,
  };
}

const bodies = new WeakMap<APIGatewayProxyEventV2, Uint8Array>();

/** Says that the body of an event made here is these bytes, so that readEventBody() does not read them out of base64. */
export function noteEventBody(event: APIGatewayProxyEventV2, body: Uint8Array): void {
  bodies.set(event, body);
}

export function readEventBody(event: APIGatewayProxyEventV2): Uint8Array {
  const noted = bodies.get(event);
  if (noted !== undefined) return noted;
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
}

/** Set on every answer. A route may override none of them. */
function standardHeaders(requestId: string): Readonly<Record<string, string>> {
  return { 'x-request-id': requestId, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
}

export function toEventResult(
  response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  },
  requestId: string,
): APIGatewayProxyStructuredResultV2 {
  const { status, headers = {}, body } = response;
  const result = { statusCode: status, headers: { ...headers, ...standardHeaders(requestId) } };
  if (body === undefined) return result;
  if (typeof body === 'string') return { ...result, body };
  return { ...result, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}
