import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { finishFirst } from '../../../functions/platform/finish-first.ts';

const EVENT = {} as APIGatewayProxyEventV2; // the wrapper hands both on without a look
const CONTEXT = {} as Context;
const ANSWER = { statusCode: 200 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the answer waits until what is left is written', async () => {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const handler = finishFirst(
    async () => {
      seen.push('handled');
      return ANSWER;
    },
    () => promise,
  );

  const answered = handler(EVENT, CONTEXT).then((answer) => {
    seen.push('answered');
    return answer;
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(seen).toEqual(['handled']);
  resolve();

  expect(await answered).toBe(ANSWER);
  expect(vi.getTimerCount()).toBe(0);
});

test('but not for longer than a second', async () => {
  const handler = finishFirst(
    async () => ANSWER,
    () => new Promise(() => {}),
  );

  const answered = handler(EVENT, CONTEXT);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(await answered).toBe(ANSWER);
});
