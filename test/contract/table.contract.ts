import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ItemBody, NewItem, Table } from '../../data/contracts.ts';

export interface TableUnderTest {
  readonly table: Table;
  readonly stop: () => Promise<void>;
}

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
