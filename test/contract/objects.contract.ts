import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectEntry, Objects } from '../../data/contracts.ts';
import { putEtag, readText, sampleBytes, text } from './object-samples.ts';

export interface ObjectsUnderTest {
  readonly objects: Objects;
  readonly stop: () => Promise<void>;
}

const KIB = 1024;
/** Sizes on both sides of every change of storage: empty, in a row, at the edge, in a file. */
const SIZES_BYTES = [0, 1, 10 * KIB, 128 * KIB, 128 * KIB + 1, 3 * KIB * KIB];

const REFUSED_KEYS = [
  ['', 'nothing'],
  ['/a', 'an empty first segment'],
  ['a/', 'an empty last segment'],
  ['a//b', 'an empty segment'],
  ['.', 'this folder'],
  ['a/../b', 'the folder above'],
  ['a b', 'a space'],
  ['a%2Fb', 'a percent sign'],
  ['a\\b', 'a backslash'],
  ['a\u0000b', 'a zero byte'],
  ['é', 'a letter that is not ASCII'],
  ['a'.repeat(1025), 'more than 1,024 bytes'],
] as const;

/** What every backend of the objects contract keeps. */
export function objectsContract(name: string, start: () => Promise<ObjectsUnderTest>): void {
  describe(`objects on ${name}`, () => {
    let objects: Objects;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ objects, stop } = await start());
    });
    afterAll(() => stop());
    /** The tests share one backend, which may hold what earlier runs left. */
    const unique = (): string => `contract/${randomUUID()}`;

    describe('what is put', () => {
      test.each(SIZES_BYTES)('comes back whole: %i bytes', async (sizeBytes) => {
        const key = unique();
        const bytes = sampleBytes(sizeBytes);

        const put = await objects.put(key, bytes);
        const got = await objects.get(key);

        expect(put).toEqual({ kind: 'stored', etag: expect.any(String) });
        expect(Buffer.compare(got?.bytes ?? Buffer.from('none'), bytes)).toBe(0);
        expect(got?.etag).toBe(put.kind === 'stored' ? put.etag : undefined);
        expect(await objects.head(key)).toEqual({ key, sizeBytes, etag: got?.etag });
      });

      test('is only the part of a larger buffer that was given', async () => {
        const key = unique();
        const bytes = sampleBytes(1_000).subarray(100, 200);

        await objects.put(key, bytes);

        expect(Buffer.from((await objects.get(key))?.bytes ?? [])).toEqual(Buffer.from(bytes));
      });

      test('stays as it was when the caller uses its buffer again', async () => {
        const key = unique();
        const bytes = new Uint8Array([1, 2, 3]);

        await objects.put(key, bytes);
        bytes.fill(9);

        expect([...((await objects.get(key))?.bytes ?? [])]).toEqual([1, 2, 3]);
      });

      test('replaces what was there, between small and large, and has another etag', async () => {
        const key = unique();
        const etags = new Set<string>();

        for (const sizeBytes of [10, 300 * KIB, 400 * KIB, 20]) {
          await objects.put(key, sampleBytes(sizeBytes));
          const got = await objects.get(key);
          expect(got?.bytes.length).toBe(sizeBytes);
          etags.add(got?.etag ?? '');
        }

        expect(etags.size).toBe(4);
      });

      test('is gone after a delete, and deleting it again is no error', async () => {
        const [small, large] = [unique(), unique()];
        await objects.put(small, sampleBytes(10));
        await objects.put(large, sampleBytes(300 * KIB));

        for (const key of [small, large, small]) await objects.delete(key);

        for (const key of [small, large]) {
          expect(await objects.get(key)).toBeUndefined();
          expect(await objects.head(key)).toBeUndefined();
          expect(await objects.getRange(key, 0, 5)).toBeUndefined();
        }
      });
    });

    describe('a range', () => {
      const sizeBytes = 300 * KIB;
      const ranges = [
        [0, 10, 'the beginning'],
        [5, 6, 'one byte'],
        [1_000, 200_000, 'the middle'],
        [sizeBytes - 3, sizeBytes + 50, 'beyond the end'],
        [sizeBytes, sizeBytes + 1, 'after the end'],
        [7, 7, 'nothing'],
        [sizeBytes + 9, sizeBytes + 9, 'nothing, after the end'],
      ] as const;

      test.each(ranges)('from %i to %i (%s) is what a slice would be', async (from, to) => {
        for (const bytes of [sampleBytes(sizeBytes), sampleBytes(100)]) {
          const key = unique();
          const etag = await putEtag(objects, key, bytes);

          const got = await objects.getRange(key, from, to);

          expect(got?.etag).toBe(etag);
          expect(Buffer.compare(got?.bytes ?? Buffer.from('none'), bytes.slice(from, to))).toBe(0);
        }
      });

      test.each([
        [-1, 5],
        [5, 4],
        [0.5, 2],
        [0, Number.NaN],
      ])('fails when it is from %d to %d', async (from, to) => {
        await expect(objects.getRange(unique(), from, to)).rejects.toThrow(RangeError);
      });

      test('of nothing is nothing', async () => {
        expect(await objects.getRange(unique(), 0, 10)).toBeUndefined();
        expect(await objects.getRange(unique(), 3, 3)).toBeUndefined();
      });
    });

    describe('a list', () => {
      test('has the keys with the prefix and no others, in byte order, as head sees them', async () => {
        const prefix = unique();
        const names = ['a-b', 'a.b', 'a/b', 'a0', 'a=b', 'aB', 'a_b', 'ab', 'a/b/c', 'Z'];
        for (const [i, name] of names.entries()) await objects.put(`${prefix}/${name}`, sampleBytes(i));
        await objects.put(`${prefix}0`, sampleBytes(1));

        const { entries, cursor } = await objects.list(`${prefix}/a`);

        const expected = names.filter((name) => name.startsWith('a')).sort();
        expect(entries.map(({ key }) => key)).toEqual(expected.map((name) => `${prefix}/${name}`));
        expect(cursor).toBeUndefined();
        for (const entry of entries) expect(await objects.head(entry.key)).toEqual(entry);
      });

      test('takes the characters of a prefix for nothing but themselves', async () => {
        const prefix = unique();
        for (const name of ['a_b', 'axb', 'a.b']) await objects.put(`${prefix}/${name}`, sampleBytes(1));

        for (const name of ['a_', 'a.']) {
          const { entries } = await objects.list(`${prefix}/${name}`);
          expect(entries.map(({ key }) => key)).toEqual([`${prefix}/${name}b`]);
        }
      });

      test('comes in pages of at most 1,000 that together have every key once', async () => {
        const prefix = unique();
        const keys = Array.from({ length: 1_050 }, (_, i) => `${prefix}/${String(i).padStart(5, '0')}`);
        await inParallel(keys, 25, (key) => objects.put(key, sampleBytes(3)));

        const pages = await readPages(objects, `${prefix}/`);

        expect(pages.every((page) => page.length <= 1_000)).toBe(true);
        expect(pages.flat().map(({ key }) => key)).toEqual(keys);
      });

      test('is empty where no key has the prefix', async () => {
        expect(await objects.list(unique())).toEqual({ entries: [] });
      });

      test('fails when the cursor is none of its own', async () => {
        await expect(objects.list('contract/', '../x')).rejects.toMatchObject({ code: 'query/cursor-invalid' });
        await expect(objects.list('a b')).rejects.toThrow(RangeError);
      });
    });

    test.each(REFUSED_KEYS)('a key is refused: %j (%s)', async (key) => {
      const calls = [
        objects.put(key, sampleBytes(1)),
        objects.get(key),
        objects.getRange(key, 0, 1),
        objects.head(key),
        objects.delete(key),
      ];

      for (const result of await Promise.allSettled(calls)) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
      }
    });

    test('a key of 1,024 bytes with every allowed character is taken', async () => {
      const key = `${unique()}/AZaz09._=-/...`.padEnd(1024, 'x');

      await objects.put(key, text('long'));

      expect(await readText(objects, key)).toBe('long');
    });
  });
}

async function readPages(objects: Objects, prefix: string): Promise<(readonly ObjectEntry[])[]> {
  const pages: (readonly ObjectEntry[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await objects.list(prefix, cursor);
    pages.push(page.entries);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

async function inParallel<T>(items: readonly T[], lanes: number, run: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await run(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
