import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item, ItemBody, ItemQuery, NewItem, Table } from '../../data/contracts.ts';

export interface TableUnderTest {
  readonly table: Table;
  stop(): Promise<void>;
}

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

const ODD_BODIES: readonly (readonly [string, ItemBody])[] = [
  ['nothing', {}],
  ['empty values', { text: '', list: [], object: {}, nothing: null }],
  ['nested values', { a: [1, [2, { b: [null, false, 'x'] }]], c: { d: { e: true } } }],
  ['ordinary numbers', { zero: 0, third: 1 / 3, integer: 9_007_199_254_740_991, negative: -0.1 }],
  ['extreme numbers', { max: Number.MAX_VALUE, min: Number.MIN_VALUE, big: 1e126, small: -1e-131, list: [1e200] }],
  ['odd text', { quote: '"\\\'', lines: '\r\n\t', zero: 'a\u0000b', emoji: '\u{1f600}', rtl: 'שלום' }],
  ['odd names', { 'a.b': 1, 'with space': 2, '#hash': 3, ':colon': 4, $: 5, 日本: 6, size: 7, constructor: 8 }],
  ['a field named like the prototype', JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as ItemBody],
];

const REFUSED_BODIES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['undefined', { a: undefined }],
  ['NaN', { a: Number.NaN }],
  ['infinity', { a: [Number.POSITIVE_INFINITY] }],
  ['a date', { a: new Date(0) }],
  ['bytes', { a: new Uint8Array(2) }],
  ['a bigint', { a: 1n }],
  ['half a surrogate pair', { a: 'x\ud800' }],
  ['an empty field name', { a: { '': 1 } }],
  ['more than 400 KB', { a: 'x'.repeat(400_000) }],
  ['endless nesting', Array.from({ length: 40 }).reduce<Record<string, unknown>>((inner) => ({ a: inner }), {})],
];

