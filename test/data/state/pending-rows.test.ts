import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeShardState, decodeShardView, encodeShardState } from '../../../data/state/codec.ts';
import { frontLength } from '../../../data/state/frame.ts';
import { packRows, unpackRows } from '../../../data/state/pending-rows.ts';
import { rangeOfRows } from '../../../data/state/row-buffer.ts';
import { createShardState, RESOLUTION_COLUMNS, RESOLUTIONS, type ShardState } from '../../../data/state/shard-state.ts';
import { addRow, fullState, LAYOUT } from '../../support/shard-states.ts';

/** Rows as they come in: samples of a few series, minute after minute. */
function stateWithRows(rows: number): ShardState {
  const state = fullState();
  for (let row = 0; row < rows; row++) {
    const timestampMs = 1_767_571_320_000 + Math.floor(row / 3) * 60_000;
    for (const resolution of RESOLUTIONS) {
      addRow(
        state,
        resolution,
        row % 3,
        timestampMs,
        RESOLUTION_COLUMNS[resolution].map((_, place) => row / 4 + place),
      );
    }
  }
  return state;
}

function countsOf({ pending }: ShardState) {
  return { raw: pending.raw.rows, '5m': pending['5m'].rows, '1h': pending['1h'].rows };
}

/** Without the room to grow that buffers have. */
function rowsOf(pending: ShardState['pending']) {
  return RESOLUTIONS.map((resolution) => rangeOfRows(pending[resolution], 0, pending[resolution].rows));
}

function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'accepted';
}

describe('the rows that wait in a state', () => {
  it('are compressed, and given back to the last bit', () => {
    const state = stateWithRows(3_000);

    const bytes = encodeShardState(state);

    expect(bytes.length).toBeLessThan(100_000);
    expect(rowsOf(decodeShardState(bytes).pending)).toEqual(rowsOf(state.pending));
    expect(rowsOf(decodeShardView(bytes.subarray(0, frontLength(bytes))).pending)).toEqual(rowsOf(state.pending));
  });

  it('stay as they are where they do not become smaller', () => {
    const state = createShardState('abcdefghijkl', 0, LAYOUT);
    addRow(state, 'raw', 3, 1_767_571_320_000, [Math.PI]);

    expect(packRows(state.pending)).toMatchObject({ bytes: { length: 24 }, isCompressed: false });
    expect(rowsOf(decodeShardState(encodeShardState(state)).pending)).toEqual(rowsOf(state.pending));
  });

  it('are given back whatever their bits', () => {
    const numbers = fc.array(fc.double(), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 300 }), (rows) => {
        const state = fullState();
        for (const [timestampMs, ...values] of rows) {
          addRow(state, 'raw', 1, timestampMs!, values.slice(0, 1));
          addRow(state, '5m', 2, timestampMs!, values.slice(1));
        }
        expect(rowsOf(decodeShardState(encodeShardState(state)).pending)).toEqual(rowsOf(state.pending));
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where they are not as many as the header says, and where they are not compressed at all', () => {
    const state = stateWithRows(300);
    const { bytes } = packRows(state.pending);
    const counts = countsOf(state);

    expect(rowsOf(unpackRows(bytes, counts))).toEqual(rowsOf(state.pending));
    expect(refusal(() => unpackRows(bytes, { ...counts, raw: counts.raw + 2 }))).toBe('store/corrupt');
    expect(refusal(() => unpackRows(bytes, { ...counts, raw: counts.raw - 2 }))).toBe('store/corrupt');
    expect(refusal(() => unpackRows(bytes.subarray(1), counts))).toBe('store/corrupt');
  });
});
