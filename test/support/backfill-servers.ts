import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface FakeServer {
  readonly url: string;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<FakeServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address of this form
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Breaks the connection off where the handler fails. */
function serverOf(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server {
  return createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await request.toArray()) as Buffer[]); // no encoding is set
}

function answerJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The part of Prometheus' HTTP API that a backfill asks: one sample of each series at every step since a time. */
export async function startFakePrometheus(options: {
  readonly series: readonly Readonly<Record<string, string>>[];
  readonly sinceMs: number;
  /** Answers of this number are 503 first. */
  readonly failAt?: number;
}): Promise<FakeServer & { readonly requests: { path: string; authorization: string | undefined }[] }> {
  const requests: { path: string; authorization: string | undefined }[] = [];
  const server = serverOf(async (request, response) => {
    const body = await bodyOf(request);
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    if (requests.length === options.failAt) return answerJson(response, 503, { status: 'error', error: 'busy' });
    if (request.url === '/prom/api/v1/metadata') {
      return answerJson(response, 200, { status: 'success', data: { requests: [{ type: 'counter' }] } });
    }
    if (request.url !== '/prom/api/v1/query_range') return answerJson(response, 404, { error: 'no such path' });
    const form = new URLSearchParams(body.toString());
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
      number,
      number,
      number,
    ];
    const times: number[] = [];
    for (let second = start; second <= end; second += step) if (second * 1_000 >= options.sinceMs) times.push(second);
    const result = options.series.map((metric) => ({ metric, values: times.map((second) => [second, `${second}`]) }));
    answerJson(response, 200, { status: 'success', data: { resultType: 'matrix', result } });
  });
  return { ...(await listen(server)), requests };
}

export interface FakeIngest extends FakeServer {
  /** Times of each series, in the order in which they came, repeats and all. */
  readonly received: Map<string, number[]>;
  readonly keys: Set<string | undefined>;
  readonly control: { requests: number; hangAfter: number; refuseFirst: number };
  /** Resolves when it has stopped answering. */
  readonly hangs: Promise<void>;
}

/** Takes JSON as ingest does; refuses the first few for the rate, and falls silent after some. */
export async function startFakeIngest(): Promise<FakeIngest> {
  const received = new Map<string, number[]>();
  const keys = new Set<string | undefined>();
  const control = { requests: 0, hangAfter: Number.POSITIVE_INFINITY, refuseFirst: 0 };
  const { promise: hangs, resolve: nowHangs } = Promise.withResolvers<void>();
  const server = serverOf(async (request, response) => {
    const body = gunzipSync(await bodyOf(request));
    keys.add(request.headers.authorization);
    control.requests++;
    if (control.requests > control.hangAfter) return nowHangs();
    if (control.requests <= control.refuseFirst) return answerJson(response, 429, {}, { 'retry-after': '0' });
    let accepted = 0;
    const { metrics } = JSON.parse(body.toString()) as {
      metrics: { name: string; labels: object; samples: [number, number][] }[];
    };
    for (const { name, labels, samples } of metrics) {
      const series = `${name}${JSON.stringify(labels)}`;
      const times = received.get(series) ?? [];
      received.set(series, times);
      for (const [timestampMs] of samples) times.push(timestampMs);
      accepted += samples.length;
    }
    answerJson(response, 200, { accepted, rejected: 0, errors: [] });
  });
  return { ...(await listen(server)), received, keys, control, hangs };
}

/** Sends everybody on to another address. */
export async function startRedirect(to: string): Promise<FakeServer & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = serverOf(async (request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(307, { location: `${to}${request.url ?? ''}` }).end();
  });
  return { ...(await listen(server)), asked };
}

/** Always too busy; tells when it has been asked for the second time. */
export async function startBusy(): Promise<FakeServer & { readonly askedTwice: Promise<void> }> {
  const { promise: askedTwice, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const server = serverOf(async (_request, response) => {
    asked++;
    if (asked === 2) resolve();
    response.writeHead(503).end('later');
  });
  return { ...(await listen(server)), askedTwice };
}
