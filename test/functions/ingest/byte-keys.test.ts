import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ByteKeys, sourceOf } from '../../../functions/ingest/byte-keys.ts';
import { SymbolIds } from '../../../functions/ingest/symbol-ids.ts';

const key = (text: string) => sourceOf(Buffer.from(text));

function add(keys: ByteKeys, text: string): number {
  return keys.add(key(text), 0, text.length);
}

function get(keys: ByteKeys, text: string): number {
  return keys.get(key(text), 0, text.length);
}

describe('keys of bytes', () => {
  it('are numbered as they come, and found by their bytes', () => {
    const keys = new ByteKeys();
    const texts = Array.from({ length: 5_000 }, (_, i) => `key ${i}`.repeat((i % 5) + 1));

    const numbers = texts.map((text) => add(keys, text));

    expect(numbers).toEqual(texts.map((_, i) => i));
    expect(texts.map((text) => get(keys, text))).toEqual(numbers);
    expect(get(keys, 'another')).toBe(-1);
    expect(keys.count).toBe(5_000);
  });

  it('follow one another as they did before', () => {
    const keys = new ByteKeys();
    const texts = ['one', 'two', 'three', 'four'];
    for (const text of texts) add(keys, text);
    const message = key('onetwothreefour');
    get(keys, 'four');
    get(keys, 'one');

    expect(keys.follow(message, 3, 15)).toBe(1);
    expect(keys.follow(message, 6, 10)).toBe(-1);
    expect(keys.follow(message, 6, 15)).toBe(2);
    expect(keys.follow(message, 10, 15)).toBe(-1);
    get(keys, 'two');
    get(keys, 'four');
    get(keys, 'two');
    expect(keys.follow(message, 11, 15)).toBe(3);
  });

  it('know nothing when there are none', () => {
    const keys = new ByteKeys();

    expect(keys.follow(key('x'), 0, 1)).toBe(-1);
    expect(get(keys, '')).toBe(-1);
    expect([add(keys, ''), get(keys, '')]).toEqual([0, 0]);
  });

  test('are as those of a map, whatever is asked', () => {
    const asked = fc.array(fc.string({ maxLength: 9 }), { maxLength: 300 });
    fc.assert(
      fc.property(asked, (texts) => {
        const keys = new ByteKeys();
        const expected = new Map<string, number>();
        for (const text of texts) {
          const bytes = Buffer.from(text);
          const source = sourceOf(Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('c')]));
          const found = keys.get(source, 2, 2 + bytes.length);
          expect(found).toBe(expected.get(text) ?? -1);
          if (found === -1) expected.set(text, keys.add(source, 2, 2 + bytes.length));
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('numbers of texts', () => {
  it('are the same for the same text, also when others were forgotten, and never given twice', () => {
    const sizes: number[] = [];
    const ids = new SymbolIds((sizeBytes) => sizes.push(sizeBytes));
    const idOf = (text: string): number => ids.idOf(key(text), 0, text.length);
    const [a, b] = [idOf('a'), idOf('b')];

    ids.forget();
    expect([idOf('a'), idOf('c')]).toEqual([a, 3]);
    ids.forget();
    ids.forget();

    expect(ids.isEmpty).toBe(true);
    expect(idOf('b')).toBe(4);
    expect([a, b]).toEqual([1, 2]);
    expect(sizes).toHaveLength(5);
    expect(ids.isUsedUp).toBe(false);
  });
});
