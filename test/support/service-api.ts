import type { ReadyService } from './service.ts';

export interface Named {
  readonly series_id: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Points {
  readonly points: readonly { readonly time: string; readonly value: number }[];
}

export interface Rollups {
  readonly points: readonly { readonly time: string; readonly count: number; readonly last: number }[];
}

export interface HealthAnswer {
  readonly status: string;
  readonly version: string;
  readonly watermark: string | null;
  readonly counts: Readonly<Record<'series' | 'queue_waiting' | 'queue_in_flight' | 'queue_dead', number>>;
}

const POLL_MS = 100;

/** What the read key gets; fails where it is not answered 200. The caller says of what form the answer is. */
export async function readJson<T>({ baseUrl, credentials }: ReadyService, path: string): Promise<T> {
  const response = await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${credentials.keys.read}` } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** All pages of a list. */
export async function readList<T>(service: ReadyService, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  const place = new URL(path, service.baseUrl);
  for (;;) {
    const page = await readJson<{ items: T[]; next_cursor: string | null }>(service, place.pathname + place.search);
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    place.searchParams.set('cursor', page.next_cursor);
  }
}

export async function sendJson({ baseUrl, credentials }: ReadyService, path: string, body: unknown): Promise<Response> {
  return fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credentials.keys.ingest}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function sendRemoteWrite({ baseUrl, credentials }: ReadyService, body: Uint8Array): Promise<Response> {
  return fetch(`${baseUrl}/api/v1/write`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${credentials.keys.ingest}`,
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
    },
    body: Buffer.from(body),
  });
}

/** Resolves when everything that was taken has been applied. */
export async function queueToEmpty(service: ReadyService, timeoutMs: number): Promise<HealthAnswer> {
  return until('an empty queue', timeoutMs, async () => {
    const health = await readJson<HealthAnswer>(service, '/v1/health');
    return health.counts.queue_waiting + health.counts.queue_in_flight === 0 ? health : undefined;
  });
}

/** Asks again and again until there is something; names what did not come in time. */
export async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`there was not ${what} within ${timeoutMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
