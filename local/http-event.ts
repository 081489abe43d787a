import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { noteEventBody } from '../functions/platform/http-event.ts';

/** The request line and headers of an event, as API Gateway would word them. */
export interface RequestHead {
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
}

export function readHead(request: IncomingMessage): RequestHead {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const { headers, cookies } = readHeaders(request.rawHeaders);
  return {
    rawPath: mark === -1 ? target : target.slice(0, mark),
    rawQuery: mark === -1 ? '' : target.slice(mark + 1),
    headers,
    cookies,
  };
}

/** Node drops some repeated headers, an API key among them; here all are kept, joined by commas. */
function readHeaders(raw: readonly string[]): Pick<RequestHead, 'headers' | 'cookies'> {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    if (name === 'cookie') {
      cookies.push(
        ...value
          .split(';')
          .map((cookie) => cookie.trim())
          .filter((cookie) => cookie !== ''),
      );
      continue;
    }
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return { headers: Object.fromEntries(headers), cookies };
}

export interface EventOrigin {
  readonly method: string;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly nowMs: number;
}

/** An API Gateway event of format 2.0; the body always as base64, as it may be anything. */
export function toEvent(head: RequestHead, body: Buffer, origin: EventOrigin): APIGatewayProxyEventV2 {
  const { rawPath, rawQuery, headers, cookies } = head;
  const query = joinQuery(rawQuery);
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: rawQuery,
    ...(cookies.length > 0 && { cookies: [...cookies] }),
    headers: { ...headers },
    ...(query !== undefined && { queryStringParameters: query }),
    requestContext: {
      accountId: 'local',
      apiId: 'local',
      domainName: headers.host ?? '127.0.0.1',
      domainPrefix: 'local',
      http: {
        method: origin.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: origin.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: origin.requestId,
      routeKey: '$default',
      stage: '$default',
      time: new Date(origin.nowMs).toISOString(),
      timeEpoch: origin.nowMs,
    },
    isBase64Encoded: false,
  };
  return body.length === 0 ? event : withBody(event, body);
}

/** The text is made when it is asked for: of a request that waits its turn, only the bytes are held. */
function withBody(event: APIGatewayProxyEventV2, bytes: Buffer): APIGatewayProxyEventV2 {
  const whole: APIGatewayProxyEventV2 = {
    ...event,
    isBase64Encoded: true,
    get body() {
      return bytes.toString('base64');
    },
  };
  noteEventBody(whole, bytes);
  return whole;
}

/** Repeated parameters are joined by commas. */
function joinQuery(rawQuery: string): Record<string, string> | undefined {
  if (rawQuery === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What a handler returned as an HTTP answer; a result without a status is a JSON body with 200. */
export function toAnswer(result: APIGatewayProxyResultV2): Answer {
  if (typeof result === 'string' || result.statusCode === undefined) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(result.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (result.cookies !== undefined && result.cookies.length > 0) headers['set-cookie'] = result.cookies;
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8');
  return { status: result.statusCode, headers, body };
}
