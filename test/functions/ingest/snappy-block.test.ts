import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressSnappyBlock, readSnappyBlock } from '../../../functions/ingest/snappy-block.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { codeOf, snappy } from './write-request.ts';

const MEBIBYTE = 1024 * 1024;

describe('memory that is used again', () => {
  const read = (plain: Uint8Array) => readSnappyBlock(snappy(plain), 8 * MEBIBYTE, (bytes) => Buffer.from(bytes));
  const filled = (size: number, byte: number) => Buffer.alloc(size, byte);

  it('holds each block alone, whatever was in it before', () => {
    const sizes = [0, 1, 5_000, 70, 5 * MEBIBYTE, 3, 4 * MEBIBYTE - 3, 4 * MEBIBYTE, 5_000];

    for (const [i, size] of sizes.entries()) expect(read(filled(size, i + 1)).equals(filled(size, i + 1))).toBe(true);
  });

  it('is not shared by two that are read at once', () => {
    const outer = filled(3_000, 1);
    const seen = readSnappyBlock(snappy(outer), MEBIBYTE, (bytes) => {
      expect(read(filled(3_000, 2)).equals(filled(3_000, 2))).toBe(true);
      return Buffer.from(bytes);
    });

    expect(seen.equals(outer)).toBe(true);
  });

  it('outlasts a block that cannot be read, and a reader that throws', () => {
    const fail = () => {
      throw new ServiceError('ingest/payload-invalid', 'no');
    };

    expect(codeOf(() => readSnappyBlock(Uint8Array.of(8, 0x0c, 1), MEBIBYTE, fail))).toBe('ingest/payload-invalid');
    expect(codeOf(() => readSnappyBlock(snappy(filled(9, 9)), MEBIBYTE, fail))).toBe('ingest/payload-invalid');
    expect(read(filled(100, 7)).equals(filled(100, 7))).toBe(true);
  });
});

describe('a snappy block', () => {
  it('gives back what an independent compressor took', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'bc', 'def', '0123456789'.repeat(9)), { maxLength: 200 }), (words) => {
        const plain = Buffer.from(words.join(''));
        expect(decompressSnappyBlock(snappy(plain), MEBIBYTE).equals(plain)).toBe(true);
      }),
      { numRuns: 200, seed: 1 },
    );
    const noise = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 7919) >> 3);
    expect(decompressSnappyBlock(snappy(noise), MEBIBYTE).equals(noise)).toBe(true);
  });

  it('reads copies with a four-byte distance', () => {
    const block = Uint8Array.from([8, 0x0c, 1, 2, 3, 4, 0x0f, 4, 0, 0, 0]);

    expect([...decompressSnappyBlock(block, 100)]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it.each([
    ['256 MiB', [0x80, 0x80, 0x80, 0x80, 0x01]],
    ['4 GiB', [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('fails when five bytes claim %s, without allocating it (C23)', (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;

    expect(codeOf(() => decompressSnappyBlock(Uint8Array.from(bytes), 32 * MEBIBYTE))).toBe('ingest/payload-too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEBIBYTE);
  });

  it('fails when a bomb claims one byte more than allowed, and takes one that is exactly allowed (C22)', () => {
    const zeros = snappy(new Uint8Array(MEBIBYTE));

    expect(codeOf(() => decompressSnappyBlock(zeros, MEBIBYTE - 1))).toBe('ingest/payload-too-large');
    expect(decompressSnappyBlock(zeros, MEBIBYTE).length).toBe(MEBIBYTE);
  });

  it.each([
    ['its length never ends', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['its length is cut off', [0x80]],
    ['it claims what its bytes cannot hold', [0xff, 0x7f, 0x00, 0x61]],
    ['a copy reaches before the beginning', [4, 0x00, 1, 0x09, 2]],
    ['a copy has no distance', [5, 0x00, 1, 0x01, 0]],
    ['a copy is cut off', [5, 0x00, 1, 0x01]],
    ['a literal is cut off', [4, 0x0c, 1, 2]],
    ['the length of a literal is cut off', [90, 0xf4, 1]],
    ['a literal claims 2 GiB', [90, 0xfc, 0xff, 0xff, 0xff, 0x7f, 1, 2]],
    ['a literal claims 4 GiB', [90, 0xfc, 0xff, 0xff, 0xff, 0xff, 1, 2]],
    ['there is more than it claims', [1, 0x04, 1, 2]],
    ['a copy gives more than it claims', [3, 0x00, 1, 0x01, 1]],
    ['there is less than it claims', [3, 0x04, 1, 2]],
    ['junk follows its end', [2, 0x04, 1, 2, 0x00]],
  ])('fails when %s (C19–C21)', (_, bytes) => {
    expect(codeOf(() => decompressSnappyBlock(Uint8Array.from(bytes), MEBIBYTE))).toBe('ingest/payload-invalid');
  });
});
