import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { encodeChunk } from '../../../data/history/chunk.ts';
import { bytesInMemory, decodeChunk, openChunk } from '../../../data/history/open-chunk.ts';
import { appendRow, createRowBuffer, type RowBuffer, sortedRows } from '../../../data/state/row-buffer.ts';
import { RESOLUTION_COLUMNS, RESOLUTIONS, type Resolution } from '../../../data/state/shard-state.ts';
import { roundSum } from '../../../data/value-unit.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { keptRows, keptRowsOfVersion2, keptRowsOfVersion3, rowsOf } from '../../support/history-rows.ts';

const START_MS = Date.UTC(2026, 0, 5, 23, 59, 50);
const WORKSPACE = 'abcdefghijkl';
const ZSTD = { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) };
const SPECIAL = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
  -5e-324,
  -0,
  0,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  1.7976931348623157e308,
  -1.7976931348623157e308,
];

function someRows(resolution: Resolution, rows: number, seed = 1): RowBuffer {
  const random = createRandom(seed);
  const columns = RESOLUTION_COLUMNS[resolution].length;
  const buffer = createRowBuffer(columns);
  for (let i = 0; i < rows; i++) {
    const row = appendRow(buffer, random.below(9), START_MS + i * 1_000);
    for (let column = 0; column < columns; column++) buffer.columns[column]![row] = random.normal() * 1e6;
  }
  return buffer;
}

async function readBack(resolution: Resolution, rows: RowBuffer): Promise<RowBuffer> {
  return decodeChunk(resolution, encodeChunk(WORKSPACE, 2, resolution, rows).bytes);
}

/** Values as exporters report them, and any other: each series has its own kind. */
const values = fc.oneof(
  fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((units) => units / 100)),
  fc.array(fc.integer({ min: 0, max: 100_000 }).map((units) => units / 300)),
  fc.array(fc.integer({ min: 0, max: 2 ** 40 }).map((units) => units * 4_096)),
  fc.array(fc.oneof(fc.constantFrom(...SPECIAL), fc.integer({ min: 0, max: 99 }))),
  fc.array(fc.double()),
);

