export type Scope = 'ingest' | 'read' | 'admin';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** By lower-case name; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly nowMs: number;
  /** From the key, never from the request; empty on open routes. */
  readonly workspace: string;
  readonly keyId: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A template: `/v1/series/{seriesId}/samples`. */
  readonly path: string;
  /** What the key must be allowed to do; null: open to everyone. */
  readonly scope: Scope | null;
  /** The form of error bodies. */
  readonly errors: 'problem' | 'text';
  handle(request: HttpRequest): Promise<HttpResponse>;
}

/** Whose key it is and what it may do. */
export interface Caller {
  readonly workspace: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/** Throws `platform/unauthorized` where there is no valid key, `store/unavailable` where that cannot be told. */
export type Authenticate = (request: {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}) => Promise<Caller>;

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function textResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
