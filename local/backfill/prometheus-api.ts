import { setTimeout as sleep } from 'node:timers/promises';
import { BackfillError } from './backfill-error.ts';

export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

export interface RangeQuery {
  readonly query: string;
  readonly startMs: number;
  /** Included. */
  readonly endMs: number;
  readonly stepMs: number;
}

export interface PrometheusApi {
  /** Undefined where the answer would be too large: ask for less. */
  queryRange(query: RangeQuery): Promise<readonly PrometheusSeries[] | undefined>;
  /** Type of each metric, as far as it is known. */
  types(): Promise<ReadonlyMap<string, string>>;
}

const MAX_TRIES = 6;
/** Where nobody has ever answered, the address is likelier wrong than the server busy. */
const TRIES_BEFORE_FIRST_ANSWER = 3;
const FIRST_WAIT_MS = 500;
const NO_ANSWER = 599;
/** Prometheus itself gives up after two. */
const TIMEOUT_MS = 180_000;

/** The HTTP API of Prometheus, or of what speaks it: VictoriaMetrics, Thanos, Mimir with its prefix in the address. */
export function createPrometheusApi(address: string, headers: Readonly<Record<string, string>>): PrometheusApi {
  const base = new URL(address);
  const sent: Record<string, string> = { ...headers };
  if (base.username !== '') {
    const userAndPassword = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
    sent.authorization ??= `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
    base.username = '';
    base.password = '';
  }

  let hasAnswered = false;

  async function ask(path: string, form?: URLSearchParams): Promise<ApiAnswer> {
    const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
    for (let attempt = 1; ; attempt++) {
      const answer = await request(url, sent, form);
      if (answer.status < 500 && answer.status !== 429) return answer;
      hasAnswered ||= answer.status !== NO_ANSWER;
      if (attempt === (hasAnswered ? MAX_TRIES : TRIES_BEFORE_FIRST_ANSWER)) throw failed(url, answer);
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }

  return {
    async queryRange({ query, startMs, endMs, stepMs }) {
      const form = new URLSearchParams({
        query,
        start: String(startMs / 1_000),
        end: String(endMs / 1_000),
        step: String(stepMs / 1_000),
      });
      const answer = await ask('/api/v1/query_range', form);
      if (answer.status === 422 || (answer.status === 400 && /maximum resolution/.test(answer.error))) return undefined;
      if (answer.status !== 200) throw failed(base, answer);
      return (answer.data as { readonly result: readonly PrometheusSeries[] }).result; // a range query's answer
    },
    async types() {
      const answer = await ask('/api/v1/metadata');
      if (answer.status !== 200) return new Map();
      const metrics = Object.entries(answer.data as Readonly<Record<string, readonly { readonly type: string }[]>>);
      return new Map(metrics.map(([name, [first]]) => [name, first?.type ?? '']));
    },
  };
}

interface ApiAnswer {
  /** NO_ANSWER where nobody answers. */
  readonly status: number;
  readonly data: unknown;
  readonly error: string;
}

async function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  form: URLSearchParams | undefined,
): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      headers,
      // A password must not follow to wherever a redirect leads.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(form && { method: 'POST', body: form }),
    });
    const location = response.headers.get('location');
    const error = `it redirects to ${location}: give that address`;
    if (location !== null) return { status: response.status, data: undefined, error };
    return { status: response.status, ...parse(await response.text()) };
  } catch (error) {
    return { status: NO_ANSWER, data: undefined, error: reasonOf(error) };
  }
}

function parse(text: string): Pick<ApiAnswer, 'data' | 'error'> {
  try {
    const { data, error = '' } = JSON.parse(text) as { readonly data?: unknown; readonly error?: string }; // the API's envelope
    return { data, error };
  } catch {
    return { data: undefined, error: text.slice(0, 300) };
  }
}

/** `fetch` itself says no more than that it failed. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return [error, cause].map((one) => (one instanceof Error ? one.message : '')).findLast((text) => text !== '') ?? '';
}

function failed(url: URL, { status, error }: ApiAnswer): BackfillError {
  const what = status === NO_ANSWER ? 'does not answer' : `answers ${status}`;
  return new BackfillError(`${url.origin} ${what}: ${error}`);
}
