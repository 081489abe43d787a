import { Agent, request } from 'node:http';
import type { Load } from './remote-write-load.ts';
import type { Service } from './service.ts';

export interface Sent {
  /** Milliseconds from request to answer, for each. */
  readonly requests: readonly number[];
}

export type SendLoad = (rounds: Load['rounds'], seconds: number) => Promise<Sent>;

/**
 * Sends requests as fast as they are answered. Each connection has its own requests of every round and sends them in
 * order, as a Prometheus does with its shards: the samples of a series arrive in order.
 */
export function createSender({ baseUrl, keys }: Service, connections: number): SendLoad {
  const agents = Array.from({ length: connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const url = new URL('/api/v1/write', baseUrl);
  return async (rounds, seconds) => {
    const untilMs = performance.now() + seconds * 1_000;
    const requests: number[] = [];
    const work = agents.map(async (agent, connection) => {
      for (const bodies of rounds) {
        for (let at = connection; at < bodies.length; at += connections) {
          if (performance.now() > untilMs) return;
          const startedMs = performance.now();
          await post(agent, url, keys.ingest, bodies[at]!);
          requests.push(performance.now() - startedMs);
        }
      }
    });
    await Promise.all(work);
    return { requests };
  };
}

function post(agent: Agent, url: URL, key: string, body: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'content-length': body.length,
  };
  const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      if (response.statusCode === 204) resolve();
      else reject(new Error(`answered ${response.statusCode}: ${Buffer.concat(chunks).toString('utf8')}`));
    });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
