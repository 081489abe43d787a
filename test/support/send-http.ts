import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface RawRequest {
  readonly method?: string;
  /** Sent as it stands, never normalised. */
  readonly path: string;
  /** Sent in this order, repeated names and all. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request over a connection of its own. */
export function sendHttp(
  port: number,
  { method = 'POST', path, headers = [], body }: RawRequest,
): Promise<RawResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const bytes = Buffer.from(body ?? '');
  const raw = [['host', `127.0.0.1:${port}`], ['content-length', String(bytes.length)], ...headers].flat();
  const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: raw, agent: false }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
    });
  });
  outgoing.on('error', reject);
  outgoing.end(bytes);
  return promise;
}