/** What every backend of the table contract keeps. */
export function tableContract(name: string, start: () => Promise<TableUnderTest>): void {
  describe(`table on ${name}`, () => {
    let table: Table;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ table, stop } = await start());
    });
    afterAll(() => stop());

    describe('an item', () => {
      test.each(ODD_BODIES)('comes back as it was put: %s', async (_, body) => {
        const item = { ...newItem(), body };

        await table.put(item);

        expect(await table.get(item)).toEqual({ ...item, revision: 1 });
      });

      test('comes back with its place in the index, under keys of any text', async () => {
        const item: NewItem = {
          partition: `${randomUUID()} #"'\n\u{1f600}`,
          sort: "a/b#c:d 'e' \u{1f600}",
          body: { a: 1 },
          index: { partition: `${randomUUID()} é`, sort: '%_*' },
        };

        await table.put(item);

        expect(await table.get(item)).toEqual({ ...item, revision: 1 });
      });

      test('is replaced as a whole by a second put, its place in the index too', async () => {
        const item = newItem({ old: 1 });
        await table.put({ ...item, index: { partition: randomUUID(), sort: 's' } });

        const result = await table.put({ ...item, body: { fresh: 2 } });

        expect(result).toEqual({ kind: 'stored', revision: 2 });
        expect(await table.get(item)).toEqual({ ...item, body: { fresh: 2 }, revision: 2 });
      });

      test('is gone after a delete, which may be repeated, and begins again with revision 1', async () => {
        const item = newItem();
        await table.put(item);
        await table.put(item);

        await table.delete(item);
        await table.delete(item);

        expect(await table.get(item)).toBeUndefined();
        expect(await table.put(item)).toEqual({ kind: 'stored', revision: 1 });
      });

      test.each(REFUSED_BODIES)('is refused with %s in its body', async (_, body) => {
        const item = newItem();
        await table.put(item);

        const calls = [
          table.put({ ...item, body }),
          table.update(item, body),
          table.batchPut([newItem(), { ...item, body }]),
        ];

        for (const result of await Promise.allSettled(calls)) {
          expect(result.status === 'rejected' && result.reason).toSatisfy(isBrokenPromise);
        }
        expect(await table.get(item)).toEqual({ ...item, revision: 1 });
      });

      test.each([
        ['', 's'],
        ['p', ''],
        ['p'.repeat(2049), 's'],
        ['p', 's'.repeat(1025)],
        ['p', 'x\ud800'],
      ])('is refused under a key that is empty, too long or no text (case %#)', async (partition, sort) => {
        const key = { partition, sort };
        const calls = [
          table.get(key),
          table.batchGet([key]),
          table.put({ ...key, body: {} }),
          table.put({ ...newItem(), index: key }),
          table.update(key, {}),
          table.update(newItem(), {}, { index: key }),
          table.delete(key),
        ];

        for (const result of await Promise.allSettled(calls)) {
          expect(result.status === 'rejected' && result.reason).toSatisfy(isBrokenPromise);
        }
      });
    });

    describe('a put with a condition', () => {
      test('absent: stores the first only', async () => {
        const item = newItem({ n: 1 });

        expect(await table.put(item, { kind: 'absent' })).toEqual({ kind: 'stored', revision: 1 });
        expect(await table.put({ ...item, body: { n: 2 } }, { kind: 'absent' })).toEqual({ kind: 'conflict' });

        expect((await table.get(item))?.body).toEqual({ n: 1 });
      });

      test('present: stores only over something', async () => {
        const item = newItem();

        expect(await table.put(item, { kind: 'present' })).toEqual({ kind: 'conflict' });
        await table.put(item);
        expect(await table.put(item, { kind: 'present' })).toEqual({ kind: 'stored', revision: 2 });
      });

      test('revision: stores over the revision it names and over no other', async () => {
        const item = newItem();
        await table.put(item);

        expect(await table.put(item, { kind: 'revision', revision: 1 })).toEqual({ kind: 'stored', revision: 2 });
        expect(await table.put(item, { kind: 'revision', revision: 1 })).toEqual({ kind: 'conflict' });
        expect(await table.put(newItem(), { kind: 'revision', revision: 1 })).toEqual({ kind: 'conflict' });
      });

      test('exactly one of many at once wins', async () => {
        const item = newItem();
        const bodies = Array.from({ length: 8 }, (_, n) => ({ n }));

        const first = await Promise.all(bodies.map((body) => table.put({ ...item, body }, { kind: 'absent' })));
        const second = await Promise.all(
          bodies.map((body) => table.put({ ...item, body }, { kind: 'revision', revision: 1 })),
        );

        for (const results of [first, second]) expect(results.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
        const winner = second.findIndex(({ kind }) => kind === 'stored');
        expect(await table.get(item)).toEqual({ ...item, body: { n: winner }, revision: 2 });
      });
    });

    describe('an update', () => {
      test('sets fields of the body, whatever their names, and leaves the others', async () => {
        const item = newItem({ keep: 1, change: { deep: 1 } });
        await table.put(item);

        const result = await table.update(item, { change: { other: 2 }, 'a.b': [3], size: '4' });

        expect(result).toEqual({ kind: 'stored', revision: 2 });
        const body = { keep: 1, change: { other: 2 }, 'a.b': [3], size: '4' };
        expect(await table.get(item)).toEqual({ ...item, body, revision: 2 });
      });

      test('sets more than ten fields at once', async () => {
        const item = newItem();
        const fields = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field${i}`, i]));
        await table.put({ ...item, body: {} });

        await table.update(item, fields);

        expect((await table.get(item))?.body).toEqual(fields);
      });

      test('keeps, moves or ends the place in the index, as asked', async () => {
        const item = { ...newItem(), index: { partition: randomUUID(), sort: 'first' } };
        const moved = { partition: randomUUID(), sort: 'second' };
        await table.put(item);

        await table.update(item, { a: 1 });
        const kept = await table.get(item);
        await table.update(item, { a: 2 }, { index: moved });
        const after = await table.get(item);
        await table.update(item, {}, { index: null });
        const ended = await table.get(item);

        expect([kept?.index, after?.index, ended?.index]).toEqual([item.index, moved, undefined]);
        expect(ended).toMatchObject({ revision: 4, body: { a: 2 } });
      });

      test('is a conflict where the item is absent, whatever the condition', async () => {
        const item = newItem();

        expect(await table.update(item, { a: 1 })).toEqual({ kind: 'conflict' });
        for (const condition of [{ kind: 'absent' }, { kind: 'present' }, { kind: 'revision', revision: 1 }] as const) {
          expect(await table.update(item, { a: 1 }, { condition })).toEqual({ kind: 'conflict' });
        }
        expect(await table.get(item)).toBeUndefined();
      });

      test('is stored only over the revision that it names', async () => {
        const item = newItem();
        await table.put(item);
        const at = (revision: number) => ({ condition: { kind: 'revision', revision } as const });

        expect(await table.update(item, { a: 1 }, at(1))).toEqual({ kind: 'stored', revision: 2 });
        expect(await table.update(item, { a: 2 }, at(1))).toEqual({ kind: 'conflict' });
        expect(await table.update(item, { a: 3 }, { condition: { kind: 'absent' } })).toEqual({ kind: 'conflict' });
        expect((await table.get(item))?.body).toMatchObject({ a: 1 });
      });

      test('loses no step of several writers at once', async () => {
        const item = newItem();
        await table.put(item);

        const results = await Promise.all(Array.from({ length: 10 }, (_, i) => table.update(item, { [`f${i}`]: i })));

        const revisions = results.map((result) => (result.kind === 'stored' ? result.revision : 0));
        expect(revisions.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        expect(Object.keys((await table.get(item))?.body ?? {})).toHaveLength(11);
      });

      test('fails when the item would grow beyond what an item may hold', async () => {
        const item = newItem({ a: 'x'.repeat(300_000) });
        await table.put(item);

        await expect(table.update(item, { b: 'y'.repeat(300_000) })).rejects.toThrow(RangeError);
        expect((await table.get(item))?.revision).toBe(1);
      });
    });

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
        [{ from: '\uffee' }, ['\uffee', '\u{1f600}']],
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
      const months = (list: readonly Item[]): (string | undefined)[] => list.map(({ index }) => index?.sort);

      test('gives whole items in the order of their place, several at one place too', async () => {
        const all = await eventually(
          () => found({}),
          (list) => list.length === 12,
        );

        expect(months(all)).toEqual(months(all).toSorted());
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
          expect(months(list)).toEqual(descending ? months(list).toSorted().reverse() : months(list).toSorted());
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
        const item = { ...newItem(), index: { partition: from, sort: 's' } };
        const other = { ...newItem(), index: { partition: from, sort: 't' } };
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

    describe('many at once', () => {
      test('are all put and all found; what is absent is left out, what is asked twice comes once', async () => {
        const partition = randomUUID();
        const items = Array.from({ length: 230 }, (_, i) => ({ partition, sort: `s${i}`, body: { i } }));
        await table.batchPut(items);

        const absent = Array.from({ length: 20 }, (_, i) => ({ partition, sort: `absent${i}` }));
        const found = await table.batchGet([...items, ...absent, ...items.slice(0, 5)]);

        expect(found.map(({ body }) => Number(body.i)).toSorted((a, b) => a - b)).toEqual(items.map((_, i) => i));
        expect(found.every(({ revision }) => revision === 1)).toBe(true);
      });

      test('count up the revisions of what was there, and take the last of one key', async () => {
        const [first, second] = [newItem({ n: 1 }), newItem({ n: 2 })];
        await table.put(first);

        await table.batchPut([first, second, { ...second, body: { n: 3 } }]);

        expect((await table.get(first))?.revision).toBe(2);
        expect(await table.get(second)).toEqual({ ...second, body: { n: 3 }, revision: 1 });
      });

      test('may be none', async () => {
        await table.batchPut([]);

        expect(await table.batchGet([])).toEqual([]);
      });
    });
  });
}

function newItem(body: ItemBody = { n: 0 }): NewItem {
  return { partition: randomUUID(), sort: 'item', body };
}

function isBrokenPromise(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError;
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
