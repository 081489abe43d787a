import { expect, test } from 'vitest';
import { putWhatIsTaken } from '../../../data/tables/put-what-is-taken.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';

/** Takes numbers, all of a batch or none. */
function openNumbers(refuses: (value: number) => boolean = () => false) {
  const stored: number[] = [];
  const refused: string[] = [];
  let puts = 0;
  const put = (values: readonly number[]): Promise<number> =>
    putWhatIsTaken(
      values,
      async (some) => {
        puts++;
        const bad = some.find(refuses);
        if (bad !== undefined) throw new RangeError(`${bad} is too much`);
        stored.push(...some);
      },
      async (value, why) => {
        refused.push(`${value}: ${why}`);
      },
    );
  return { put, stored, refused, puts: () => puts };
}

const thousand = Array.from({ length: 1_000 }, (_, i) => i);

test('what is all taken is put at once, and nothing is not put at all', async () => {
  const numbers = openNumbers();

  expect(await numbers.put([])).toBe(0);
  expect(await numbers.put(thousand)).toBe(0);

  expect(numbers.stored).toEqual(thousand);
  expect(numbers.puts()).toBe(1);
});

test('one that is refused is found in few steps, told, and keeps back no other', async () => {
  const numbers = openNumbers((value) => value === 617);

  expect(await numbers.put(thousand)).toBe(1);

  expect(numbers.stored).toEqual(thousand.filter((value) => value !== 617));
  expect(numbers.refused).toEqual(['617: 617 is too much']);
  expect(numbers.puts()).toBeLessThan(25);
});

test('several are refused one by one, and all of them where none is taken', async () => {
  const some = openNumbers((value) => value % 400 === 1);
  const none = openNumbers(() => true);

  expect(await some.put(thousand)).toBe(3);
  expect(await none.put([1, 2, 3])).toBe(3);

  expect(some.stored).toHaveLength(997);
  expect(none.refused).toHaveLength(3);
});

test('where the store fails nothing is refused: it is for whoever puts to come again', async () => {
  const down = new ServiceError('store/unavailable', 'down', { retryable: true });
  const refused: number[] = [];
  const putting = putWhatIsTaken(
    [1, 2],
    () => Promise.reject(down),
    async (value) => {
      refused.push(value);
    },
  );

  await expect(putting).rejects.toBe(down);
  expect(refused).toEqual([]);
});
