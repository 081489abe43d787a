import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item, ItemQuery, Table } from '../../data/contracts.ts';
import type { TableUnderTest } from './table.contract.ts';

/** In the order of their UTF-8 bytes, which JavaScript's own comparison does not give for the last two. */
const ORDERED_SORTS = [
  '#',
  '2026-01-01',
  '2026-01-02',
  'B',
  'a',
  'a#1',
  'a#2',
  'b',
  'é',
  '日本',
  '\uffee',
  '\u{1f600}',
];

/** What every backend of the table contract keeps when it is asked for many items in order. */
export function tableQueryContract(name: string, start: () => Promise<TableUnderTest>): void {
  describe(`queries on ${name}`, () => {
    let table: Table;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ table, stop } = await start());
    });
    afterAll(() => stop());

    describe('a query', () => {
      const partition = `query-${randomUUID()}`;
      beforeAll(async () => {
        const items = ORDERED_SORTS.map((sort, i) => ({ partition, sort, body: { i } }));
        await table.batchPut(items.toReversed());
        await table.put({ partition: `${partition}x`, sort: 'a', body: {} });
      });
      const sorts = async (query: Partial<ItemQuery>): Promise<string[]> =>
        (await readAll(table, { partition, limit: 100, ...query })).map(({ sort }) => sort);

      test('gives the items of one partition in the order of their UTF-8 bytes, either way', async () => {
        expect(await sorts({})).toEqual(ORDERED_SORTS);
        expect(await sorts({ descending: true })).toEqual(ORDERED_SORTS.toReversed());
      });

      test.each<[Partial<ItemQuery>, readonly string[]]>([
        [{ from: 'a' }, ORDERED_SORTS.slice(4)],
        [{ to: 'a' }, ORDERED_SORTS.slice(0, 4)],
        [{ from: 'B', to: 'a#2' }, ['B', 'a', 'a#1']],
        [{ from: 'C', to: 'b0' }, ['a', 'a#1', 'a#2', 'b']],
        [{ from: '日' }, ['日本', '\uffee', '\u{1f600}']],
        [{ to: '' }, []],
        [{ from: '' }, ORDERED_SORTS],
        [{ from: 'a', to: 'a' }, []],
        [{ from: 'b', to: 'a' }, []],
        [{ prefix: 'a' }, ['a', 'a#1', 'a#2']],
        [{ prefix: '2026-01-' }, ['2026-01-01', '2026-01-02']],
        [{ prefix: '\u{1f600}' }, ['\u{1f600}']],
        [{ prefix: '' }, ORDERED_SORTS],
        [{ prefix: 'zz' }, []],
        [{ prefix: 'a', from: 'a#1' }, ['a#1', 'a#2']],
        [{ prefix: 'a', to: 'a#2' }, ['a', 'a#1']],
      ])('%j gives the range in both directions and in pages of any size', async (query, expected) => {
        expect(await sorts(query)).toEqual(expected);
        expect(await sorts({ ...query, descending: true })).toEqual(expected.toReversed());
        for (const limit of [1, 2, 3]) {
          expect(await sorts({ ...query, limit })).toEqual(expected);
          expect(await sorts({ ...query, limit, descending: true })).toEqual(expected.toReversed());
        }
      });

      test('gives a page of exactly the limit while there is more', async () => {
        const page = await table.query({ partition, limit: 5 });

        expect(page.items).toHaveLength(5);
        expect(page.cursor).toEqual(expect.any(String));
      });

      test('gives nothing of a partition that is not there', async () => {
        expect(await table.query({ partition: randomUUID(), limit: 10 })).toEqual({ items: [] });
      });

      test('gives as many items as asked, however large they are', async () => {
        const large = randomUUID();
        const items = Array.from({ length: 6 }, (_, i) => ({
          partition: large,
          sort: String(i),
          body: { text: 'x'.repeat(300_000), i },
        }));
        await table.batchPut(items);

        const page = await table.query({ partition: large, limit: 6 });

        expect(page.items.map(({ body }) => body.i)).toEqual([0, 1, 2, 3, 4, 5]);
      });

      test.each([0, -1, 1.5])('fails when the limit is %d', async (limit) => {
        await expect(table.query({ partition, limit })).rejects.toThrow(RangeError);
      });

      test('fails when the cursor is of another query or of no query', async () => {
        const { cursor } = await table.query({ partition, from: 'a', limit: 1 });
        const wrong: Partial<ItemQuery>[] = [
          { cursor: 'nonsense' },
          { cursor: '' },
          { cursor: Buffer.from('["a","b"]').toString('base64url') },
          { cursor, to: 'a' },
          { cursor, byIndex: true },
        ];

        for (const query of wrong) {
          const call = table.query({ partition, limit: 1, ...query });
          await expect(call).rejects.toMatchObject({ code: 'query/cursor-invalid' });
        }
      });
    });

    describe('a query by the index', () => {
      const place = `index-${randomUUID()}`;
      const items = Array.from({ length: 12 }, (_, i) => ({
        partition: `${place}-${i % 3}`,
        sort: `item-${String(i).padStart(2, '0')}`,
        body: { i },
        index: { partition: place, sort: `2026-0${1 + Math.floor(i / 4)}` },
      }));
      beforeAll(async () => {
        await table.batchPut(items);
        await table.put({ partition: `${place}-0`, sort: 'outside', body: {} });
      });
      const found = async (query: Partial<ItemQuery>): Promise<readonly Item[]> =>
        readAll(table, { partition: place, byIndex: true, limit: 100, ...query });
      const months = (list: readonly Item[]): string[] => list.map(({ index }) => index?.sort ?? 'none');
      const inOrder = (sorts: readonly string[]): string[] => sorts.toSorted((a, b) => a.localeCompare(b));

      test('gives whole items in the order of their place, several at one place too', async () => {
        const all = await eventually(
          () => found({}),
          (list) => list.length === 12,
        );

        expect(months(all)).toEqual(inOrder(months(all)));
        expect(all.toSorted((a, b) => Number(a.body.i) - Number(b.body.i))).toEqual(
          items.map((item) => ({ ...item, revision: 1 })),
        );
      });

      test.each([1, 3, 5])('gives every item once in pages of %i, in both directions', async (limit) => {
        await eventually(
          () => found({}),
          (list) => list.length === 12,
        );

        for (const descending of [false, true]) {
          const list = await found({ limit, descending });
          expect(new Set(list.map(({ sort }) => sort)).size).toBe(12);
          expect(list).toHaveLength(12);
          expect(months(list)).toEqual(descending ? inOrder(months(list)).toReversed() : inOrder(months(list)));
        }
      });

      test.each<[Partial<ItemQuery>, readonly string[]]>([
        [{ from: '2026-02' }, ['2026-02', '2026-03']],
        [{ to: '2026-03' }, ['2026-01', '2026-02']],
        [{ from: '2026-02', to: '2026-03' }, ['2026-02']],
        [{ prefix: '2026-01' }, ['2026-01']],
      ])('%j gives the range without its end', async (query, expected) => {
        await eventually(
          () => found({}),
          (list) => list.length === 12,
        );

        for (const limit of [2, 100]) {
          expect(months(await found({ ...query, limit }))).toEqual(expected.flatMap((month) => Array(4).fill(month)));
          expect(new Set(months(await found({ ...query, limit, descending: true })))).toEqual(new Set(expected));
        }
      });

      test('follows an item that moves, leaves or is deleted', async () => {
        const [from, to] = [randomUUID(), randomUUID()];
        const item = { partition: randomUUID(), sort: 'item', body: {}, index: { partition: from, sort: 's' } };
        const other = { ...item, partition: randomUUID(), index: { partition: from, sort: 't' } };
        await table.batchPut([item, other]);
        const count = async (partition: string): Promise<number> =>
          (await table.query({ partition, byIndex: true, limit: 10 })).items.length;

        await table.update(item, {}, { index: { partition: to, sort: 's' } });
        await table.delete(other);

        expect(
          await eventually(
            () => count(to),
            (n) => n === 1,
          ),
        ).toBe(1);
        expect(
          await eventually(
            () => count(from),
            (n) => n === 0,
          ),
        ).toBe(0);
        await table.update(item, {}, { index: null });
        expect(
          await eventually(
            () => count(to),
            (n) => n === 0,
          ),
        ).toBe(0);
      });
    });
  });
}

/** Follows the cursors to the end; the last page may be empty. */
async function readAll(table: Table, query: ItemQuery): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...query, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}

/** The index of DynamoDB lags a moment behind its table. */
async function eventually<T>(read: () => Promise<T>, isExpected: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const value = await read();
    if (isExpected(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return read();
}
