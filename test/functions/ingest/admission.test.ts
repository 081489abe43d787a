import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type AdmissionLimits, admissionLimits, createAdmission } from '../../../functions/ingest/admission.ts';
import { createRandom } from '../../../models/numeric/random.ts';

/** Work that ends when it is told to, and says in which order it began. */
function createWorkshop(limits: Partial<AdmissionLimits> = {}) {
  const { admit, hold } = createAdmission({ maxBytes: 10, turnBytes: 100, maxWaitMs: 60_000, ...limits });
  const begun: string[] = [];
  const begin = (name: string, sizeBytes: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const request = { name };
    const result = admit(request, sizeBytes, () => {
      begun.push(name);
      return promise;
    });
    return {
      result,
      hold: (moreBytes: number) => hold(request, moreBytes),
      finish: () => resolve(name),
      fail: () => reject(new Error(name)),
    };
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
  const { begun, begin } = createWorkshop({ maxWaitMs: 20 });

  const [first, tooLarge] = [begin('first', 6), begin('too large', 9)];
  const behind = begin('behind', 4);
  await expect(tooLarge.result).rejects.toMatchObject({ code: 'store/unavailable', retryable: true });
  behind.finish();

  expect(await behind.result).toBe('behind');
  expect(begun).toEqual(['first', 'behind']);
  first.finish();
  await first.result;
});

test('what work turns out to hold counts until it ends', async () => {
  const { begun, begin } = createWorkshop();

  const first = begin('first', 1);
  first.hold(9);
  const second = begin('second', 1);
  await sleep(5);
  expect(begun).toEqual(['first']);
  first.finish();
  await first.result;
  await sleep(0);

  expect(begun).toEqual(['first', 'second']);
  second.finish();
  await second.result;
});

test('in one turn of the event loop only so much is begun, though there is room', async () => {
  const { begun, begin } = createWorkshop({ turnBytes: 4 });

  const all = [begin('a', 2), begin('b', 2), begin('c', 1), begin('d', 9)];
  expect(begun).toEqual(['a', 'b']);
  await sleep(0);
  expect(begun).toEqual(['a', 'b', 'c']);

  for (const one of all) one.finish();
  expect(await Promise.all(all.map(({ result }) => result))).toEqual(['a', 'b', 'c', 'd']);
});

test('whatever comes, what is in hand stays within the bound, and all of it is done', async () => {
  const { admit, hold } = createAdmission({ maxBytes: 100, turnBytes: 40, maxWaitMs: 60_000 });
  const random = createRandom(11);
  let inHand = 0;
  let most = 0;
  const work = Array.from({ length: 200 }, async () => {
    const request = {};
    const [declared, more] = [10 + Math.floor(30 * random.uniform()), Math.floor(20 * random.uniform())];
    const turns = Math.floor(4 * random.uniform());
    await admit(request, declared, async () => {
      inHand += declared;
      hold(request, more);
      inHand += more;
      most = Math.max(most, inHand);
      for (let i = 0; i < turns; i++) await new Promise(setImmediate);
      inHand -= declared + more;
    });
  });
  await Promise.all(work);

  // What is held besides is known only when the work has begun: four pieces of work in one turn at most.
  expect(most).toBeGreaterThan(50);
  expect(most).toBeLessThanOrEqual(100 + 4 * 20);
  expect(inHand).toBe(0);
});

test('a small heap takes on less', () => {
  expect(admissionLimits(256 * 2 ** 20).maxBytes).toBe(64 * 2 ** 20);
  expect(admissionLimits(8 * 2 ** 30).maxBytes).toBe(128 * 2 ** 20);
});
