import { describe, expect, it } from 'vitest';
import { decodeChunk, encodeChunk } from '../../../data/history/chunk.ts';
import { appendRow, createRowBuffer, type RowBuffer, sortedRows } from '../../../data/state/row-buffer.ts';
import { RESOLUTION_COLUMNS, RESOLUTIONS, type Resolution } from '../../../data/state/shard-state.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const START_MS = Date.UTC(2026, 0, 5, 23, 59, 50);

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

describe('a chunk of history', () => {
  it.each(RESOLUTIONS)('gives back the rows of resolution %s, sorted by series and time', async (resolution) => {
    const pending = someRows(resolution, 700);

    const { bytes } = encodeChunk('abcdefghijkl', 2, resolution, pending);

    expect(await decodeChunk(resolution, bytes)).toEqual(sortedRows(pending));
  });

  it('keeps NaN, infinities, the smallest number and negative zero', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -0, 1.7976931348623157e308];
    const pending = createRowBuffer(1);
    values.forEach((value, i) => {
      pending.columns[0]![appendRow(pending, 0, START_MS + i)] = value;
    });

    const { bytes } = encodeChunk('abcdefghijkl', 0, 'raw', pending);

    expect([...(await decodeChunk('raw', bytes)).columns[0]!]).toEqual(values);
  });

  it('is named after its rows: the same rows have the same key, other rows another one', () => {
    const chunk = encodeChunk('abcdefghijkl', 2, 'raw', someRows('raw', 50));

    expect(chunk.ref.key).toMatch(/^history\/abcdefghijkl\/2\/raw\/2026-01-05\/[0-9a-f]{32}\.parquet$/);
    expect(encodeChunk('abcdefghijkl', 2, 'raw', someRows('raw', 50))).toEqual(chunk);
    expect(encodeChunk('abcdefghijkl', 2, 'raw', someRows('raw', 50, 2)).ref.key).not.toBe(chunk.ref.key);
  });

  it('says which time it spans, both ends included, and how large it is', () => {
    const { ref, bytes } = encodeChunk('abcdefghijkl', 2, '5m', someRows('5m', 50));

    expect(ref).toMatchObject({
      resolution: '5m',
      fromMs: START_MS,
      toMs: START_MS + 49_000,
      rows: 50,
      sizeBytes: bytes.length,
    });
  });

  it('begins and ends as a Parquet file does, for others to read', () => {
    const { bytes } = encodeChunk('abcdefghijkl', 2, 'raw', someRows('raw', 5));

    expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('PAR1');
    expect(Buffer.from(bytes.subarray(-4)).toString()).toBe('PAR1');
  });
});
