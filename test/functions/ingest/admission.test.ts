import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAdmission } from '../../../functions/ingest/admission.ts';

/** Work that ends when it is told to, and says in which order it began. */
function createWorkshop(limits = { maxBytes: 10, maxWaitMs: 60_000 }) {
  const admit = createAdmission(limits);
  const begun: string[] = [];
  const begin = (name: string, sizeBytes: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const result = admit(sizeBytes, () => {
      begun.push(name);
      return promise;
    });
    return { result, finish: () => resolve(name), fail: () => reject(new Error(name)) };
  };
  return { begun, begin };
}

test('work begins at once while there is room, and then in the order in which it came', async () => {
  const { begun, begin } = createWorkshop();

  const [a, b, c, d] = [begin('a', 6), begin('b', 4), begin('c', 5), begin('d', 1)];
  expect(begun).toEqual(['a', 'b']);
  b.finish();
  await b.result;
  expect(begun).toEqual(['a', 'b']); // d would fit, but c was first
  a.finish();
  await a.result;
  await sleep(0);

  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  c.finish();
  d.finish();
  expect(await Promise.all([c.result, d.result])).toEqual(['c', 'd']);
});

test('work larger than all the room is admitted alone', async () => {
  const { begun, begin } = createWorkshop();

  const [large, small] = [begin('large', 99), begin('small', 1)];
  expect(begun).toEqual(['large']);
  large.finish();
  await large.result;
  await sleep(0);

  expect(begun).toEqual(['large', 'small']);
  small.finish();
  await small.result;
});

test('work that failed gives its room back', async () => {
  const { begin } = createWorkshop();

  const [failing, next] = [begin('failing', 10), begin('next', 10)];
  failing.fail();
  await expect(failing.result).rejects.toThrow('failing');
  next.finish();

  expect(await next.result).toBe('next');
});

test('fails when no room was free in time, and lets those behind pass', async () => {
  const { begun, begin } = createWorkshop({ maxBytes: 10, maxWaitMs: 20 });

  const [first, tooLarge] = [begin('first', 6), begin('too large', 9)];
  const behind = begin('behind', 4);
  await expect(tooLarge.result).rejects.toMatchObject({ code: 'store/unavailable', retryable: true });
  behind.finish();

  expect(await behind.result).toBe('behind');
  expect(begun).toEqual(['first', 'behind']);
  first.finish();
  await first.result;
});
