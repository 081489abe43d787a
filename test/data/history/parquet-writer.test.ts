import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { canPackDeltas } from '../../../data/history/delta-packing.ts';
import { type FileColumn, writeParquet } from '../../../data/history/parquet-writer.ts';

const compressors = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) };

function fileOf(...groups: readonly (readonly FileColumn[])[]): ArrayBuffer {
  return writeParquet(groups, { says: 'something' }).slice().buffer;
}

async function valuesOf(file: ArrayBuffer, column: string): Promise<unknown[]> {
  return (await parquetReadObjects({ file, compressors })).map((row) => row[column]);
}

const wholeNumbers = fc.oneof(
  fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 400 }),
  fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 300 }),
  fc.array(fc.oneof(fc.constantFrom(0, 2 ** 51, -(2 ** 51), 2 ** 53, -(2 ** 53)), fc.integer()), { minLength: 1 }),
);

describe('a file of numbers', () => {
  it('gives back whole numbers in every encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        wholeNumbers,
        fc.constantFrom('PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'),
        async (numbers, encoding) => {
          const file = fileOf([
            { name: 'n', type: 'INT64', values: Float64Array.from(numbers), encodings: [encoding as 'PLAIN'] },
          ]);
          expect((await valuesOf(file, 'n')).map(Number)).toEqual(numbers);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives back small whole numbers that wander', async () => {
    const values = Int32Array.from({ length: 1_000 }, (_, i) => (i % 130 === 0 ? 2 ** 31 - 1 : -i * i));

    const file = fileOf([{ name: 'n', type: 'INT32', values, encodings: ['DELTA_BINARY_PACKED'] }]);

    expect(await valuesOf(file, 'n')).toEqual([...values]);
  });

  it('gives back which rows are null, whatever their order, and says how many', async () => {
    const rows = fc.array(fc.option(fc.double(), { freq: 2 }), { minLength: 1, maxLength: 200 });
    const runs = fc
      .array(fc.tuple(fc.option(fc.double()), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 20 })
      .map((list) => list.flatMap(([value, count]) => Array.from({ length: count }, () => value)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(rows, runs), async (list) => {
        const values = Float64Array.from(list.filter((value) => value !== null));
        const present = Uint8Array.from(list, (value) => (value === null ? 0 : 1));
        const encodings = ['PLAIN', 'BYTE_STREAM_SPLIT'] as const;

        const file = fileOf([{ name: 'v', type: 'DOUBLE', values, present, statistics: true, encodings }]);

        expect(await valuesOf(file, 'v')).toEqual(list);
        const { statistics } = parquetMetadata(file).row_groups[0]!.columns[0]!.meta_data!;
        expect(statistics?.null_count).toBe(BigInt(list.length - values.length));
      }),
      { numRuns: 300 },
    );
  });

  it('says the range of each group, where there is one', () => {
    const group = (...values: number[]): FileColumn[] => [
      { name: 'v', type: 'DOUBLE', values: Float64Array.from(values), statistics: true, encodings: ['PLAIN'] },
    ];

    const { row_groups } = parquetMetadata(fileOf(group(3, Number.NaN, -2), group(Number.NaN), group(-0, 7)));

    expect(row_groups.map(({ num_rows }) => num_rows)).toEqual([3n, 1n, 2n]);
    expect(row_groups.map(({ columns }) => columns[0]!.meta_data!.statistics)).toMatchObject([
      { min_value: -2, max_value: 3 },
      { null_count: 0n },
      { min_value: -0, max_value: 7 },
    ]);
    expect(row_groups[1]!.columns[0]!.meta_data!.statistics?.min_value).toBeUndefined();
  });

  it('takes the encoding that needs least, and one that suits where the numbers are too large for differences', () => {
    const encodingOf = (numbers: readonly number[]) => {
      const encodings = ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'] as const;
      const file = fileOf([{ name: 'n', type: 'INT64', values: Float64Array.from(numbers), encodings }]);
      return parquetMetadata(file).row_groups[0]!.columns[0]!.meta_data!.encodings;
    };

    expect(encodingOf(Array.from({ length: 3_000 }, (_, i) => 1e12 + 15_000 * i))).toEqual(['DELTA_BINARY_PACKED']);
    expect(encodingOf([2 ** 53, 1, 2])).toEqual(['BYTE_STREAM_SPLIT']);
    expect(canPackDeltas([2 ** 53, 1, 2])).toBe(false);
  });
});
