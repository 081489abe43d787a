import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeShardState, decodeShardView, encodeShardState } from '../../../data/state/codec.ts';
import { Fingerprints } from '../../../data/state/fingerprints.ts';
import { frontLength, STATE_VERSION } from '../../../data/state/frame.ts';
import { labelsAt } from '../../../data/state/label-table.ts';
import { recordsOf } from '../../../data/state/record-memory.ts';
import { createShardState, memoryWords, type ShardState, SLOT } from '../../../data/state/shard-state.ts';
import { fullState, fullStateOfVersion2, LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

/** Everything that a state says, without the room to grow that its buffers have. */
function said(state: ShardState) {
  const series = state.seriesIds.length;
  return {
    ...state,
    labels: state.seriesIds.map((_, index) => labelsAt(state.labels, index)),
    words: state.words.slice(0, series * SLOT.words),
    memory: state.memory.slice(0, series * memoryWords(state.layout)),
    pending: Object.values(state.pending).map(({ rows, seriesIndexes, timestampsMs, columns }) => ({
      rows,
      seriesIndexes: seriesIndexes.slice(0, rows),
      timestampsMs: timestampsMs.slice(0, rows),
      columns: columns.map((column) => column.slice(0, rows)),
    })),
  };
}

function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'accepted';
}

describe('the codec of a shard state', () => {
  it('T02 gives back what it was given, to the last bit of NaN, infinities and negative zero', () => {
    const state = fullState();

    const decoded = decodeShardState(encodeShardState(state));

    expect(said(decoded)).toEqual(said(state));
  });

  it('gives back checkpoints, merges of late samples and what was published, which older states do not have', () => {
    const state = fullState();
    state.checkpoints.push({ sequence: 7, watermarkMs: 5 }, { sequence: 8, watermarkMs: 9 });
    state.lateMerges.set(2, { sinceMs: 3, sequence: 7 });
    state.published.push({ seriesIndex: 1, startedAtMs: 4, anomalyId: 'an id' });
    state.outbox.withdrawn.push('another id');

    expect(said(decodeShardState(encodeShardState(state)))).toEqual(said(state));
  });

  it('gives back which log records were counted, which older states do not know', () => {
    const state = fullState();
    const { buckets } = recordsOf(state.records, 2);
    buckets.set(300_000, Fingerprints.from(Uint32Array.of(5, 4_000_000_000)));

    const decoded = decodeShardState(encodeShardState(state));

    expect(decoded.records.get(2)?.buckets.get(300_000)?.toArray()).toEqual(Uint32Array.of(5, 4_000_000_000));
    expect(encodeShardState(decoded)).toEqual(encodeShardState(state));
  });

  it('gives back an empty state', () => {
    const state = createShardState('abcdefghijkl', 0, LAYOUT);

    expect(said(decodeShardState(encodeShardState(state)))).toEqual(said(state));
  });

  it('writes equal states as equal bytes, also after they were read', () => {
    const bytes = encodeShardState(fullState());

    expect(encodeShardState(fullState())).toEqual(bytes);
    expect(encodeShardState(decodeShardState(bytes))).toEqual(bytes);
  });

  it('reads bytes that begin anywhere in their buffer', () => {
    const bytes = encodeShardState(fullState());
    const odd = new Uint8Array(bytes.length + 3);
    odd.set(bytes, 3);

    expect(said(decodeShardState(odd.subarray(3)))).toEqual(said(fullState()));
  });

  it('fails when a series has an id that cannot be written', () => {
    const state = fullState();
    state.seriesIds[1] = 'not an id';

    expect(() => encodeShardState(state)).toThrow(RangeError);
  });
});

describe('the view of readers', () => {
  it('needs the front only, and says of series, rows and chunks what the state says', () => {
    const state = fullState();
    const bytes = encodeShardState(state);

    const view = decodeShardView(bytes.subarray(0, frontLength(bytes.subarray(0, 24))));

    expect(view.seriesIds).toEqual([seriesIdFor(1), seriesIdFor(2), seriesIdFor(3)]);
    expect(view.indexById.get(seriesIdFor(2))).toBe(1);
    expect(view.words).toEqual(state.words.slice(0, 3 * SLOT.words));
    expect(view.counters).toEqual(state.counters);
    expect(view.chunks).toEqual(state.chunks);
    expect(view.watermarkMs).toBe(state.watermarkMs);
    expect(view.pending.raw.columns[0]).toEqual(state.pending.raw.columns[0]!.slice(0, 3));
  });

  it('fails on a front that is cut off, and on one with a damaged byte', () => {
    const bytes = encodeShardState(fullState());
    const front = bytes.slice(0, frontLength(bytes));
    const damaged = front.slice();
    damaged[front.length - 1]! ^= 1;

    expect(refusal(() => decodeShardView(front.subarray(0, front.length - 1)))).toBe('store/corrupt');
    expect(refusal(() => decodeShardView(damaged))).toBe('store/corrupt');
  });

  it('fails on a front of one write with the rest of another', () => {
    const first = encodeShardState(fullState());
    const other = fullState();
    other.memory[0] = 77;
    const second = encodeShardState(other);
    const mixed = first.slice();
    mixed.set(second.subarray(frontLength(second)), frontLength(first));

    expect(refusal(() => decodeShardState(mixed))).toBe('store/corrupt');
  });
});

describe('damage', () => {
  const bytes = encodeShardState(fullState());

  it('is refused wherever the bytes end too early', () => {
    const answers = Array.from({ length: bytes.length }, (_, length) =>
      refusal(() => decodeShardState(bytes.subarray(0, length))),
    );

    expect(new Set(answers)).toEqual(new Set(['store/corrupt']));
  });

  it('is refused whichever byte is another one', () => {
    const inVersion = new Set([4, 5, 6, 7]);
    const answers = Array.from({ length: bytes.length }, (_, at) => {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x40;
      return inVersion.has(at) ? 'store/corrupt' : refusal(() => decodeShardState(damaged));
    });

    expect(new Set(answers)).toEqual(new Set(['store/corrupt']));
  });

  it('is refused where there are bytes too many', () => {
    expect(refusal(() => decodeShardState(Buffer.concat([bytes, Buffer.alloc(8)])))).toBe('store/corrupt');
  });

  it('is told from a state of a newer release, which has to wait for it', () => {
    const newer = bytes.slice();
    newer[4] = STATE_VERSION + 1;
    const none = bytes.slice();
    none[4] = 0;

    expect(refusal(() => decodeShardState(newer))).toBe('store/version-unknown');
    expect(refusal(() => decodeShardView(newer))).toBe('store/version-unknown');
    expect(refusal(() => decodeShardState(none))).toBe('store/corrupt');
  });
});

describe.each([
  { version: 1, expected: fullState },
  { version: 2, expected: fullStateOfVersion2 },
  { version: 3, expected: fullStateOfVersion2 },
])('a state that version $version has written', ({ version, expected }) => {
  const saved = readFileSync(new URL(`../../state/shard-state-v${version}.bin`, import.meta.url));

  it('loads for ever, and says what it said then', () => {
    expect(saved.readUInt32LE(4)).toBe(version);
    expect(said(decodeShardState(saved))).toEqual(said(expected()));
  });

  it('has a front that readers read for ever', () => {
    const front = saved.subarray(0, frontLength(saved));

    expect(decodeShardView(front)).toMatchObject({ seriesIds: expected().seriesIds, chunks: expected().chunks });
  });
});
