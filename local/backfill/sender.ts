import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { BackfillError } from './backfill-error.ts';
import type { Portion } from './portion.ts';

export interface Sent {
  readonly accepted: number;
  readonly rejected: number;
  /** Some of what was refused, in the service's words. */
  readonly reasons: readonly string[];
}

export interface Target {
  readonly baseUrl: string;
  readonly key: string;
}

const MAX_TRIES = 12;
/** Where nobody has ever answered, the address is likelier wrong than the service busy. */
const TRIES_BEFORE_FIRST_ANSWER = 3;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 60_000;
const PATH = '/v1/ingest/metrics';
const pack = promisify(gzip);

/** Sends a portion until it is stored or refused for good. What is sent twice counts once, so every doubt is a repeat. */
export type SendPortion = (portion: Portion) => Promise<Sent>;

/** `onWait` is told why it waits, each time it begins to. */
export function createSender({ baseUrl, key }: Target, onWait: (why: string) => void): SendPortion {
  let hasAnswered = false;
  return async ({ mediaType, body, samples }) => {
    const packed = await pack(body);
    for (let attempt = 1; ; attempt++) {
      const answer = await post({ baseUrl, key }, mediaType, packed);
      hasAnswered ||= answer !== undefined;
      if (answer !== undefined && answer.status !== 429 && answer.status < 500) return toSent(answer, samples);
      const why = answer === undefined ? 'does not answer' : `answers ${answer.status}: ${answer.text.slice(0, 300)}`;
      if (!hasAnswered && attempt === TRIES_BEFORE_FIRST_ANSWER) {
        throw new BackfillError(`${baseUrl} ${why}: is Forewarn running there? --target says where it is`);
      }
      if (attempt === MAX_TRIES) {
        throw new BackfillError(`${baseUrl} ${why}; start again later, it goes on from here`);
      }
      if (hasAnswered && attempt === 1) onWait(`${baseUrl} ${why}; trying again for some minutes`);
      const backoffMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
      await sleep(Math.max(backoffMs, (answer?.retryAfterSeconds ?? 0) * 1_000));
    }
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number;
}

/** Undefined where nobody answers. */
async function post({ baseUrl, key }: Target, mediaType: string, body: Buffer): Promise<Answer | undefined> {
  try {
    const response = await fetch(new URL(PATH, baseUrl), {
      method: 'POST',
      // A key must not follow to wherever a redirect leads.
      redirect: 'manual',
      headers: { authorization: `Bearer ${key}`, 'content-type': mediaType, 'content-encoding': 'gzip' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(60_000),
    });
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0) || 0;
    const location = response.headers.get('location');
    const text = location === null ? await response.text() : `it redirects to ${location}: give that address`;
    return { status: response.status, text, retryAfterSeconds };
  } catch {
    return undefined;
  }
}

interface AnswerBody {
  readonly accepted?: number;
  readonly rejected?: number;
  readonly errors?: readonly { readonly code?: string; readonly detail?: string }[];
  readonly detail?: string;
}

function toSent({ status, text }: Answer, samples: number): Sent {
  const body = parse(text);
  const reasons = (body.errors ?? []).map(({ code = '', detail = '' }) => `${code}: ${detail}`);
  if (status === 200) return { accepted: body.accepted ?? 0, rejected: body.rejected ?? 0, reasons };
  // Nothing of it is valid; there may be more behind it that is.
  if (status === 400 && reasons.length > 0) return { accepted: 0, rejected: samples, reasons };
  throw new BackfillError(`the service answers ${status}: ${body.detail ?? text.slice(0, 300)}`);
}

function parse(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody; // the form in which the service answers
  } catch {
    return {};
  }
}