describe('a chunk of history', () => {
  it.each(RESOLUTIONS)('gives back the rows of resolution %s, sorted by series and time', async (resolution) => {
    const pending = someRows(resolution, 700);

    expect(await readBack(resolution, pending)).toEqual(sortedRows(pending));
  });

  it('is the same to read whether it was compressed quickly or thoroughly', async () => {
    const pending = someRows('raw', 5_000);
    const [quick, thorough] = (['quick', 'thorough'] as const).map(
      (effort) => encodeChunk(WORKSPACE, 2, 'raw', pending, effort).bytes,
    );

    expect(quick).not.toEqual(thorough);
    expect(await decodeChunk('raw', quick!)).toEqual(await decodeChunk('raw', thorough!));
  });

  it('gives back any samples to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 6 }), async (series) => {
        const rows = rowsOf(
          'raw',
          series.flatMap((list, index) => list.map((value, i) => [index, START_MS + i, value] as const)),
        );
        if (rows.rows > 0) expect(await readBack('raw', rows)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('gives back any rollups to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), async (series, size) => {
        const rows = rowsOf(
          '5m',
          series.flatMap((list, index) => rollupsOf(index, list, size)),
        );
        if (rows.rows > 0) expect(await readBack('5m', rows)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps NaN, infinities, the smallest number and negative zero', async () => {
    const rows = rowsOf(
      'raw',
      SPECIAL.map((value, i) => [0, START_MS + i, value] as const),
    );

    expect([...(await readBack('raw', rows)).columns[0]!]).toEqual(SPECIAL);
  });

  it('says of a rollup without values only which bucket it is', async () => {
    const rows = rowsOf('5m', [
      [0, 0, 0, 0, 0, 0, 0],
      [0, FIVE_MINUTES_MS, 2, 3, 1, 2, 2],
      [0, 2 * FIVE_MINUTES_MS, 0, 0, 0, 0, 0],
    ]);

    expect(await readBack('5m', rows)).toEqual(rows);
  });

  it('of many rows is read in groups that end with a series', async () => {
    const rows = 70_000;
    const buffer = rowsOf(
      'raw',
      Array.from({ length: rows }, (_, i) => [i % 7, START_MS + i, i / 10] as const),
    );

    const source = bytesInMemory(encodeChunk(WORKSPACE, 2, 'raw', buffer).bytes);
    const chunk = await openChunk('raw', source);

    expect(chunk.groups).toMatchObject([
      { startRow: 0, rows: 20_000, firstSeries: 0, lastSeries: 1 },
      { startRow: 20_000, rows: 20_000, firstSeries: 2, lastSeries: 3 },
      { startRow: 40_000, rows: 20_000, firstSeries: 4, lastSeries: 5 },
      { startRow: 60_000, rows: 10_000, firstSeries: 6, lastSeries: 6 },
    ]);
    expect(new Set((await chunk.read(chunk.groups[3]!, source)).seriesIndexes)).toEqual(new Set([6]));
  });

  it('of one long series is read in groups of bounded size, without a small one at the end', async () => {
    const buffer = rowsOf(
      'raw',
      Array.from({ length: 136_000 }, (_, i) => [i < 67_000 ? 0 : 1, START_MS + i, 1] as const),
    );

    const { groups } = await openChunk('raw', bytesInMemory(encodeChunk(WORKSPACE, 2, 'raw', buffer).bytes));

    expect(groups.map(({ rows }) => rows)).toEqual([65_536, 65_536, 4_928]);
  });

  it('is named after its rows: the same rows have the same key, other rows another one', () => {
    const chunk = encodeChunk(WORKSPACE, 2, 'raw', someRows('raw', 50));

    expect(chunk.ref.key).toMatch(/^history\/abcdefghijkl\/2\/raw\/2026-01-05\/[0-9a-f]{32}\.parquet$/);
    expect(encodeChunk(WORKSPACE, 2, 'raw', someRows('raw', 50))).toEqual(chunk);
    expect(encodeChunk(WORKSPACE, 2, 'raw', someRows('raw', 50, 2)).ref.key).not.toBe(chunk.ref.key);
  });

  it('says which time it spans, both ends included, and how large it is', () => {
    const { ref, bytes } = encodeChunk(WORKSPACE, 2, '5m', someRows('5m', 50));

    expect(ref).toMatchObject({
      resolution: '5m',
      fromMs: START_MS,
      toMs: START_MS + 49_000,
      rows: 50,
      sizeBytes: bytes.length,
    });
  });

  it('takes two bytes or less for a value with two decimals', () => {
    const random = createRandom(4);
    const rows = rowsOf(
      'raw',
      Array.from(
        { length: 16_000 },
        (_, i) => [i % 4, START_MS + i * 15_000, (3_000 + random.below(999)) / 100] as const,
      ),
    );

    expect(encodeChunk(WORKSPACE, 2, 'raw', rows).bytes.length / 16_000).toBeLessThan(2);
  });
});

/** Rows of buckets of so many of the values each. */
function rollupsOf(index: number, list: readonly number[], size: number) {
  const rows: [number, number, ...number[]][] = [];
  for (let at = 0; at + size <= list.length; at += size) {
    const bucket = list.slice(at, at + size);
    const sum = bucket.reduce((total, value) => total + value, 0);
    const sumOrSample = size === 1 ? bucket[0]! : roundSum(sum);
    rows.push([index, at * HOUR_MS, size, sumOrSample, Math.min(...bucket), Math.max(...bucket), bucket.at(-1)!]);
  }
  return rows;
}

describe('for others, a chunk', () => {
  it('is a Parquet file whose values are (base + units) × multiplier ÷ divisor', async () => {
    const rows = rowsOf('raw', [
      [3, START_MS, 81_920],
      [3, START_MS + 1, 40_960],
      [4, START_MS, 7 / 300],
      [4, START_MS + 1, Math.E],
      [4, START_MS + 2, 11 / 300],
    ]);
    const file = encodeChunk(WORKSPACE, 2, 'raw', rows).bytes.slice().buffer;

    const found = await parquetReadObjects({ file, compressors: ZSTD });

    const values = found.map(
      ({ value, base, value_units: units, multiplier, divisor }) =>
        value ?? ((base + Number(units)) * multiplier) / divisor,
    );
    expect(values).toEqual([...rows.columns[0]!]);
    expect(found.map(({ series }) => series)).toEqual([3, 3, 4, 4, 4]);
    expect(found.map(({ value }) => value)).toEqual([null, null, null, Math.E, null]);
  });

  it('says its version, and one of a newer release is refused as such', async () => {
    const { bytes } = encodeChunk(WORKSPACE, 2, 'raw', someRows('raw', 5));
    const properties = parquetMetadata(bytes.slice().buffer).key_value_metadata;
    expect(properties).toEqual([{ key: 'forewarn.chunk', value: '3' }]);

    const newer = Buffer.from(bytes);
    newer[newer.indexOf('forewarn.chunk') + 'forewarn.chunk'.length + 2] = '9'.charCodeAt(0);

    await expect(openChunk('raw', bytesInMemory(newer))).rejects.toMatchObject({ code: 'store/version-unknown' });
  });
});

describe.each([
  { version: 1, kept: keptRows },
  { version: 2, kept: keptRowsOfVersion2 },
  { version: 3, kept: keptRowsOfVersion3 },
])('a chunk of version $version', ({ version, kept }) => {
  it.each(RESOLUTIONS)('of resolution %s is read for ever', async (resolution) => {
    const bytes = readFileSync(new URL(`../../history/chunk-v${version}-${resolution}.parquet`, import.meta.url));

    expect(await decodeChunk(resolution, bytes)).toEqual(kept(resolution));
  });
});
