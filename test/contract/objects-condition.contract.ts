import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Objects } from '../../data/contracts.ts';
import { decode, putEtag, readText, sampleBytes, text } from './object-samples.ts';
import type { ObjectsUnderTest } from './objects.contract.ts';

const KIB = 1024;

/** What every backend of the objects contract keeps when several write one key. */
export function objectsConditionContract(name: string, start: () => Promise<ObjectsUnderTest>): void {
  describe(`conditional puts on ${name}`, () => {
    let objects: Objects;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ objects, stop } = await start());
    });
    afterAll(() => stop());
    const unique = (): string => `contract/${randomUUID()}`;

    describe('a put with a condition', () => {
      test('absent: stores the first and leaves it alone afterwards', async () => {
        const key = unique();

        expect(await objects.put(key, text('first'), { kind: 'absent' })).toMatchObject({ kind: 'stored' });
        expect(await objects.put(key, text('second'), { kind: 'absent' })).toEqual({ kind: 'conflict' });
        expect(await objects.put(key, sampleBytes(300 * KIB), { kind: 'absent' })).toEqual({ kind: 'conflict' });

        expect(await readText(objects, key)).toBe('first');
      });

      test('match: stores over the etag it names and over no other', async () => {
        const key = unique();
        const first = await putEtag(objects, key, text('first'));
        const second = await putEtag(objects, key, text('second'), first);

        expect(await objects.put(key, text('late'), { kind: 'match', etag: first })).toEqual({ kind: 'conflict' });
        await putEtag(objects, key, sampleBytes(300 * KIB), second);

        expect((await objects.head(key))?.sizeBytes).toBe(300 * KIB);
      });

      test('match: is a conflict where nothing is', async () => {
        const key = unique();
        const etag = await putEtag(objects, key, text('there'));
        await objects.delete(key);

        expect(await objects.put(key, text('late'), { kind: 'match', etag })).toEqual({ kind: 'conflict' });
        expect(await objects.get(key)).toBeUndefined();
      });

      test.each([10, 200 * KIB])('absent: exactly one of many at once wins, %i bytes', async (sizeBytes) => {
        const key = unique();
        const candidates = Array.from({ length: 8 }, (_, i) => new Uint8Array(sizeBytes).fill(i + 1));

        const results = await Promise.all(candidates.map((bytes) => objects.put(key, bytes, { kind: 'absent' })));

        const winners = candidates.filter((_, i) => results[i]?.kind === 'stored');
        expect(winners).toHaveLength(1);
        expect((await objects.get(key))?.bytes[0]).toBe(winners[0]?.[0]);
      });

      test.each([10, 200 * KIB])('match: exactly one of many at once wins, %i bytes', async (sizeBytes) => {
        const key = unique();
        const etag = await putEtag(objects, key, text('start'));
        const candidates = Array.from({ length: 8 }, (_, i) => new Uint8Array(sizeBytes).fill(i + 1));

        const results = await Promise.all(candidates.map((bytes) => objects.put(key, bytes, { kind: 'match', etag })));

        const winners = candidates.filter((_, i) => results[i]?.kind === 'stored');
        expect(winners).toHaveLength(1);
        expect((await objects.get(key))?.bytes[0]).toBe(winners[0]?.[0]);
      });

      test('match: no step of several writers that read, add one and write is lost', async () => {
        const key = unique();
        await objects.put(key, text('0'));
        const addOne = async (): Promise<void> => {
          for (;;) {
            const before = await objects.get(key);
            const next = text(String(Number(decode(before?.bytes)) + 1));
            const result = await objects.put(key, next, { kind: 'match', etag: before?.etag ?? '' });
            if (result.kind === 'stored') return;
          }
        };

        await Promise.all([addOne(), addOne(), addOne(), addOne(), addOne()]);

        expect(await readText(objects, key)).toBe('5');
      });
    });
  });
}
