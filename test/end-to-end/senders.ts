import type { Random } from '../../models/numeric/random.ts';
import { body, series } from '../functions/ingest/write-request.ts';
import type { ReadyService } from '../support/service.ts';
import { sendRemoteWrite } from '../support/service-api.ts';
import type { SampleCode, SampleRange, WriteEvent } from './write-history.ts';

export const SERIES_PER_SENDER = 8;
export const METRIC = 'kill_test_value';

const MOST_SAMPLES = 16;
const ANSWER_TIMEOUT_MS = 20_000;

/** The value of a sample tells which one it is, so that one that lands in the wrong place shows. */
export function sampleCode(sender: number, one: number): SampleCode {
  return {
    startMs: Date.UTC(2026, 0, 5),
    stepMs: 20_000,
    rollupMs: 300_000,
    valueAt: (index) => (sender * SERIES_PER_SENDER + one) * 1_000_000 + index,
  };
}

export interface SenderOptions {
  readonly sender: number;
  readonly random: Random;
  /** The service that runs now; waits for one where none does. */
  readonly service: () => Promise<ReadyService>;
  readonly history: WriteEvent[];
  readonly isOver: () => boolean;
}

/**
 * Sends the samples of a few series in order, one request at a time, until it is over. What got no answer is sent again as
 * it was, or together with newer samples as senders do that have regrouped their queue, or is given up.
 */
export async function runSender({ sender, random, service, history, isOver }: SenderOptions): Promise<void> {
  let nextIndex = 0;
  const widen = (from: number): SampleRange => ({ from, to: nextIndex + 1 + random.below(MOST_SAMPLES) });
  let range = widen(0);
  while (!isOver()) {
    const target = await service();
    history.push({ type: 'invoke', sender, ...range });
    const type = await write(target, sender, range);
    history.push({ type, sender, ...range });
    nextIndex = Math.max(nextIndex, range.to);
    const choice = type === 'ok' ? 1 : random.uniform();
    if (choice < 0.5) continue;
    range = widen(choice < 0.8 ? range.from : nextIndex);
  }
}

async function write(target: ReadyService, sender: number, range: SampleRange): Promise<'ok' | 'fail' | 'info'> {
  const answer = await Promise.race([
    sendRemoteWrite(target, encode(sender, range)).then(
      ({ status }) => status,
      (error: unknown) => error,
    ),
    tooLong(),
  ]);
  if (typeof answer !== 'number') return isRefused(answer) ? 'fail' : 'info';
  if (answer === 204) return 'ok';
  if (answer >= 500) return 'info';
  throw new Error(`a sound request was answered ${answer}`);
}

function encode(sender: number, { from, to }: SampleRange): Uint8Array {
  const all = Array.from({ length: SERIES_PER_SENDER }, (_, one) => {
    const { startMs, stepMs, valueAt } = sampleCode(sender, one);
    const samples = Array.from({ length: to - from }, (_, i): [number, number] => [
      startMs + (from + i) * stepMs,
      valueAt(from + i),
    ]);
    return series(
      [
        ['__name__', METRIC],
        ['sender', String(sender)],
        ['series', String(one)],
      ],
      samples,
    );
  });
  return body(...all);
}

/** Nobody listened: the request cannot have arrived. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function tooLong(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS).unref();
  });
}
